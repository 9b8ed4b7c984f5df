//! An audit log in PostgreSQL, shared by agents and servers on many machines.
//!
//! Only tables, triggers in PL/pgSQL and row locks: what managed and wire-compatible servers run, with
//! no extension. `LISTEN` and `NOTIFY` wake other processes sooner; where a pooler swallows them,
//! polling does it.

mod address;
mod connect;
mod engine;
mod error;
mod heads;
mod insert;
mod place;
mod presence;
mod rules;
mod sidecar;
mod signal;
mod transaction;

use std::sync::Arc;

use async_trait::async_trait;
use guardrail_core::audit::proof::Heads;
use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error, Tenure};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{LogId, RequestId, Sequence, Version};

use crate::log::shared::Shared;
use crate::log::{Log, open};
use crate::settings::{Settings, Who};
pub(crate) use address::options;
pub(crate) use engine::PAGE;
use engine::Postgres;
pub(crate) use heads::NOTES;
pub(crate) use place::Place;
pub use sidecar::PostgresSidecar;
pub use transaction::RunIn;

/// An audit log in PostgreSQL 12 or later, shared by processes on many machines.
///
/// Deadlines are judged by the database's clock, inside the transaction that writes. What was
/// answered is durable by the server's own settings; `synchronous_commit = off` is overruled.
///
/// ```no_run
/// # async fn example() -> Result<(), guardrail_core::audit::Error> {
/// use guardrail_sql::PostgresLog;
///
/// let log = PostgresLog::connect("postgres://guardrail@db.internal/audit?sslmode=verify-full").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PostgresLog(Log<Postgres>);

impl PostgresLog {
    /// What a program's own role may do, as SQL with the role's name for `{role}`: insert records
    /// and read them, say that it is there, and no more. To be run by the owner of the tables,
    /// once the log was opened by that owner.
    ///
    /// The role also needs `USAGE` on the log's schema, where that is not `public`. Make the tables
    /// before others may create anything in that schema; later they may, and put nothing in the way
    /// of what the triggers and this program mean.
    pub const ROLE: &'static str = include_str!("../../migrations/postgres/role.sql");

    /// Opens the log named `main` in the database of this URL, and makes the tables and the log
    /// where they are not there and the role may make them: in the schema in which the search path
    /// of the role finds the tables, else in the first of it that is there. Where the server is on
    /// another machine, the URL or `PGSSLMODE` says how it is known to be it (`sslmode=verify-full`).
    ///
    /// # Errors
    /// `Damaged`: its end is not what was written. `Unsafe`: a function or trigger that holds the
    /// rules is gone, switched off, or not as this version made it. `Unreachable`: the database could not be
    /// reached. Else it refused something, or there was no randomness.
    ///
    /// # Cancel safety
    /// Dropped, the tables may have been made, and the log in them.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Self::connect_with(url, Settings::new()).await
    }

    /// The same with these settings.
    ///
    /// # Errors
    /// As [`PostgresLog::connect`].
    pub async fn connect_with(url: &str, settings: Settings) -> Result<Self, Error> {
        let engine = connect::connect(url, settings.clock.is_some()).await?;
        let signer = match &settings.signer {
            Who::Given(signer) => Some(Arc::clone(signer)),
            Who::Beside | Who::Nobody => None,
        };
        let rhythm = signer.map(|signer| settings.rhythm(signer));
        open(engine, &settings, rhythm).await.map(Self)
    }

    /// What its parts share.
    pub(in crate::postgres) fn shared(&self) -> &Arc<Shared<Postgres>> {
        self.0.shared()
    }

    /// The table beside the log in which redacted values are kept, to be given to a guardrail.
    #[must_use]
    pub fn sidecar(&self) -> PostgresSidecar {
        let engine = self.0.engine();
        PostgresSidecar::of(engine.options().clone(), engine.place().clone(), self.0.number())
    }

    /// Waits until everything lined up is written, and says that this process writes no more. A
    /// log that is merely dropped does the same in its own time.
    ///
    /// # Cancel safety
    /// Dropped, the log is dropped.
    pub async fn close(self) {
        self.0.close().await;
    }
}

crate::log::delegate!(PostgresLog);
