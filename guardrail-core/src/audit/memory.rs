//! An audit log in memory: seals like the others, and is gone with the process.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;
use crate::audit::index::{Index, Stream};
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::audit::wait::Waiters;
use crate::audit::{AuditLog, opened};
use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy, Timestamp};
use crate::model::{AuditEvent, LogId, RequestId, Sequence, Version};

const NAME: &str = "memory log";

/// An audit log in memory, for tests and programs that need no memory of yesterday.
///
/// It seals every record as the durable logs do. It holds at most [`MemoryLog::LIMIT`] records and
/// then refuses, as does everything that would have to be on record.
#[derive(Debug)]
pub struct MemoryLog {
    id: LogId,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    waiters: Waiters,
    limit: usize,
}

#[derive(Debug)]
struct Inner {
    sealer: Sealer,
    /// Over as many records as somebody has asked for; the chain of leaves seals the rest.
    tree: Tree,
    index: Index,
    records: Vec<Kept>,
}

/// A record, and the place of the one before it in its stream.
#[derive(Debug)]
struct Kept {
    record: Arc<AuditRecord>,
    before: Sequence,
}

impl MemoryLog {
    /// Most records it holds.
    pub const LIMIT: usize = 4_000_000;

    /// An empty log on the system's clock.
    ///
    /// Without randomness for its id it takes nothing: every append is refused.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock::new()), &SystemEntropy)
    }

    /// An empty log on this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Self {
        let now = clock.now();
        let made = LogId::random(now, entropy);
        let limit = if made.is_ok() { Self::LIMIT } else { 0 };
        let id = made.unwrap_or(LogId::NONE);
        let mut inner = Inner {
            sealer: Sealer::new(id),
            tree: Tree::new(),
            index: Index::default(),
            records: Vec::new(),
        };
        // An event of ours always seals.
        let _ = inner.push(RequestId::LOG, None, &[opened()], now);
        Self { id, clock, inner: Mutex::new(inner), waiters: Waiters::default(), limit }
    }

    /// The Merkle tree over all records.
    #[must_use]
    pub fn tree(&self) -> Tree {
        let mut inner = self.lock();
        let Inner { tree, records, .. } = &mut *inner;
        let done = usize::try_from(tree.size()).unwrap_or(usize::MAX);
        for kept in records.iter().skip(done) {
            tree.push(kept.record.leaf);
        }
        tree.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing below panics between two writes of one append.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl Inner {
    /// The record at this place; nothing at the start.
    fn at(&self, place: Sequence) -> Option<&Kept> {
        let index = usize::try_from(place.get().checked_sub(1)?).ok()?;
        self.records.get(index)
    }

    /// Seals the records of one append to a stream that stands like this, and keeps them.
    fn push(
        &mut self,
        id: RequestId,
        stream: Option<Stream>,
        events: &[AuditEvent],
        now: Timestamp,
    ) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let (version, mut before) = match stream {
            Some(stream) => (stream.version(), stream.last()),
            None => (Version::START, Sequence::START),
        };
        let sealed = self.sealer.append_unwritten(id, version, now, events)?;
        self.index.admit_all(id, sealed.iter().map(AsRef::as_ref));
        for record in &sealed {
            self.records.push(Kept { record: Arc::clone(record), before });
            before = record.sequence;
        }
        Ok(sealed)
    }
}

#[async_trait]
impl AuditLog for MemoryLog {
    fn id(&self) -> LogId {
        self.id
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let records = {
            let mut inner = self.lock();
            let now = self.clock.now().max(inner.sealer.time());
            let stream = inner.index.stream(append.id);
            Stream::judge(stream.as_ref(), append, now)?;
            if inner.records.len().saturating_add(append.events.len()) > self.limit {
                return Err(Error::Full { log: NAME, limit: self.limit });
            }
            inner.push(append.id, stream, &append.events, now)?
        };
        self.waiters.wake(append.id);
        Ok(Appended { records })
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let inner = self.lock();
        let mut place = inner.index.stream(id).map_or(Sequence::START, |stream| stream.last());
        let mut records = Vec::new();
        // Backwards from the last, so that nobody pays for what they know.
        while let Some(kept) = inner.at(place) {
            if kept.record.version <= after {
                break;
            }
            records.push(Arc::clone(&kept.record));
            place = kept.before;
        }
        records.reverse();
        Ok(records)
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let inner = self.lock();
        let skip = usize::try_from(after.get()).unwrap_or(usize::MAX);
        let page = inner.records.iter().skip(skip).take(limit);
        Ok(page.map(|kept| Arc::clone(&kept.record)).collect())
    }

    // What `#[async_trait]` makes of an `async fn`, without room for everything twice: thousands
    // wait here at a time.
    fn changed<'s, 'f>(
        &'s self,
        id: RequestId,
        seen: Version,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        let moved = move |id| (self.lock().index.version(id) > seen).then_some(Ok(()));
        Box::pin(self.waiters.until(id, moved))
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.waiters.log(|| self.lock().sealer.last() > seen).await;
        Ok(())
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        Ok(self.lock().index.open(after, limit))
    }

    async fn orphaned(&self, _limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        // The one writer is this process.
        Ok(Vec::new())
    }

    fn now(&self) -> Timestamp {
        self.clock.now().max(self.lock().sealer.time())
    }
}
