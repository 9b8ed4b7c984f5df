//! The file that is written.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::audit::file::storage::Storage;
use crate::audit::record::AuditRecord;
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest};

/// The file that is written.
pub(super) struct Active {
    pub(super) name: String,
    pub(super) storage: Arc<dyn Storage>,
    /// The time of its first record.
    pub(super) began: Option<Timestamp>,
    /// What its first append must say: that the file before it was closed, and its hash.
    pub(super) opening: Option<AuditEvent>,
    /// It is not closed before it holds so many bytes: closing it failed.
    pub(super) patience: u64,
    /// Of the lines, each with its line feed.
    pub(super) hash: Sha256,
}

impl Active {
    pub(super) fn new(
        name: String,
        storage: Arc<dyn Storage>,
        opening: Option<AuditEvent>,
    ) -> Self {
        Self { name, storage, began: None, opening, patience: 0, hash: Sha256::new() }
    }

    /// Takes the next record. Its line must be hashed, too.
    pub(super) fn admit(&mut self, record: &AuditRecord) {
        self.began.get_or_insert(record.time);
    }

    /// Of the whole file.
    pub(super) fn digest(&self) -> Digest {
        Digest::from_bytes(self.hash.clone().finalize().into())
    }
}

impl fmt::Debug for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Active").field("name", &self.name).finish_non_exhaustive()
    }
}
