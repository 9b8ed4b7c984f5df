//! What the log knows of itself: everything that is durable, and nothing that is not yet.

use std::sync::Arc;

use crate::audit::file::cache::{self, Cache};
use crate::audit::file::catalog::{Catalog, Place};
use crate::audit::index::Index;
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::model::{LogId, RequestId, Sequence, Version};

/// The log as far as it is durable. Only the writer changes it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) end: Sealer,
    pub(super) tree: Tree,
    pub(super) index: Index,
    pub(super) catalog: Catalog,
    pub(super) cache: Cache,
}

impl Known {
    pub(super) fn new(id: LogId) -> Self {
        Self {
            end: Sealer::new(id),
            tree: Tree::new(),
            index: Index::default(),
            catalog: Catalog::default(),
            cache: Cache::new(cache::LIMIT),
        }
    }

    /// Takes a record that is durable, and the next in sequence.
    pub(super) fn admit(&mut self, record: &Arc<AuditRecord>) {
        let before = self.index.stream(record.id).map_or(Sequence::START, |s| s.last());
        self.catalog.admit(record.line.len(), before);
        self.index.admit(record);
        self.tree.push(record.leaf);
        self.cache.admit(record, self.index.is_open(record.id));
        self.end = Sealer::after(record);
    }

    /// Where the records of this stream behind `after` lie.
    pub(super) fn places(&self, id: RequestId, after: Version) -> Vec<Place> {
        let Some(stream) = self.index.stream(id) else { return Vec::new() };
        let count = stream.version().get().saturating_sub(after.get());
        self.catalog.stream(stream.last(), count)
    }
}
