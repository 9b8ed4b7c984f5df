//! An audit log in a folder of its own: one file of JSON lines, one writer, durable when it answers.
//!
//! # On disk
//! - `log-00000000000000000001.jsonl`: the records, one sealed line each (see
//!   [`seal`](crate::audit::seal)). It only grows. Any tool that reads JSON lines reads it; none
//!   may write, cut or rotate it. At 64 MiB or after 24 hours it is closed: the records go on in
//!   the next, named after its first record, whose first append holds the closed one's SHA-256
//!   (`Rotated`), and the closed one is made read-only. All files in the order of their names are
//!   the log.
//! - `log-00000000000000000001.index`: of a closed file, where its records and requests stand. It
//!   can be deleted while the log is closed, and is made again when it is opened. It is never
//!   believed over the log; see below.
//! - `checkpoints`: the heads that were signed, every 256 records, or a second after a record, and
//!   when a file or the log is closed (see [`proof`](crate::audit::proof)). `key` and `key.pub`:
//!   the key, where no other signer was given.
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
//!
//! # What is verified when
//! Opening reads the file that is written, line by line, and of the closed ones the last line of
//! each, which must be the one its index and the next file go on from. It holds the log against its
//! own last checkpoint: a log that was cut, or put back from an old copy without its checkpoints,
//! does not open. What was changed inside a closed file, or in an index to hide a request, is not
//! seen then: it is seen by whoever reads that record, and by
//! [`verify`](crate::audit::verify()) or an [`Inspector`](crate::audit::Inspector), which read every
//! line and trust no index.

mod active;
mod batch;
mod cache;
mod catalog;
mod disk;
mod known;
mod limits;
mod lines;
mod open;
mod queue;
mod read;
mod recover;
mod rotate;
mod scan;
mod segment;
mod setup;
mod shared;
mod signing;
#[doc(hidden)]
pub mod storage;
#[cfg(test)]
mod tests;
mod ticker;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;

use crate::audit::AuditLog;
use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;
use crate::audit::index::Stream;
use crate::audit::proof::Heads;
use crate::audit::record::AuditRecord;
use crate::audit::tree::Tree;
use crate::clock::{Clock, Entropy, Timestamp};
use crate::model::{LogId, RequestId, Sequence, Version};
pub use disk::Disk;
pub use setup::Setup;
use setup::Where;
use shared::Shared;
use storage::Folder;
use ticker::Ticker;

const NAME: &str = "file log";
/// Most bytes of one write: a batch that is almost full, and one append more.
const WRITE_LIMIT: usize = batch::APPEND_LIMIT + writer::BATCH_BYTES;

/// An audit log in a folder. See the [module](self) for what is in it.
///
/// It works on every tokio runtime, and where a test pauses time no timer fires while an append is
/// under way. Memory: about 200 bytes for a request that is open or has a record in the file that
/// is written, and up to 64 MiB of records of open requests; of older ones an eighth of a byte.
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
    /// Signs what is left uncovered when nobody writes; goes with the log.
    _ticker: Option<Ticker>,
}

