//! The records of open requests, kept in memory: they are read again at every step.

use std::collections::HashMap;
use std::sync::Arc;

use crate::audit::record::AuditRecord;
use crate::model::{RequestId, Version};

/// Most bytes of lines a log keeps.
pub(super) const LIMIT: usize = 64 * 1024 * 1024;

/// Whole streams of open requests, as many as fit.
#[derive(Debug)]
pub(super) struct Cache {
    streams: HashMap<RequestId, Vec<Arc<AuditRecord>>>,
    /// Of the lines of all records it keeps.
    bytes: usize,
    limit: usize,
}

impl Cache {
    /// Keeps at most so many bytes of lines.
    pub(super) fn new(limit: usize) -> Self {
        Self { streams: HashMap::new(), bytes: 0, limit }
    }

    /// Takes the next record of a stream; one that is over is dropped, as is one too many.
    pub(super) fn admit(&mut self, record: &Arc<AuditRecord>, is_open: bool) {
        let id = record.id;
        let is_first = record.version == Version::START.next();
        if !is_open || self.bytes.saturating_add(record.line.len()) > self.limit {
            self.forget(id);
        } else if is_first {
            self.bytes = self.bytes.saturating_add(record.line.len());
            self.streams.insert(id, vec![Arc::clone(record)]);
        } else if let Some(records) = self.streams.get_mut(&id) {
            self.bytes = self.bytes.saturating_add(record.line.len());
            records.push(Arc::clone(record));
        }
    }

    /// The records of this stream behind `after`; `None` where it is not kept.
    pub(super) fn stream(&self, id: RequestId, after: Version) -> Option<Vec<Arc<AuditRecord>>> {
        let skip = usize::try_from(after.get()).unwrap_or(usize::MAX);
        self.streams.get(&id).map(|records| records.iter().skip(skip).cloned().collect())
    }

    fn forget(&mut self, id: RequestId) {
        let records = self.streams.remove(&id).unwrap_or_default();
        let bytes = records.iter().map(|record| record.line.len()).fold(0, usize::saturating_add);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
