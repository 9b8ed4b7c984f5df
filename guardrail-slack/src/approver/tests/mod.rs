//! One approver before a Slack for tests: what people do is delivered to it directly.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod answers;
mod bed;
mod comments;
mod ends;
mod failures;
mod grid;
mod groups;
mod leaving;
mod nonces;
mod people;
mod restart;
mod reviewing;
mod votes;
