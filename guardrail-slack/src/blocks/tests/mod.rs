//! What is shown, held against Slack's limits and against texts that want to be more than text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod hostile;
mod json;
mod limits;
mod request;
mod snapshots;
mod thread;
