//! The facade as its users meet it: one integration binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod approvers;
mod body;
mod bounds;
mod capture;
mod changed;
mod clock;
mod decisions;
mod drops;
mod keys;
mod log_faults;
mod order;
mod own_side;
mod permits;
mod scope;
mod support;
mod tighter;
mod votes;
