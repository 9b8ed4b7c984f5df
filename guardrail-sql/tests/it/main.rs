//! The logs in databases against their contract, their rules, and what may go wrong with them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that is wrong should fail"
)]

mod attend;
mod fence;
mod fuse;
mod heads;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod samples;
mod shared;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tamper;
