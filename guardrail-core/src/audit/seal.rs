//! Sealing: makes the line of the next record and its leaf hash.
//!
//! A line is one JSON object with the fields `v`, `log`, `seq`, `time`, `writer`, `id`, `ver`,
//! `more`, `event` and `prev`, in this order, in printable ASCII. Its leaf hash is
//! SHA-256(0x00 ‖ line), as RFC 6962, section 2.1 has it; `prev` is the leaf hash of the line
//! before. `more` says how many records of the same append follow, and is left out where none do.

use std::cell::Cell;
use std::sync::Arc;

use crate::audit::error::Error;
use crate::audit::json;
use crate::audit::line::LINE_LIMIT;
pub use crate::audit::line::{VERSION, leaf};
use crate::audit::record::{AuditRecord, RecordError};
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, Version, decimal};

/// Most bytes of the buffer that a thread keeps for the next line.
const SCRATCH_KEPT: usize = 64 * 1024;

thread_local! {
    static SCRATCH: Cell<String> = const { Cell::new(String::new()) };
}

/// The end of a log: what the next record is chained to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealer {
    log: LogId,
    last: Sequence,
    prev: Digest,
    writer: Sequence,
    time: Timestamp,
}

impl Sealer {
    /// The end of a log without records.
    #[must_use]
    pub const fn new(log: LogId) -> Self {
        Self {
            log,
            last: Sequence::START,
            prev: Digest::from_bytes([0; 32]),
            writer: Sequence::START,
            time: Timestamp::MIN,
        }
    }

    /// The end of a log as it was noted down, or as others left it: `writer` writes behind it.
    #[must_use]
    pub const fn resume(
        log: LogId,
        last: Sequence,
        prev: Digest,
        writer: Sequence,
        time: Timestamp,
    ) -> Self {
        Self { log, last, prev, writer, time }
    }

    /// The end of a log whose last record is this one.
    #[must_use]
    pub fn after(record: &AuditRecord) -> Self {
        Self::new(record.log()).then(record)
    }

    /// The same of a record that is known to be of the same log as the last.
    pub(crate) const fn then(self, record: &AuditRecord) -> Self {
        Self {
            log: self.log,
            last: record.sequence,
            prev: record.leaf,
            writer: record.writer,
            time: record.time,
        }
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// The last record's place.
    #[must_use]
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// The last record's leaf hash; all zero without records.
    #[must_use]
    pub const fn prev(&self) -> Digest {
        self.prev
    }

    /// The last record's time.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// The record by which the present writer opened the log.
    #[must_use]
    pub const fn writer(&self) -> Sequence {
        self.writer
    }

    /// Seals the records of one append to a stream that holds `version` events, and moves the end
    /// behind them: all of them, or on an error none. An `Opened` makes its record the writer's. A
    /// time before the last record's is taken as that.
    ///
    /// # Errors
    /// When an event cannot be written as JSON, is longer than a line may be, or is one this
    /// version does not know.
    pub fn append(
        &mut self,
        id: RequestId,
        version: Version,
        time: Timestamp,
        events: &[AuditEvent],
    ) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let mut end = *self;
        let time = time.max(self.time);
        let (mut log_text, mut id_text, time_text) = ([0; 36], [0; 36], time.text());
        let header = Header {
            log: self.log.text(&mut log_text),
            time: std::str::from_utf8(&time_text).unwrap_or_default(),
            id: id.text(&mut id_text),
        };
        let mut version = version;
        let mut records = Vec::with_capacity(events.len());
        let mut more = u32::try_from(events.len()).unwrap_or(u32::MAX);
        for event in events {
            version = version.next();
            more = more.saturating_sub(1);
            records.push(Arc::new(end.seal(&header, id, version, time, more, event.clone())?));
        }
        *self = end;
        Ok(records)
    }

    fn seal(
        &mut self,
        header: &Header<'_>,
        id: RequestId,
        version: Version,
        time: Timestamp,
        more: u32,
        event: AuditEvent,
    ) -> Result<AuditRecord, Error> {
        let illegal = |why: &str| Error::Illegal { event: event.name().into(), why: why.into() };
        if matches!(event, AuditEvent::Other { .. }) {
            return Err(illegal("this version does not know the event"));
        }
        let sequence = self.last.next();
        let writer = match event {
            AuditEvent::Opened { .. } => sequence,
            _ => self.writer,
        };
        // Written in a buffer that is kept, and copied out at its length: a line grows nowhere.
        let mut line = SCRATCH.take();
        line.clear();
        header.write(sequence, writer, version, more, &mut line);
        json::write(&event, &mut line).map_err(|error| illegal(&error.to_string()))?;
        close(self.prev, &mut line);
        if line.len() > LINE_LIMIT {
            return Err(illegal(&RecordError::TooLong.to_string()));
        }
        let text: Box<str> = line.as_str().into();
        if line.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(line);
        }
        let leaf = leaf(text.as_bytes());
        let record =
            AuditRecord { sequence, id, version, more, time, writer, leaf, event, line: text };
        *self = Self { log: self.log, last: sequence, prev: leaf, writer, time };
        Ok(record)
    }
}

/// The fields before the event, as far as all records of an append have the same. Names and values
/// need no escape, so they are written straight; a test reads them back by
/// [`Wire`](crate::audit::record::Wire).
struct Header<'t> {
    log: &'t str,
    time: &'t str,
    id: &'t str,
}

impl Header<'_> {
    fn write(&self, seq: Sequence, writer: Sequence, ver: Version, more: u32, line: &mut String) {
        line.push_str("{\"v\":1,\"log\":\"");
        line.push_str(self.log);
        line.push_str("\",\"seq\":");
        decimal(seq.get(), line);
        line.push_str(",\"time\":\"");
        line.push_str(self.time);
        line.push_str("\",\"writer\":");
        decimal(writer.get(), line);
        line.push_str(",\"id\":\"");
        line.push_str(self.id);
        line.push_str("\",\"ver\":");
        decimal(ver.get(), line);
        if more > 0 {
            line.push_str(",\"more\":");
            decimal(more.into(), line);
        }
        line.push_str(",\"event\":");
    }
}

fn close(prev: Digest, line: &mut String) {
    line.push_str(",\"prev\":\"");
    line.push_str(prev.text(&mut [0; 64]));
    line.push_str("\"}");
}
