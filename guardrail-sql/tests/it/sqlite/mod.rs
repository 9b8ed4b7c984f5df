//! The log in an SQLite file.

mod at_once;
mod between;
#[cfg(unix)]
mod full;
mod heads;
mod machine;
mod place;
mod rules;
mod shared;
mod sidecar;
mod suite;
mod tamper;
