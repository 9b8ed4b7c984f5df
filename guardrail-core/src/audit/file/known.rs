//! What the log knows of itself: everything that is durable, and nothing that is not yet.

use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::file::active::Active;
use crate::audit::file::cache::{self, Cache};
use crate::audit::file::catalog::{Catalog, Found};
use crate::audit::file::segment::{Header, Segment, Written};
use crate::audit::file::storage::Folder;
use crate::audit::index::{Index, Stream};
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::model::{Digest, LogId, RequestId, Sequence, Version};

/// The log as far as it is durable. Only the writer changes it.
///
/// In memory stand the open requests, and those with a record in the file that is written; the
/// others are found by the indexes of the closed files.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) end: Sealer,
    pub(super) tree: Tree,
    pub(super) index: Index,
    pub(super) catalog: Catalog,
    /// The leaf hash of the last record before the file that is written.
    pub(super) behind: Digest,
    pub(super) cache: Cache,
    pub(super) closed: Closed,
    pub(super) active: Active,
}

/// The closed files, oldest first. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Closed(Arc<Vec<Arc<Segment>>>);

impl Closed {
    pub(super) fn last(&self) -> Option<&Arc<Segment>> {
        self.0.last()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The file in which this record lies.
    pub(super) fn holding(&self, sequence: Sequence) -> Option<&Arc<Segment>> {
        let at = self.0.partition_point(|segment| segment.last() < sequence);
        self.0.get(at).filter(|segment| segment.first() <= sequence)
    }

    /// Whether a record of this stream may lie in one of them.
    pub(super) fn may_hold(&self, id: RequestId) -> bool {
        self.0.iter().any(|segment| segment.may_hold(id))
    }

    /// Where this stream stood at its last record in any of them. Reads.
    pub(super) fn stream(
        &self,
        folder: &dyn Folder,
        id: RequestId,
    ) -> Result<Option<Stream>, Error> {
        for segment in self.0.iter().rev() {
            if let Some(stream) = segment.stream(folder, id)? {
                return Ok(Some(stream));
            }
        }
        Ok(None)
    }

    fn push(&mut self, segment: Segment) {
        Arc::make_mut(&mut self.0).push(Arc::new(segment));
    }
}

impl Known {
    /// Of a log without records.
    pub(super) fn new(id: LogId, active: Active) -> Self {
        Self {
            end: Sealer::new(id),
            tree: Tree::new(),
            index: Index::default(),
            catalog: Catalog::new(Sequence::START.next()),
            behind: Sealer::new(id).prev(),
            cache: Cache::new(cache::LIMIT),
            closed: Closed::default(),
            active,
        }
    }

    /// What is noted of it when its file is closed.
    pub(super) fn written(&self) -> Written<'_> {
        let Self { end, tree, index, catalog, behind, active, .. } = self;
        Written { name: &active.name, behind: *behind, end: *end, tree, index, catalog }
    }

    /// Takes the records of one append, or some of them in order, that are durable and the next in
    /// sequence.
    pub(super) fn admit(&mut self, append: &[Arc<AuditRecord>]) {
        let Some(last) = append.last() else { return };
        let mut before = self.index.stream(last.id).map_or(Sequence::START, |s| s.last());
        for record in append {
            self.catalog.admit(record.line().len(), before);
            self.tree.push(record.leaf);
            self.active.admit(record);
            before = record.sequence;
        }
        self.index.admit_all(last.id, append.iter().map(|record| &**record));
        self.cache.admit(append, self.index.is_open(last.id));
        // A log that was just opened does not know yet which it is.
        self.end = match last.log == self.end.log() {
            true => self.end.then(last),
            false => Sealer::after(last),
        };
    }

    /// Goes on in another file: the present one is closed, and this is what was noted of it.
    pub(super) fn roll(&mut self, segment: Segment, active: Active) {
        self.closed.push(segment);
        self.catalog = Catalog::new(self.end.last().next());
        self.behind = self.end.prev();
        self.index.forget_settled();
        self.active = active;
    }

    /// Takes a closed file by what its index says of it, instead of reading it.
    pub(super) fn skip(&mut self, segment: Segment, header: &Header) {
        self.end = header.end();
        self.tree = header.tree().unwrap_or_default();
        self.index = Index::default();
        for (id, stream) in header.open() {
            self.index.restore(id, stream);
        }
        self.cache = Cache::new(cache::LIMIT);
        self.closed.push(segment);
        self.catalog = Catalog::new(self.end.last().next());
        self.behind = self.end.prev();
    }

    /// Where the records of this stream behind `after` lie, of a stream that stands there.
    pub(super) fn found(&self, stream: &Stream, after: Version) -> Found {
        let count = stream.version().get().saturating_sub(after.get());
        self.catalog.stream(stream.last(), count)
    }
}
