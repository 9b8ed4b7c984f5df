//! What is shown, held against Slack's limits and against texts that want to be more than text.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod hostile;
mod json;
mod limits;
mod request;
mod snapshots;
mod thread;
