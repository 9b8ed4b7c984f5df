//! The log in an SQLite file.

mod between;
mod heads;
mod machine;
mod rules;
mod shared;
mod suite;
mod tamper;
