//! One record: an event, sealed as one line of JSON in printable ASCII.

use std::fmt;

use serde::Deserialize;

use crate::audit::line::{self, LINE_LIMIT, VERSION, is_known, leaf};
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, Version};

/// An event on record: what happened, when, in which stream, and the exact line that says so.
#[derive(Clone)]
pub struct AuditRecord {
    pub(crate) sequence: Sequence,
    pub(crate) id: RequestId,
    pub(crate) version: Version,
    pub(crate) more: u32,
    pub(crate) time: Timestamp,
    pub(crate) writer: Sequence,
    pub(crate) leaf: Digest,
    pub(crate) event: AuditEvent,
    /// INVARIANT: it begins with its log and ends with the leaf before, as [`seal`] writes them. Of a
    /// record that thousands of requests keep in memory these stand nowhere else.
    pub(crate) line: Box<str>,
}

/// A line's fields in the order in which [`seal`] writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wire<E> {
    pub(crate) v: u32,
    pub(crate) log: LogId,
    pub(crate) seq: Sequence,
    pub(crate) time: Timestamp,
    pub(crate) writer: Sequence,
    pub(crate) id: RequestId,
    pub(crate) ver: Version,
    /// How many records of the same append follow: where a crash cut an append in two, what is
    /// left of it says so.
    #[serde(default)]
    pub(crate) more: u32,
    pub(crate) event: E,
    pub(crate) prev: Digest,
}

#[derive(Deserialize)]
struct Named {
    name: Box<str>,
    #[serde(default, rename = "data")]
    _data: Option<serde::de::IgnoredAny>,
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Longer than any record can be.
    #[error("the line is longer than {LINE_LIMIT} bytes")]
    TooLong,
    /// Not printable ASCII.
    #[error("the line holds a byte no record holds")]
    Bytes,
    /// Not the fields of a record.
    #[error("the line is no record: {0}")]
    Form(String),
    /// Of a version that is not known here.
    #[error("the record is of version {0}, which is not known here")]
    Version(u32),
}

impl AuditRecord {
    /// Reads one line, without its line feed. The line is kept as it is.
    ///
    /// # Errors
    /// [`RecordError`]. An event of an unknown name is no error: it becomes
    /// [`AuditEvent::Other`].
    pub fn parse(line: &str) -> Result<Self, RecordError> {
        if line.len() > LINE_LIMIT {
            return Err(RecordError::TooLong);
        }
        if !line.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(RecordError::Bytes);
        }
        let wire: Wire<AuditEvent> = match serde_json::from_str(line) {
            Ok(wire) => wire,
            Err(error) => {
                // Perhaps an event of a later version: then everything around it still reads.
                let wire: Wire<Named> = serde_json::from_str(line)
                    .map_err(|_| RecordError::Form(plain(&error.to_string())))?;
                if is_known(&wire.event.name) {
                    return Err(RecordError::Form(plain(&error.to_string())));
                }
                let event = AuditEvent::Other { name: wire.event.name };
                let Wire { v, log, seq, time, writer, id, ver, more, prev, .. } = wire;
                Wire { v, log, seq, time, writer, id, ver, more, event, prev }
            }
        };
        if wire.v != VERSION {
            return Err(RecordError::Version(wire.v));
        }
        let record = Self {
            sequence: wire.seq,
            id: wire.id,
            version: wire.ver,
            more: wire.more,
            time: wire.time,
            writer: wire.writer,
            leaf: leaf(line.as_bytes()),
            event: wire.event,
            line: line.into(),
        };
        if !record.is_of(wire.log) || !record.follows(wire.prev) {
            return Err(RecordError::Form("its fields are not in their order".to_owned()));
        }
        Ok(record)
    }

    /// Its place in the log.
    #[must_use]
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The request it belongs to, or [`RequestId::LOG`].
    #[must_use]
    pub const fn id(&self) -> RequestId {
        self.id
    }

    /// Its place in that request's stream, from 1.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// How many records of the same append follow it.
    #[must_use]
    pub const fn more(&self) -> u32 {
        self.more
    }

    /// When it was written, by the log's clock.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// The record by which its writer opened the log.
    #[must_use]
    pub const fn writer(&self) -> Sequence {
        self.writer
    }

    /// The log it belongs to.
    #[must_use]
    pub fn log(&self) -> LogId {
        line::log(&self.line).unwrap_or(LogId::NONE)
    }

    /// Whether it belongs to this log.
    pub(crate) fn is_of(&self, log: LogId) -> bool {
        line::is_of(&self.line, log)
    }

    /// What happened.
    #[must_use]
    pub const fn event(&self) -> &AuditEvent {
        &self.event
    }

    /// The leaf hash of the record before; all zero for the first.
    #[must_use]
    pub fn prev(&self) -> Digest {
        // Where it said none, it would follow no record.
        line::prev(&self.line).unwrap_or(Digest::from_bytes([0xff; 32]))
    }

    /// Whether it follows the record with this leaf hash.
    pub(crate) fn follows(&self, leaf: Digest) -> bool {
        line::follows(&self.line, leaf)
    }

    /// Its own leaf hash: SHA-256 of a zero byte and the line.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }

    /// The exact line, without its line feed: printable ASCII.
    #[must_use]
    pub const fn line(&self) -> &str {
        &self.line
    }
}

impl fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// What a parser says, which may repeat what the line says, in printable ASCII: errors are read at
/// terminals.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ' '..='~') {
            plain.push(c);
        } else {
            plain.extend(c.escape_default());
        }
    }
    plain
}
