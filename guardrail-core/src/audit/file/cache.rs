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

    /// Takes the next records of a stream; one that is over is dropped, as is one too many.
    pub(super) fn admit(&mut self, next: &[Arc<AuditRecord>], is_open: bool) {
        let Some(first) = next.first() else { return };
        let bytes = self.bytes.saturating_add(length(next));
        if !is_open || bytes > self.limit {
            self.forget(first.id);
        } else if first.version == Version::START.next() {
            self.bytes = bytes;
            self.streams.insert(first.id, next.to_vec());
        } else if let Some(records) = self.streams.get_mut(&first.id) {
            self.bytes = bytes;
            records.extend_from_slice(next);
        }
    }

    /// The records of this stream behind `after`; `None` where it is not kept.
    pub(super) fn stream(&self, id: RequestId, after: Version) -> Option<Vec<Arc<AuditRecord>>> {
        let skip = usize::try_from(after.get()).unwrap_or(usize::MAX);
        self.streams.get(&id).map(|records| records.iter().skip(skip).cloned().collect())
    }

    fn forget(&mut self, id: RequestId) {
        let records = self.streams.remove(&id).unwrap_or_default();
        self.bytes = self.bytes.saturating_sub(length(&records));
    }
}

/// Of the lines of these records.
fn length(records: &[Arc<AuditRecord>]) -> usize {
    records.iter().map(|record| record.line().len()).fold(0, usize::saturating_add)
}
