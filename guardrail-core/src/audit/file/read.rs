//! Reads records back from the file.

use std::ops::Range;
use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::catalog::Place;
use crate::audit::file::lines::{Lines, Piece};
use crate::audit::file::shared::Shared;
use crate::audit::file::storage::read_full;
use crate::audit::record::{AuditRecord, LINE_LIMIT, RecordError};
use crate::model::{RequestId, Sequence};

/// A page of this many bytes takes no further record.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

/// The records of one stream that lie at these places.
pub(super) fn stream(
    shared: &Shared,
    id: RequestId,
    places: &[Place],
) -> Result<Vec<Arc<AuditRecord>>, Error> {
    let mut records = Vec::with_capacity(places.len());
    for place in places {
        let length = usize::try_from(place.length).unwrap_or(LINE_LIMIT);
        let mut line = vec![0; length.min(LINE_LIMIT)];
        let read = read_full(&*shared.storage, &mut line, place.offset).map_err(unread)?;
        let record = line.get(..read).and_then(|line| parse(line).ok());
        let record = record.filter(|record| record.log == shared.id && record.id == id);
        records.push(Arc::new(record.ok_or_else(|| changed(shared, place.offset))?));
    }
    Ok(records)
}

/// At most `limit` records from `first` on, which lie in this range of bytes.
pub(super) fn page(
    shared: &Shared,
    first: Sequence,
    limit: usize,
    range: Range<u64>,
) -> Result<Vec<Arc<AuditRecord>>, Error> {
    let mut lines = Lines::new(&*shared.storage, range.start, range.end);
    let mut next = first;
    let mut records = Vec::new();
    let mut bytes: usize = 0;
    while records.len() < limit && bytes < PAGE_BYTES {
        let (offset, line) = match lines.next().map_err(unread)? {
            None => break,
            Some(Piece::Line { offset, bytes }) => (offset, bytes),
            Some(Piece::TooLong { offset } | Piece::Rest { offset }) => {
                return Err(changed(shared, offset));
            }
        };
        let record = parse(line).ok();
        let record = record.filter(|r| r.log == shared.id && r.sequence == next);
        bytes = bytes.saturating_add(line.len());
        records.push(Arc::new(record.ok_or_else(|| changed(shared, offset))?));
        next = next.next();
    }
    Ok(records)
}

fn parse(line: &[u8]) -> Result<AuditRecord, RecordError> {
    AuditRecord::parse(str::from_utf8(line).map_err(|_| RecordError::Bytes)?)
}

fn unread(error: std::io::Error) -> Error {
    Error::storage(NAME, "read", error)
}

fn changed(shared: &Shared, offset: u64) -> Error {
    let place = format!("byte {offset} of its file in `{}`", shared.folder.place());
    let why = "the line is not the one that was written; stop, and compare with a copy";
    Error::Damaged { log: NAME, place: place.into(), why: why.into() }
}
