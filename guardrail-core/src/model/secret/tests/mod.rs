//! Secrets by behaviour.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "tests may fail loudly")]

mod flags;
mod found;
mod hidden;
mod more;
mod names;
mod prose;
mod value;
