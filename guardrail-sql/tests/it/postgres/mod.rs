//! The log in PostgreSQL, against a server of its own.

mod cut;
mod rules;
mod server;
mod shared;
mod suite;
