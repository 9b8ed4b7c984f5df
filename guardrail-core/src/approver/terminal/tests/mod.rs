//! The prompt as a machine of keys and time, and the terminal it runs on.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod closing;
mod keys;
mod person;
mod prompt;
mod tty;
