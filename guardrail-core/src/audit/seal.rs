//! Sealing: makes the line of the next record and its leaf hash.
//!
//! A line is one JSON object with the fields `v`, `log`, `seq`, `time`, `writer`, `id`, `ver`,
//! `more`, `event` and `prev`, in this order, in printable ASCII. Its leaf hash is
//! SHA-256(0x00 ‖ line), as RFC 6962, section 2.1 has it; `prev` is the leaf hash of the line
//! before. `more` says how many records of the same append follow, and is left out where none do.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use crate::audit::error::Error;
use crate::audit::line::{self, Around, LINE_LIMIT, Same};
pub use crate::audit::line::{VERSION, leaf};
use crate::audit::record::{AuditRecord, RecordError};
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, Version};

/// Most bytes of the buffer that a thread keeps for the next line.
const SCRATCH_KEPT: usize = 64 * 1024;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
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
        self.seal(id, version, time, events, true)
    }

    /// The same for a log that writes its lines nowhere: hashed, and made again for who asks.
    pub(crate) fn append_unwritten(
        &mut self,
        id: RequestId,
        version: Version,
        time: Timestamp,
        events: &[AuditEvent],
    ) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.seal(id, version, time, events, false)
    }

    fn seal(
        &mut self,
        id: RequestId,
        version: Version,
        time: Timestamp,
        events: &[AuditEvent],
        keeps_lines: bool,
    ) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let mut end = *self;
        let time = time.max(self.time);
        let same = Same::new(self.log, time, id);
        let mut version = version;
        let mut records = Vec::with_capacity(events.len());
        let mut more = u32::try_from(events.len()).unwrap_or(u32::MAX);
        // Written in a buffer that is kept: a line grows nowhere.
        let mut line = SCRATCH.take();
        for event in events {
            let illegal =
                |why: &str| Error::Illegal { event: event.name().into(), why: why.into() };
            if matches!(event, AuditEvent::Other { .. }) {
                return Err(illegal("this version does not know the event"));
            }
            version = version.next();
            more = more.saturating_sub(1);
            let (sequence, prev) = (end.last.next(), end.prev);
            let writer = match event {
                AuditEvent::Opened { .. } => sequence,
                _ => end.writer,
            };
            line.clear();
            // The zero byte before it is hashed with it, and saves a copy of its first block.
            line.push(0);
            line::write(&same, &Around { sequence, writer, version, more, prev }, event, &mut line)
                .map_err(|error| illegal(&error.to_string()))?;
            let text = line.get(1..).unwrap_or_default();
            if text.len() > LINE_LIMIT {
                return Err(illegal(&RecordError::TooLong.to_string()));
            }
            let kept = OnceLock::new();
            if keeps_lines {
                let text = str::from_utf8(text).map_err(|error| illegal(&error.to_string()))?;
                let _ = kept.set(text.into());
            }
            let leaf = Digest::of(&line);
            end = Self { log: self.log, last: sequence, prev: leaf, writer, time };
            records.push(Arc::new(AuditRecord {
                sequence,
                id,
                version,
                more,
                time,
                writer,
                log: self.log,
                prev,
                leaf,
                event: event.clone(),
                line: kept,
            }));
        }
        if line.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(line);
        }
        *self = end;
        Ok(records)
    }
}
