//! The logs in databases against their contract, their rules, and what may go wrong with them.

#![expect(clippy::unwrap_used, reason = "a test that is wrong should fail")]

mod samples;
#[cfg(feature = "sqlite")]
mod sqlite;
