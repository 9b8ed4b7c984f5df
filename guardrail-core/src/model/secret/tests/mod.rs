//! Secrets by behaviour.

#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

mod found;
mod names;
mod prose;
mod value;
