//! The Web API: what is sent, what is believed, when it is tried again.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod methods;
mod over_http;
mod retries;
pub(crate) mod script;
