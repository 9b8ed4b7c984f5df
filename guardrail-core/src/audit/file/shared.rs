//! The parts of an open log, shared by its callers and its writer.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::Digest as _;

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::batch::Batch;
use crate::audit::file::known::Known;
use crate::audit::file::limits::Limits;
use crate::audit::file::queue::Queue;
use crate::audit::file::signing::Signing;
use crate::audit::file::storage::{Folder, Storage, write_all};
use crate::audit::index::Stream;
use crate::audit::record::AuditRecord;
use crate::audit::wait::Waiters;
use crate::clock::{Clock, Timestamp};
use crate::model::{LogId, RequestId};

/// An open log.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: LogId,
    pub(super) clock: LogClock,
    pub(super) folder: Arc<dyn Folder>,
    pub(super) limits: Limits,
    pub(super) signing: Option<Signing>,
    /// Held for moments only, never over a call to the disk.
    pub(super) known: Mutex<Known>,
    pub(super) queue: Queue,
    pub(super) waiters: Waiters,
    /// Nobody knows any more what the disk holds.
    poisoned: AtomicBool,
}

impl Shared {
    pub(super) fn new(
        clock: LogClock,
        folder: Arc<dyn Folder>,
        known: Known,
        limits: Limits,
        signing: Option<Signing>,
    ) -> Self {
        Self {
            id: known.end.log(),
            clock,
            folder,
            limits,
            signing,
            known: Mutex::new(known),
            queue: Queue::default(),
            waiters: Waiters::default(),
            poisoned: AtomicBool::new(false),
        }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        // A panic while it was held has poisoned the log itself.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// `Poisoned`, where the log is.
    pub(super) fn usable(&self) -> Result<(), Error> {
        if self.is_poisoned() { Err(Error::Poisoned { log: NAME }) } else { Ok(()) }
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    /// From here on the log refuses everything, and whoever waits hears of it.
    pub(super) fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
        self.waiters.wake_all();
    }

    pub(super) fn now(&self) -> Timestamp {
        let last = self.known().end.time();
        self.clock.now().max(last)
    }

    /// Where this stream stands; `None` where nothing is on record. Reads, for a request that was
    /// settled files ago.
    pub(super) fn standing(&self, id: RequestId) -> Result<Option<Stream>, Error> {
        let closed = {
            let known = self.known();
            if let Some(stream) = known.index.stream(id) {
                return Ok(Some(stream));
            }
            known.closed.clone()
        };
        closed.stream(&*self.folder, id)
    }

    /// Writes a batch with one write and one sync, and only then lets anyone see its records: those
    /// of each append.
    ///
    /// # Errors
    /// When it may not be durable. Where that leaves the file in doubt, the log is poisoned.
    pub(super) fn commit<'r>(
        &self,
        batch: &Batch,
        appends: impl IntoIterator<Item = &'r [Arc<AuditRecord>]>,
    ) -> Result<(), Error> {
        self.usable()?;
        let (storage, end) = {
            let known = self.known();
            (Arc::clone(&known.active.storage), known.catalog.end())
        };
        self.write(&*storage, batch.bytes(), end)?;
        let mut known = self.known();
        for (id, stream) in batch.stood() {
            known.index.restore(*id, *stream);
        }
        for append in appends {
            known.admit(append);
        }
        known.active.opening = None;
        Ok(())
    }

    /// Hashes what a commit has written. Nobody needs it before the file is closed, so nobody waits
    /// for it. Only the writer calls it.
    pub(super) fn hash(&self, batch: &Batch) {
        let mut hash = self.known().active.hash.clone();
        hash.update(batch.bytes());
        self.known().active.hash = hash;
    }

    /// Signs the head of everything there is, where somebody signs.
    pub(super) fn checkpoint(&self) {
        if let Some(signing) = self.signing.as_ref().filter(|_| !self.is_poisoned()) {
            let tree = self.known().tree.clone();
            signing.sign(self.id, &tree);
        }
    }

    /// The same, if it is time.
    pub(super) fn checkpoint_if_due(&self) {
        if let Some(signing) = &self.signing {
            let size = self.known().tree.size();
            if signing.is_due(size, self.clock.now()) {
                self.checkpoint();
            }
        }
    }

    fn write(&self, storage: &dyn Storage, bytes: &[u8], offset: u64) -> Result<(), Error> {
        let failed = |doing, error: io::Error| Error::storage(NAME, doing, error);
        let found = storage.size().inspect_err(|_| self.poison());
        let found = found.map_err(|error| failed("look at its file", error))?;
        if found != offset {
            self.poison();
            let why =
                format!("its file holds {found} bytes, not {offset}: another hand changed it");
            return Err(failed("write", io::Error::other(why)));
        }
        if let Err(error) = write_all(storage, bytes, offset) {
            // What was written of it must be gone, durably, before anyone is told of the failure:
            // else it might turn up after a crash, behind the back of who was told.
            if storage.truncate(offset).is_err() {
                self.poison();
            }
            return Err(failed("write", error));
        }
        if let Err(error) = storage.sync() {
            // The system may now hold these bytes for written when they are not, and say nothing
            // the next time (https://wiki.postgresql.org/wiki/Fsync_Errors): there is no trying
            // again. They go, lest who opens the log next reads what the disk does not hold.
            self.poison();
            let _ = storage.truncate(offset);
            return Err(failed("sync", error));
        }
        Ok(())
    }
}

/// The caller's clock, moved so that it never was behind the log's last record.
#[derive(Debug)]
pub(super) struct LogClock {
    clock: Arc<dyn Clock>,
    shift: std::time::Duration,
}

impl LogClock {
    /// Where the clock is behind `last`, this one goes on from there: deadlines still come nearer.
    pub(super) fn new(clock: Arc<dyn Clock>, last: Timestamp) -> Self {
        let shift = last.since(clock.now());
        Self { clock, shift }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now().after(self.shift)
    }
}
