//! What can be proven of a log to someone who trusts nobody: tampering, and what was allowed.

mod bytes;
mod complete;
mod story;
mod tamper;
