//! The tests of the attribute, compiled in edition 2021.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

#[path = "../../../it/macros/mod.rs"]
mod macros;
