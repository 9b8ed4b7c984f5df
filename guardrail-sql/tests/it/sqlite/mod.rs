//! The log in an SQLite file.

mod rules;
mod shared;
mod suite;
