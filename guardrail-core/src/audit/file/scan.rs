//! Reads a log from its first line to its last, and believes nothing.

use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::file::known::Known;
use crate::audit::file::lines::{Lines, Piece};
use crate::audit::file::storage::Storage;
use crate::audit::file::{NAME, WRITE_LIMIT};
use crate::audit::record::RecordError;
use crate::audit::verify::Verifier;
use crate::model::LogId;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Scanned {
    /// Everything up to the last append that is whole.
    pub(super) known: Known,
    /// How many bytes there are in all; what is behind the last append is torn.
    pub(super) size: u64,
}

/// Verifies every line. A file without any becomes the log `fresh`.
///
/// Torn is what a write cut short leaves at the end: bytes behind the last line feed, and the
/// first lines of an append without its last. Everything else that is not as it was written is
/// damage.
///
/// # Errors
/// `Damaged`, with the first place that is.
pub(super) fn scan(storage: &dyn Storage, name: &str, fresh: LogId) -> Result<Scanned, Error> {
    let unread = |error| Error::storage(NAME, "read", error);
    let size = storage.size().map_err(unread)?;
    let mut known = Known::new(fresh);
    let mut verifier = Verifier::new();
    let mut unfinished = Vec::new();
    let mut lines = Lines::new(storage, 0, size);
    let mut number: u64 = 0;
    while let Some(piece) = lines.next().map_err(unread)? {
        number = number.saturating_add(1);
        let damaged = |offset: u64, why: String| damaged(name, number, offset, &why);
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
        let record = verifier.push(text).map_err(|error| damaged(offset, error.why.to_string()))?;
        unfinished.push(Arc::new(record));
        if verifier.is_whole() {
            unfinished.drain(..).for_each(|record| known.admit(&record));
        }
    }
    Ok(Scanned { known, size })
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
