//! Audit logs in SQLite and PostgreSQL: for one machine, and for several processes that share one log.
//!
//! Both keep the contract of [`AuditLog`](guardrail_core::audit::AuditLog). Records stand in a
//! table of their own, one sealed line each; the bytes stored are the bytes hashed. One row a log is
//! its head, and whoever writes holds it, so that the sequence has no gap. Triggers hold every record
//! against the rules of a request's life, whoever writes it.
//!
//! Several logs live in one database by their names ([`Settings::name`]). Each has a head of its own
//! and knows nothing of the others: where one head is too slow, agents are spread over several.
//!
//! A log belongs to the runtime in which it was opened. Tests that pause tokio's time use a
//! `MemoryLog`: a database does not pause.

mod log;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod opening;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod reader;
mod schema;
mod settings;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::{PostgresLog, PostgresSidecar, RunIn};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use reader::Reader;
pub use settings::{NameError, Settings};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteLog, SqliteSidecar};
