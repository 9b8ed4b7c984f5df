//! Several appends judged and sealed in order, to be written at once.

use std::sync::Arc;

use crate::audit::append::Append;
use crate::audit::error::Error;
use crate::audit::index::Stream;
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::clock::Timestamp;
use crate::model::{ById, Version};

/// Most bytes of one append's lines.
pub(super) const APPEND_LIMIT: usize = 16 * 1024 * 1024;

/// Appends that are judged and sealed, each behind the ones before it, but not yet written.
#[derive(Debug)]
pub(super) struct Batch {
    end: Sealer,
    /// Where the streams stand that this batch moves.
    moved: ById<Stream>,
    /// Where they stood before.
    stood: ById<Stream>,
    bytes: Vec<u8>,
}

impl Batch {
    /// Behind this end of the log.
    pub(super) fn new(end: Sealer) -> Self {
        Self { end, moved: ById::default(), stood: ById::default(), bytes: Vec::new() }
    }

    /// The lines, each with its line feed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the streams stood that this batch moves; new ones stood nowhere.
    pub(super) const fn stood(&self) -> &ById<Stream> {
        &self.stood
    }

    /// Judges and seals one more append; `standing` tells where its stream stands without this
    /// batch. A refused one leaves no trace.
    pub(super) fn add(
        &mut self,
        append: &Append,
        now: Timestamp,
        standing: impl FnOnce() -> Result<Option<Stream>, Error>,
    ) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let stream = match self.moved.get(&append.id) {
            Some(moved) => Some(*moved),
            None => standing()?,
        };
        let now = now.max(self.end.time());
        Stream::judge(stream.as_ref(), append, now)?;
        let version = stream.map_or(Version::START, |stream| stream.version());
        let mut end = self.end;
        let records = end.append(append.id, version, now, &append.events)?;
        let length =
            records.iter().map(|record| record.line().len()).fold(0, usize::saturating_add);
        if length > APPEND_LIMIT {
            let event = append.events.first().map_or("", |event| event.name());
            let why = format!("one append holds at most {APPEND_LIMIT} bytes");
            return Err(Error::Illegal { event: event.into(), why: why.into() });
        }
        let mut moved = stream;
        for record in &records {
            moved = Some(Stream::after(moved.as_ref(), record));
            self.bytes.extend_from_slice(record.line().as_bytes());
            self.bytes.push(b'\n');
        }
        self.end = end;
        if !self.moved.contains_key(&append.id) {
            self.stood.extend(stream.map(|stream| (append.id, stream)));
        }
        self.moved.extend(moved.map(|stream| (append.id, stream)));
        Ok(records)
    }
}
