//! The log in PostgreSQL, against a server of its own.

mod at_once;
mod cut;
mod doubt;
mod heads;
mod machine;
mod opening;
mod outage;
mod rules;
mod server;
mod shadow;
mod shared;
mod sidecar;
mod suite;
mod tamper;
mod transaction;
