//! Closes a file that is full or old, and goes on in the next.
//!
//! In this order, so that a crash after any step costs nothing: the head is signed; the index of
//! the file is written; the next file is made and its name is durable; the first append to it says
//! that the file before was closed, and its hash; that file is made read-only. Where a step before
//! the last fails the log stays in its file and tries again later.

use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::active::Active;
use crate::audit::file::known::Known;
use crate::audit::file::segment::{Segment, encode, index_name};
use crate::audit::file::shared::Shared;
use crate::audit::file::storage::{Folder, write_all};
use crate::model::{AuditEvent, Sequence};

/// A file that could not be closed is tried again when it holds so many bytes more.
const PATIENCE: u64 = 1024 * 1024;

impl Shared {
    /// Closes the file if it is time. Only the writer calls it.
    pub(super) fn rotate_if_due(&self) {
        if !self.limits.are_reached(&self.known(), self.clock.now()) {
            return;
        }
        if let Err(error) = self.rotate() {
            tracing::warn!(folder = self.folder.place(), %error, "a file of the log stays open");
            let mut known = self.known();
            known.active.patience = known.catalog.end().saturating_add(PATIENCE);
        }
    }

    fn rotate(&self) -> Result<(), Error> {
        let failed = |error| Error::storage(NAME, "close a file", error);
        self.checkpoint();
        let noted = encode(&self.known().written());
        let segment = note_down(&*self.folder, noted)?;
        let (name, opening) = {
            let known = self.known();
            (file_name(known.end.last().next()), closed(&known))
        };
        let storage = self.folder.create(&name).map_err(failed)?;
        if let Err(error) = self.folder.sync() {
            // It may turn up after a crash, behind records that are still to be written before it.
            self.poison();
            return Err(failed(error));
        }
        let active = Active::new(name, Arc::from(storage), Some(opening));
        self.known().roll(segment, active);
        Ok(())
    }

    /// Once the closed file's hash is on record, nothing writes to it again.
    pub(super) fn protect(&self) {
        let closed = self.known().closed.last().map(Arc::clone);
        let Some(segment) = closed else { return };
        if let Err(error) = self.folder.protect(segment.name()) {
            let file = segment.name();
            tracing::warn!(folder = self.folder.place(), file, %error, "it stays writable");
        }
    }
}

/// Writes this index.
pub(super) fn note_down(
    folder: &dyn Folder,
    noted: Option<(Vec<u8>, Segment)>,
) -> Result<Segment, Error> {
    let failed = |error| Error::storage(NAME, "write an index", error);
    let none = || failed(std::io::Error::other("it cannot be written"));
    let (bytes, segment) = noted.ok_or_else(none)?;
    let name = index_name(segment.name());
    let is_there = folder.names().map_err(failed)?.contains(&name);
    let index = if is_there { folder.open(&name) } else { folder.create(&name) };
    let index = index.map_err(failed)?;
    if index.size().map_err(failed)? > 0 {
        index.truncate(0).map_err(failed)?;
    }
    write_all(&*index, &bytes, 0).and_then(|()| index.sync()).map_err(failed)?;
    Ok(segment)
}

/// That the file now written is closed.
fn closed(known: &Known) -> AuditEvent {
    let active = &known.active;
    AuditEvent::Rotated {
        file: active.name.as_str().into(),
        bytes: known.catalog.end(),
        sha256: active.digest(),
    }
}

/// A file is named after its first record, so that they read in the order of their names.
pub(super) fn file_name(first: Sequence) -> String {
    format!("log-{first:0>20}.jsonl")
}

/// The first record of the file with this name; `None` where it is none of a log.
pub(super) fn first_of(name: &str) -> Option<Sequence> {
    let digits = name.strip_prefix("log-")?.strip_suffix(".jsonl")?;
    let first = Sequence::new(digits.parse().ok()?);
    (file_name(first) == name).then_some(first)
}
