//! The program `guardrail`, run as people run it.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod databases;
mod export;
mod log;
mod ls;
mod mistakes;
mod policies;
mod prove;
mod redact;
mod show;
mod third_party;
mod unknowns;
mod verify;
