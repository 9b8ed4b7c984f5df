//! One record: an event, sealed as one line of JSON in printable ASCII.

use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::audit::line::{self, Around, LINE_LIMIT, Same, VERSION, is_known, leaf};
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
    pub(crate) log: LogId,
    pub(crate) prev: Digest,
    pub(crate) leaf: Digest,
    pub(crate) event: AuditEvent,
    /// What was hashed, or nothing until somebody asks: the other fields say all of it, and a log in
    /// memory keeps many records whose lines nobody reads.
    pub(crate) line: OnceLock<Box<str>>,
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
        if !line::is_around(line, wire.log, wire.prev) {
            return Err(RecordError::Form("its fields are not in their order".to_owned()));
        }
        Ok(Self {
            sequence: wire.seq,
            id: wire.id,
            version: wire.ver,
            more: wire.more,
            time: wire.time,
            writer: wire.writer,
            log: wire.log,
            prev: wire.prev,
            leaf: leaf(line.as_bytes()),
            event: wire.event,
            line: OnceLock::from(Box::from(line)),
        })
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
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// What happened.
    #[must_use]
    pub const fn event(&self) -> &AuditEvent {
        &self.event
    }

    /// The leaf hash of the record before; all zero for the first.
    #[must_use]
    pub const fn prev(&self) -> Digest {
        self.prev
    }

    /// Its own leaf hash: SHA-256 of a zero byte and the line.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }

    /// The exact line, without its line feed: printable ASCII.
    #[must_use]
    pub fn line(&self) -> &str {
        // It was written once, to be hashed.
        self.line.get_or_init(|| self.write().unwrap_or_default().into_boxed_str())
    }

    /// Writes its line.
    fn write(&self) -> Option<String> {
        let Self { sequence, id, version, more, time, writer, log, prev, .. } = *self;
        let mut line = Vec::new();
        let around = Around { sequence, writer, version, more, prev };
        line::write(&Same::new(log, time, id), &around, &self.event, &mut line).ok()?;
        String::from_utf8(line).ok()
    }
}

impl fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.line())
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
