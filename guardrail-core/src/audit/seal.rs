//! Sealing: makes the line of the next record and its leaf hash.
//!
//! A line is one JSON object with the fields `v`, `log`, `seq`, `time`, `writer`, `id`, `ver`,
//! `more`, `event` and `prev`, in this order, in printable ASCII. Its leaf hash is
//! SHA-256(0x00 ‖ line), as RFC 6962, section 2.1 has it; `prev` is the leaf hash of the line
//! before. `more` says how many records of the same append follow, and is left out where none do.

use std::cell::Cell;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::audit::error::Error;
use crate::audit::json::{self, number};
use crate::audit::record::{AuditRecord, LINE_LIMIT, RecordError};
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, Version};

/// Most bytes of the buffer that a thread keeps for the next line.
const SCRATCH_KEPT: usize = 64 * 1024;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The version of the line's form.
pub const VERSION: u32 = 1;

/// The leaf hash of one line.
#[must_use]
pub fn leaf(line: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(line);
    Digest::from_bytes(hash.finalize().into())
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

    /// The end of a log that others write too: `writer` writes behind a record of another's.
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
    pub const fn after(record: &AuditRecord) -> Self {
        Self {
            log: record.log,
            last: record.sequence,
            prev: record.leaf,
            writer: record.writer,
            time: record.time,
        }
    }

    /// The end of a log as it was noted down.
    pub(crate) const fn noted(
        log: LogId,
        last: Sequence,
        prev: Digest,
        writer: Sequence,
        time: Timestamp,
    ) -> Self {
        Self { log, last, prev, writer, time }
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
        let mut version = version;
        let mut records = Vec::with_capacity(events.len());
        let mut more = u32::try_from(events.len()).unwrap_or(u32::MAX);
        for event in events {
            version = version.next();
            more = more.saturating_sub(1);
            records.push(Arc::new(end.seal(id, version, time, more, event.clone())?));
        }
        *self = end;
        Ok(records)
    }

    fn seal(
        &mut self,
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
        let time = time.max(self.time);
        let header = Header { log: self.log, seq: sequence, time, writer, id, ver: version, more };
        // Written in a buffer that is kept, and copied out at its length: a line grows nowhere.
        let mut line = SCRATCH.take();
        line.clear();
        header.write(&mut line);
        json::write(&event, &mut line).map_err(|error| illegal(&error.to_string()))?;
        close(self.prev, &mut line);
        if line.len() > LINE_LIMIT {
            return Err(illegal(&RecordError::TooLong.to_string()));
        }
        let text = std::str::from_utf8(&line).map_err(|error| illegal(&error.to_string()))?;
        let text: Box<str> = text.into();
        if line.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(line);
        }
        let leaf = leaf(text.as_bytes());
        let record = AuditRecord {
            sequence,
            id,
            version,
            more,
            time,
            writer,
            log: self.log,
            prev: self.prev,
            leaf,
            event,
            line: text,
        };
        *self = Self::after(&record);
        Ok(record)
    }
}

/// The fields before the event. Names and values of them need no escape, so they are written
/// straight; a test reads them back by [`Wire`](crate::audit::record::Wire).
struct Header {
    log: LogId,
    seq: Sequence,
    time: Timestamp,
    writer: Sequence,
    id: RequestId,
    ver: Version,
    more: u32,
}

impl Header {
    fn write(&self, line: &mut Vec<u8>) {
        line.extend_from_slice(b"{\"v\":1,\"log\":\"");
        line.extend_from_slice(&self.log.text());
        line.extend_from_slice(b"\",\"seq\":");
        number(self.seq.get(), line);
        line.extend_from_slice(b",\"time\":\"");
        line.extend_from_slice(&self.time.text());
        line.extend_from_slice(b"\",\"writer\":");
        number(self.writer.get(), line);
        line.extend_from_slice(b",\"id\":\"");
        line.extend_from_slice(&self.id.text());
        line.extend_from_slice(b"\",\"ver\":");
        number(self.ver.get(), line);
        if self.more > 0 {
            line.extend_from_slice(b",\"more\":");
            number(u64::from(self.more), line);
        }
        line.extend_from_slice(b",\"event\":");
    }
}

fn close(prev: Digest, line: &mut Vec<u8>) {
    line.extend_from_slice(b",\"prev\":\"");
    line.extend_from_slice(&prev.text());
    line.extend_from_slice(b"\"}");
}

/// Whether this version knows an event of this name.
pub(crate) fn is_known(name: &str) -> bool {
    const NAMES: [&str; 25] = [
        "requested",
        "voted",
        "approved",
        "denied",
        "expired",
        "withdrawn",
        "lapsed",
        "started",
        "completed",
        "failed",
        "aborted",
        "unknown",
        "retried",
        "resolved",
        "posted",
        "commented",
        "vote_refused",
        "approver_left",
        "escalated",
        "attended",
        "opened",
        "policy_loaded",
        "recovered",
        "rotated",
        "redacted",
    ];
    NAMES.contains(&name)
}