impl FileLog {
    /// Opens the log in this folder, or makes it, on the system's clock. The file that is written
    /// is read and verified whole; of closed ones what their indexes say of their ends.
    ///
    /// Its heads are signed with the key in the file `key` of the folder. Whoever can write the
    /// log can then sign it, too: give a signer of its own with [`FileLog::setup`] where that
    /// matters, and let a [witness](crate::audit::proof::Witness) remember the heads.
    ///
    /// # Errors
    /// `InUse`: a process writes it. `Damaged`: it is not what was written; nothing was changed.
    /// `Unsafe`: everyone may write the folder. Else the disk, or the system's randomness, failed.
    ///
    /// # Cancel safety
    /// Dropped, it goes on in the background and then closes the log again.
    pub async fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::setup(folder).open().await
    }

    /// The same, to be told first how.
    #[must_use]
    pub fn setup(folder: impl AsRef<Path>) -> Setup {
        Setup::new(Where::Path(folder.as_ref().to_owned()))
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
        Self::setup(folder).clock(clock).fresh(fresh).open().await
    }

    /// The same in a folder of any make, for tests. Nothing is signed.
    #[doc(hidden)]
    pub async fn open_in(
        folder: Arc<dyn Folder>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let fresh = LogId::random(clock.now(), entropy)?;
        Self::setup_in(folder).clock(clock).fresh(fresh).unsigned().open().await
    }

    /// The same in a folder of any make, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn setup_in(folder: Arc<dyn Folder>) -> Setup {
        Setup::new(Where::Folder(folder))
    }

    /// Waits until everything lined up is written and its head is signed, then lets another writer
    /// in. A log that is merely dropped does the same in its own time.
    ///
    /// # Cancel safety
    /// Dropped, the log is dropped.
    pub async fn close(self) {
        self.shared.queue.drain().await;
        // An error means that nothing can be written any more.
        let _ = writer::checkpoint(&self.shared).await;
        self.shared.queue.close().await;
    }

    /// Waits until a head of everything written so far is signed and kept, where that can be done;
    /// [`FileLog::heads`] then knows of it.
    ///
    /// # Errors
    /// `Poisoned`, or when there is no runtime.
    ///
    /// # Cancel safety
    /// Dropped, the head is signed or not.
    pub async fn checkpoint(&self) -> Result<(), Error> {
        writer::checkpoint(&self.shared).await
    }

    /// The heads that are signed and kept: to be shown to people and carried to witnesses. `None`
    /// where nobody signs.
    #[must_use]
    pub fn heads(&self) -> Option<Heads> {
        self.shared.signing.as_ref().map(signing::Signing::heads)
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
        if !self.shared.queue.is_idle() {
            return;
        }
        self.shared.checkpoint();
        if let Err(error) = self.shared.folder.release() {
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
        {
            let known = self.shared.known();
            if let Some(records) = known.cache.stream(id, after) {
                return Ok(records);
            }
            let here = known.index.stream(id);
            let is_nothing = match here {
                Some(stream) => stream.version() <= after,
                None => !known.closed.may_hold(id),
            };
            if is_nothing {
                return Ok(Vec::new());
            }
        }
        let shared = Arc::clone(&self.shared);
        blocking("read", move || read::stream(&shared, id, after)).await
    }

    /// A page holds fewer than `limit` records where they are large; the last one is empty.
    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.shared.usable()?;
        if after >= self.shared.known().end.last() || limit == 0 {
            return Ok(Vec::new());
        }
        let shared = Arc::clone(&self.shared);
        blocking("read", move || read::page(&shared, after, limit)).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let shared = &*self.shared;
        loop {
            shared.usable()?;
            let closed = shared.known().closed.count();
            // Of a request that was settled files ago only an index knows.
            if self.standing(id).await?.is_some_and(|stream| stream.version() > seen) {
                return Ok(());
            }
            let moved = || {
                let known = shared.known();
                // A file that was closed meanwhile may have taken the request along, and its last
                // move with it.
                known.index.version(id) > seen || known.closed.count() > closed
            };
            shared.waiters.stream(id, || shared.is_poisoned() || moved()).await;
        }
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        let shared = &*self.shared;
        let moved = || shared.is_poisoned() || shared.known().end.last() > seen;
        shared.waiters.log(moved).await;
        shared.usable()
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.shared.usable()?;
        let behind = match after {
            Some(id) => self.standing(id).await?.map(|stream| stream.first),
            None => None,
        };
        Ok(self.shared.known().index.open_behind(behind.unwrap_or(Sequence::START), limit))
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        self.shared.usable()?;
        let known = self.shared.known();
        Ok(known.index.orphaned(known.end.writer(), limit))
    }

    fn now(&self) -> Timestamp {
        self.shared.now()
    }
}

impl FileLog {
    /// Where this stream stands, read from an index if need be.
    async fn standing(&self, id: RequestId) -> Result<Option<Stream>, Error> {
        {
            let known = self.shared.known();
            let here = known.index.stream(id);
            if here.is_some() || !known.closed.may_hold(id) {
                return Ok(here);
            }
        }
        let shared = Arc::clone(&self.shared);
        blocking("read", move || shared.standing(id)).await
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
