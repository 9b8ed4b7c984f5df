//! The Slack approver before people: in a Slack of the tests, which three clients of others certify, and before the
//! counterparts that others wrote.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set itself up should fail"
)]

mod agree;
mod bed;
mod ends;
mod parts;
#[cfg(unix)]
#[expect(dead_code, reason = "more than this needs of it")]
#[path = "../../../guardrail-conformance/tests/terminal/pty.rs"]
mod pty;
mod restart;
mod suite;
#[cfg(unix)]
mod terminal;
mod votes;
mod witness;
