//! Verification of a whole log, record by record, from the stored bytes alone.

use std::collections::HashMap;

use crate::audit::AuditLog;
use crate::audit::index::step;
use crate::audit::record::{AuditRecord, RecordError};
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, State, Version};

/// What a verified log is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The log; `None` where it is empty.
    pub log: Option<LogId>,
    /// How many records it holds.
    pub records: u64,
    /// The leaf hash of the last record; all zero where it is empty.
    pub head: Digest,
    /// The root of the Merkle tree over all records.
    pub root: Digest,
}

/// The first record that is not as it was written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("record {sequence} does not verify: {why}")]
#[non_exhaustive]
pub struct VerifyError {
    /// Its place in the log.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub why: Fault,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is no record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It names another log than the records before it.
    #[error("it belongs to another log")]
    OtherLog,
    /// A record is missing, doubled or moved.
    #[error("it carries sequence {0}: a record is missing, doubled or moved")]
    Sequence(Sequence),
    /// The record before was changed, or is another.
    #[error("its `prev` is not the hash of the record before")]
    Chain,
    /// Its stream has a gap.
    #[error("it carries version {0} of its stream: an event is missing or doubled")]
    Version(Version),
    /// Its time is before the record before it.
    #[error("its time is before the record before it")]
    Time,
    /// No writer has opened the log as it says.
    #[error("its writer has not opened the log")]
    Writer,
    /// It is not the rest of the append that the record before it began.
    #[error("the append before it is not whole")]
    Append,
    /// The log ends before its last append does.
    #[error("the last append is not whole")]
    Half,
    /// Its event cannot happen there.
    #[error("`{event}` cannot follow in state {state}")]
    Step {
        /// The event's name.
        event: Box<str>,
        /// Where its stream stood.
        state: State,
    },
    /// The log could not be read.
    #[error("the log could not be read: {0}")]
    Read(String),
}

/// Verifies records one after the other. Memory: a few dozen bytes a request.
#[derive(Debug, Default)]
pub struct Verifier {
    end: Option<Sealer>,
    tree: Tree,
    streams: HashMap<RequestId, (Version, State)>,
    writers: Vec<Sequence>,
    /// The stream of an append that is not yet whole, and how many records are to come.
    rest: Option<(RequestId, u32)>,
}

impl Verifier {
    /// Before the first record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, without its line feed.
    ///
    /// # Errors
    /// When it is not what can follow; the verifier should not be used further then.
    pub fn push(&mut self, line: &str) -> Result<AuditRecord, VerifyError> {
        let last = self.end.map_or(Sequence::START, |end| end.last());
        let fail = |why: Fault| VerifyError { sequence: last.next(), why };
        let record = AuditRecord::parse(line).map_err(|error| fail(error.into()))?;
        let end = self.end.unwrap_or_else(|| Sealer::new(record.log));
        let known = self.streams.get(&record.id).copied();
        let (version, state) = known.unwrap_or((Version::START, State::New));
        if record.log != end.log() {
            return Err(fail(Fault::OtherLog));
        }
        if record.sequence != end.last().next() {
            return Err(fail(Fault::Sequence(record.sequence)));
        }
        if record.prev != end.prev() {
            return Err(fail(Fault::Chain));
        }
        if record.time < end.time() {
            return Err(fail(Fault::Time));
        }
        if record.version != version.next() {
            return Err(fail(Fault::Version(record.version)));
        }
        let goes_on = |(id, left): (RequestId, u32)| {
            record.id == id && record.more.checked_add(1) == Some(left)
        };
        if !self.rest.is_none_or(goes_on) {
            return Err(fail(Fault::Append));
        }
        if let AuditEvent::Opened { .. } = record.event {
            self.writers.push(record.sequence);
        }
        if self.writers.binary_search(&record.writer).is_err() {
            return Err(fail(Fault::Writer));
        }
        let Some(next) = step(record.id, state, &record.event) else {
            return Err(fail(Fault::Step { event: record.event.name().into(), state }));
        };
        self.streams.insert(record.id, (record.version, next));
        self.tree.push(record.leaf);
        self.end = Some(Sealer::after(&record));
        self.rest = (record.more > 0).then_some((record.id, record.more));
        Ok(record)
    }

    /// Whether the last append is whole so far.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// What was verified so far.
    #[must_use]
    pub fn finish(&self) -> Verified {
        Verified {
            log: self.end.map(|end| end.log()),
            records: self.tree.size(),
            head: self.end.map_or(Digest::from_bytes([0; 32]), |end| end.prev()),
            root: self.tree.root(),
        }
    }
}

/// Reads a whole log, a thousand records at a time, and verifies it from its lines.
///
/// # Errors
/// The first record that is not as it was written, or could not be read.
pub async fn verify(log: &dyn AuditLog) -> Result<Verified, VerifyError> {
    let mut verifier = Verifier::new();
    let mut after = Sequence::START;
    loop {
        let page = log.read(after, 1000).await.map_err(|error| VerifyError {
            sequence: after.next(),
            why: Fault::Read(error.to_string()),
        })?;
        let Some(last) = page.last() else {
            if verifier.is_whole() {
                return Ok(verifier.finish());
            }
            return Err(VerifyError { sequence: after.next(), why: Fault::Half });
        };
        let next = last.sequence();
        for record in &page {
            verifier.push(record.line())?;
        }
        if next <= after {
            let why = Fault::Read("the log returned no later record".to_owned());
            return Err(VerifyError { sequence: after.next(), why });
        }
        after = next;
    }
}
