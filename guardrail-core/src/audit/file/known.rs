//! What the log knows of itself: everything that is durable, and nothing that is not yet.

use std::sync::Arc;

use crate::audit::file::cache::Cache;
use crate::audit::file::catalog::{Catalog, Place};
use crate::audit::index::Index;
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::model::{LogId, RequestId};

/// The log as far as it is durable. Only the writer changes it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) end: Sealer,
    pub(super) tree: Tree,
    pub(super) index: Index,
    pub(super) catalog: Catalog,
    pub(super) cache: Cache,
    /// Where the next line begins.
    pub(super) size: u64,
}

impl Known {
    pub(super) fn new(id: LogId) -> Self {
        Self {
            end: Sealer::new(id),
            tree: Tree::new(),
            index: Index::default(),
            catalog: Catalog::default(),
            cache: Cache::default(),
            size: 0,
        }
    }

    /// Takes a record that is durable, and the next in sequence.
    pub(super) fn admit(&mut self, record: &Arc<AuditRecord>) {
        let length = u32::try_from(record.line.len()).unwrap_or(u32::MAX);
        let place = Place { offset: self.size, length };
        self.index.admit(record);
        self.tree.push(record.leaf);
        self.catalog.admit(record, place);
        let is_open = record.id != RequestId::LOG && self.index.is_open(record.id);
        self.cache.admit(record, is_open);
        self.end = Sealer::after(record);
        self.size = place.end();
    }
}
