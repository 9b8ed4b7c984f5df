//! The log in PostgreSQL, against a server of its own.

mod cut;
mod heads;
mod machine;
mod outage;
mod rules;
mod server;
mod shared;
mod sidecar;
mod suite;
mod tamper;
mod transaction;
