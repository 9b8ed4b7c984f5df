//! Socket Mode against a Slack of pipes, in paused time, and once over a real connection.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod envelopes;
mod network;
mod reconnect;
mod slack;
