//! Secrets by behaviour.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "tests may fail loudly")]

mod found;
mod names;
mod prose;
mod value;
