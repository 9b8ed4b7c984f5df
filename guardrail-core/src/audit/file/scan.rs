//! Reads a file of a log from its first line to its last, and believes nothing.

use std::slice;
use std::sync::Arc;

use sha2::Digest as _;

use crate::audit::error::Error;
use crate::audit::file::known::Known;
use crate::audit::file::lines::{Lines, Piece};
use crate::audit::file::signing::compare;
use crate::audit::file::storage::{Folder, Storage};
use crate::audit::file::{NAME, WRITE_LIMIT};
use crate::audit::proof::Checkpoint;
use crate::audit::record::{AuditRecord, RecordError};
use crate::audit::verify::Verifier;
use crate::model::{Sequence, Version};

/// Verifies every line of the file that is active, behind what is known, and takes its records
/// up to the last append that is whole. Says how many bytes there are in all; what is behind that
/// append is torn. The log must lead to `head` where that lies in this file.
///
/// Torn is what a write cut short leaves at the end: bytes behind the last line feed, and the
/// first lines of an append without its last. Everything else that is not as it was written is
/// damage.
///
/// # Errors
/// `Damaged`, with the first place that is.
pub(super) fn scan(
    folder: &dyn Folder,
    known: &mut Known,
    head: Option<&Checkpoint>,
) -> Result<u64, Error> {
    let unread = |error| Error::storage(NAME, "read", error);
    let storage: Arc<dyn Storage> = Arc::clone(&known.active.storage);
    let name = known.active.name.clone();
    let size = storage.size().map_err(unread)?;
    let mut verifier = match known.end.last() {
        Sequence::START => Verifier::new(),
        _ => Verifier::behind(known.end, known.tree.clone()),
    };
    for (id, stream) in known.index.streams() {
        verifier.seed(id, stream.version, stream.state);
    }
    let mut unfinished = Vec::new();
    let mut lines = Lines::new(&*storage, 0, size);
    let mut number: u64 = 0;
    while let Some(piece) = lines.next().map_err(unread)? {
        number = number.saturating_add(1);
        let damaged = |offset: u64, why: String| damaged(&name, number, offset, &why);
        let (offset, line) = match piece {
            Piece::Line { offset, bytes } => (offset, bytes),
            Piece::TooLong { offset } => {
                return Err(damaged(offset, RecordError::TooLong.to_string()));
            }
            Piece::Rest { offset } if size.saturating_sub(offset) > WRITE_LIMIT as u64 => {
                return Err(damaged(offset, "more follows than one write holds".to_owned()));
            }
            Piece::Rest { .. } => break,
        };
        let text = str::from_utf8(line);
        let text = text.map_err(|_| damaged(offset, RecordError::Bytes.to_string()))?;
        let record = AuditRecord::parse(text);
        let record = record.map_err(|error| damaged(offset, error.to_string()))?;
        // Of a request that was settled files ago only an index knows where it stands.
        if record.version > Version::START.next()
            && !verifier.knows(record.id)
            && let Some(stream) = known.closed.stream(folder, record.id)?
        {
            verifier.seed(record.id, stream.version, stream.state);
            known.index.restore(record.id, stream);
        }
        verifier.take(&record).map_err(|error| damaged(offset, error.why.to_string()))?;
        unfinished.push(Arc::new(record));
        if verifier.is_whole() {
            for record in unfinished.drain(..) {
                known.admit(slice::from_ref(&record));
                known.active.hash.update(record.line().as_bytes());
                known.active.hash.update(b"\n");
                if let Some(head) = head {
                    compare(head, known.end.log(), &known.tree)?;
                }
            }
        }
    }
    Ok(size)
}

fn damaged(name: &str, number: u64, offset: u64, why: &str) -> Error {
    Error::Damaged {
        log: NAME,
        place: format!("line {number} of `{name}` (byte {offset})").into(),
        why: format!(
            "{why}; nothing was changed: put back a copy of the file, or move the folder away \
             to begin a new log"
        )
        .into(),
    }
}
