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
mod restart;
mod suite;
mod votes;
mod witness;
