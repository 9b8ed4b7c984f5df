//! The facade as its users meet it: one integration binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod approvers;
mod clock;
mod decisions;
mod order;
mod own_side;
mod scope;
mod support;
mod tighter;
mod votes;
