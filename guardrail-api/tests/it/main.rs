//! guardrail over HTTP, through its public doors.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod witness;
