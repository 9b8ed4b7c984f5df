//! The log in an SQLite file.

mod between;
mod rules;
mod shared;
mod suite;
