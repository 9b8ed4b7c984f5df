//! An audit log in a folder of its own: one file of JSON lines, one writer, durable when it answers.
//!
//! # On disk
//! - `log-00000000000000000001.jsonl`: the records, one sealed line each (see
//!   [`seal`](crate::audit::seal)). It only grows. Any tool that reads JSON lines reads it; none
//!   may write, cut or rotate it.
//! - `lock`: whoever holds its lock writes. The lock goes with the process.
//! - `torn-<sequence>-<n>`: what a crash left behind the last whole append, moved here when the
//!   log was opened next, and recorded there as `Recovered`.
//!
//! The folder and the files are made for their owner alone, and a folder that everyone may write
//! is refused. It belongs on a local file system: network ones promise less of locks and syncs.
//!
//! # What a crash can do
//! Every append is written and synced before it is answered. What was answered is there after a
//! loss of power; what was not is there whole or not at all. A line that is complete and does not
//! verify is no crash but damage, and the log does not open: a log with a hole could let run a
//! second time what the hole says has run.

mod batch;
mod cache;
mod catalog;
mod disk;
mod known;
mod lines;
mod open;
mod queue;
mod read;
mod recover;
mod scan;
mod shared;
#[doc(hidden)]
pub mod storage;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;

use crate::audit::AuditLog;
use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;
use crate::audit::record::AuditRecord;
use crate::audit::tree::Tree;
use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy, Timestamp};
use crate::model::{LogId, RequestId, Sequence, Version};
use disk::Disk;
use shared::Shared;
use storage::Folder;

const NAME: &str = "file log";
/// Most bytes of one write: a batch that is almost full, and one append more.
const WRITE_LIMIT: usize = batch::APPEND_LIMIT + writer::BATCH_BYTES;

/// An audit log in a folder. See the [module](self) for what is in it.
///
/// It works on every tokio runtime, and where a test pauses time no timer fires while an append is
/// under way. Memory: about 100 bytes a request and 16 a record, and up to 64 MiB of records of open requests.
///
/// ```
/// # async fn example() -> Result<(), guardrail_core::audit::Error> {
/// use guardrail_core::audit::FileLog;
///
/// let log = FileLog::open(".guardrail/audit").await?;
/// # Ok(())
/// # }
/// ```
pub struct FileLog {
    shared: Arc<Shared>,
}

impl FileLog {
    /// Opens the log in this folder, or makes it, on the system's clock. The whole log is read
    /// and verified.
    ///
    /// # Errors
    /// `InUse`: a process writes it. `Damaged`: it is not what was written; nothing was changed.
    /// `Unsafe`: everyone may write the folder. Else the disk, or the system's randomness, failed.
    ///
    /// # Cancel safety
    /// Dropped, it goes on in the background and then closes the log again.
    pub async fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(folder, Arc::new(SystemClock::new()), &SystemEntropy).await
    }

    /// The same on this clock; the randomness is for the id of a new log.
    ///
    /// A clock that is behind the last record is taken to go on from there.
    ///
    /// # Errors
    /// As [`FileLog::open`].
    pub async fn open_with(
        folder: impl AsRef<Path>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let fresh = LogId::random(clock.now(), entropy)?;
        let path = folder.as_ref().to_owned();
        let open = move || open::open(Arc::new(Disk::open(&path)?), clock, fresh);
        Ok(Self { shared: Arc::new(blocking("open its folder", open).await?) })
    }

    /// The same in a folder of any make, for tests.
    #[doc(hidden)]
    pub async fn open_in(
        folder: Arc<dyn Folder>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let fresh = LogId::random(clock.now(), entropy)?;
        let open = move || open::open(folder, clock, fresh);
        Ok(Self { shared: Arc::new(blocking("open its folder", open).await?) })
    }

    /// Waits until everything lined up is written, then lets another writer in. A log that is
    /// merely dropped does the same in its own time.
    ///
    /// # Cancel safety
    /// Dropped, the log is dropped.
    pub async fn close(self) {
        self.shared.queue.close().await;
    }

    /// The Merkle tree over all records.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.shared.known().tree.clone()
    }
}

impl Drop for FileLog {
    fn drop(&mut self) {
        // Where something is still on its way the lock goes with the writer.
        if self.shared.queue.is_idle()
            && let Err(error) = self.shared.folder.release()
        {
            tracing::warn!(folder = self.shared.folder.place(), %error, "the lock was not released");
        }
    }
}

impl fmt::Debug for FileLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.shared;
        f.debug_struct("FileLog").field("id", &shared.id).field("folder", &shared.folder).finish()
    }
}

#[async_trait]
impl AuditLog for FileLog {
    fn id(&self) -> LogId {
        self.shared.id
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        writer::append(&self.shared, append).await
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.shared.usable()?;
        let places = {
            let known = self.shared.known();
            if let Some(records) = known.cache.stream(id, after) {
                return Ok(records);
            }
            known.places(id, after)
        };
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let shared = Arc::clone(&self.shared);
        blocking("read", move || read::stream(&shared, id, &places)).await
    }

    /// A page holds fewer than `limit` records where they are large; the last one is empty.
    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.shared.usable()?;
        let first = after.next();
        let range = {
            let known = self.shared.known();
            if after >= known.end.last() || limit == 0 {
                return Ok(Vec::new());
            }
            known.catalog.offset(first)..known.catalog.end()
        };
        let shared = Arc::clone(&self.shared);
        blocking("read", move || read::page(&shared, first, limit, range)).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let shared = &*self.shared;
        let moved = || shared.is_poisoned() || shared.known().index.version(id) > seen;
        shared.waiters.stream(id, moved).await;
        shared.usable()
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        let shared = &*self.shared;
        let moved = || shared.is_poisoned() || shared.known().end.last() > seen;
        shared.waiters.log(moved).await;
        shared.usable()
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.shared.usable()?;
        Ok(self.shared.known().index.open(after, limit))
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.shared.usable()?;
        let known = self.shared.known();
        Ok(known.index.orphaned(known.end.writer(), limit))
    }

    fn now(&self) -> Timestamp {
        self.shared.now()
    }
}

/// Does what blocks where it may.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let runtime = Handle::try_current().map_err(|error| Error::storage(NAME, doing, error))?;
    let done = runtime.spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Error::storage(NAME, doing, error)))
}
