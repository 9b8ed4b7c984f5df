//! Reads records back from the files.

use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::catalog::Place;
use crate::audit::file::lines::{Lines, Piece};
use crate::audit::file::shared::Shared;
use crate::audit::file::storage::{Storage, read_full};
use crate::audit::line::LINE_LIMIT;
use crate::audit::record::{AuditRecord, RecordError};
use crate::model::{RequestId, Sequence, Version};

/// A page of this many bytes takes no further record.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

/// The records of this stream behind `after`, oldest first.
pub(super) fn stream(
    shared: &Shared,
    id: RequestId,
    after: Version,
) -> Result<Vec<Arc<AuditRecord>>, Error> {
    let Some(stream) = shared.standing(id)? else { return Ok(Vec::new()) };
    let (found, storage, closed) = {
        let known = shared.known();
        // Once more, under the lock: the file may have been closed meanwhile.
        let stream = known.index.stream(id).unwrap_or(stream);
        let found = known.found(&stream, after);
        (found, Arc::clone(&known.active.storage), known.closed.clone())
    };
    let mut records = Vec::new();
    let mut before = found.before;
    while let Some((sequence, left)) = before {
        let segment = closed.holding(sequence).ok_or_else(|| lost(shared, sequence))?;
        let (place, previous) = segment.entry(&*shared.folder, sequence)?;
        records.push(record(shared, &*segment.open(&*shared.folder)?, id, place)?);
        before = left.checked_sub(1).filter(|left| *left > 0).map(|left| (previous, left));
    }
    records.reverse();
    for place in found.places {
        records.push(record(shared, &*storage, id, place)?);
    }
    Ok(records)
}

/// The record of this stream that lies there.
fn record(
    shared: &Shared,
    storage: &dyn Storage,
    id: RequestId,
    place: Place,
) -> Result<Arc<AuditRecord>, Error> {
    let length = usize::try_from(place.length).unwrap_or(LINE_LIMIT);
    let mut line = vec![0; length.min(LINE_LIMIT)];
    let read = read_full(storage, &mut line, place.offset).map_err(unread)?;
    let record = line.get(..read).and_then(|line| parse(line).ok());
    let record = record.filter(|record| record.log == shared.id && record.id == id);
    record.map(Arc::new).ok_or_else(|| changed(shared, place.offset))
}

/// At most `limit` records behind `after`.
pub(super) fn page(
    shared: &Shared,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Arc<AuditRecord>>, Error> {
    let mut records: Vec<Arc<AuditRecord>> = Vec::new();
    let mut bytes: usize = 0;
    while records.len() < limit && bytes < PAGE_BYTES {
        let first = records.last().map_or(after, |record| record.sequence).next();
        let (storage, range) = {
            let known = shared.known();
            if first > known.end.last() {
                break;
            }
            if first >= known.catalog.first() {
                let range = known.catalog.offset(first)..known.catalog.end();
                (Arc::clone(&known.active.storage), range)
            } else {
                let closed = known.closed.clone();
                drop(known);
                let segment = closed.holding(first).ok_or_else(|| lost(shared, first))?;
                let (place, _) = segment.entry(&*shared.folder, first)?;
                (Arc::from(segment.open(&*shared.folder)?), place.offset..segment.size())
            }
        };
        let mut lines = Lines::new(&*storage, range.start, range.end);
        let mut next = first;
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
        if next == first {
            return Err(lost(shared, first));
        }
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

fn lost(shared: &Shared, sequence: Sequence) -> Error {
    let place = format!("record {sequence} in `{}`", shared.folder.place());
    let why = "no file holds it; stop, and compare with a copy";
    Error::Damaged { log: NAME, place: place.into(), why: why.into() }
}
