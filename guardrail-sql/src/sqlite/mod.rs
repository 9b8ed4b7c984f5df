//! An audit log in an SQLite file: for all processes of one machine.
//!
//! The file is in WAL mode with `synchronous=FULL`: what was answered is there after a loss of
//! power. It belongs on a local file system.

mod engine;
mod file;
mod heads;
mod insert;
mod key;
mod presence;
mod sidecar;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use guardrail_core::audit::proof::{Heads, Signer};
use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error, Tenure};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{LogId, RequestId, Sequence, Version};

use crate::log::{Log, open};
use crate::settings::{Settings, Who};
pub(crate) use engine::PAGE;
use engine::Sqlite;
pub(crate) use heads::NOTES;
pub use sidecar::SqliteSidecar;

/// An audit log in an SQLite file, shared by the processes of one machine.
///
/// Deadlines are judged by the machine's clock. A process that is killed is noticed at once by
/// others on its machine; one that hangs after 30 seconds.
///
/// ```
/// # async fn example() -> Result<(), guardrail_core::audit::Error> {
/// use guardrail_sql::SqliteLog;
///
/// let log = SqliteLog::open(".guardrail/audit.db").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteLog(Log<Sqlite>);

impl SqliteLog {
    /// Opens the log named `main` in this file, and makes both where they are not there.
    ///
    /// Its heads are signed with the key in the file beside it, with `.key` behind the name, made
    /// when it is first opened. Whoever can write the log can then sign it, too: give a signer of
    /// its own ([`Settings::signer`]) where that matters, and let a
    /// [witness](guardrail_core::audit::proof::Witness) remember the heads.
    ///
    /// # Errors
    /// `Unsafe`: everyone may write the file. `Damaged`: its end is not what was written. Else the
    /// file or its key could not be opened or written, or there was no randomness.
    ///
    /// # Cancel safety
    /// Dropped, the file may have been made, and the log in it.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, Settings::new()).await
    }

    /// The same with these settings.
    ///
    /// # Errors
    /// As [`SqliteLog::open`].
    pub async fn open_with(path: impl AsRef<Path>, settings: Settings) -> Result<Self, Error> {
        let path = path.as_ref();
        let engine = file::open(path, settings.clock.is_some()).await?;
        let signer: Option<Arc<dyn Signer>> = match &settings.signer {
            Who::Given(signer) => Some(Arc::clone(signer)),
            Who::Beside => Some(Arc::new(engine.signer(path).await?)),
            Who::Nobody => None,
        };
        let rhythm = signer.map(|signer| settings.rhythm(signer));
        open(engine, &settings, rhythm).await.map(Self)
    }

    /// The table beside the log in which redacted values are kept, to be given to a guardrail.
    #[must_use]
    pub fn sidecar(&self) -> SqliteSidecar {
        SqliteSidecar::of(self.0.engine().options().clone(), self.0.number())
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

crate::log::delegate!(SqliteLog);
