//! The view by behaviour: what hostile text looks like when it is shown.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod attacks;
mod conversation;
mod corpus;
mod cut;
mod decode;
mod facts;
mod limits;
mod properties;
mod request;
mod text;
mod visible;
