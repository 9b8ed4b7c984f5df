//! Verification of a whole log, record by record, from the stored bytes alone.
//!
//! A [`Verifier`] tells whether the lines are one unbroken log; an [`Inspector`] asks more of them:
//! that they are the ones that were signed, and that nothing ran which nobody allowed. Both take
//! lines, so one program verifies the log of every backend in its exported form.

mod against;
mod complete;
mod inspect;

use std::collections::HashMap;

use crate::audit::AuditLog;
use crate::audit::record::{AuditRecord, RecordError, plain};
use crate::audit::seal::Sealer;
use crate::audit::standing::step;
use crate::audit::tree::Tree;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, State, Version};

pub use inspect::{Inspector, Report, inspect};

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
    /// A checkpoint covers more records than there are.
    #[error(
        "the log ends before it, and the checkpoint covers {signed} records: it was cut, or an \
         old copy was put in its place"
    )]
    Cut {
        /// How many records were signed.
        signed: u64,
    },
    /// These are not the records a checkpoint was signed over.
    #[error(
        "it, or one up to record {size}, is not what the checkpoint of {size} records was signed \
         over: the log was changed or forked"
    )]
    Fork {
        /// How many records the checkpoint covers.
        size: u64,
    },
    /// A body was started that nobody had allowed in this form.
    #[error("the start is not allowed by what stands before it: {0}")]
    Start(NotAllowed),
    /// The log could not be read.
    #[error("the log could not be read: {0}")]
    Read(String),
}

/// Why a start is not allowed by the events before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAllowed {
    /// Neither the policy nor people allowed it.
    #[error("there is no approval, and the policy does not allow it by itself")]
    NotApproved,
    /// It was denied.
    #[error("it was denied")]
    Denied,
    /// Another digest was asked for than was started.
    #[error("it is of another digest than was asked for")]
    Digest,
    /// A counted vote was given on another digest, or on a part.
    #[error("a vote that counts was given on something else, or on a part of it")]
    Vote,
    /// A counted vote was given by a nonce that was not shown in its channel, or was spent before.
    #[error(
        "a vote that counts was given by a nonce that was not shown there, or was spent before"
    )]
    Nonce,
    /// A counted vote, the approval or the start came when the time for it was over.
    #[error("a vote that counts, the approval or the start itself came too late")]
    Late,
    /// A counted vote was given by the person it is done for, or by another whom the call names.
    #[error("a vote that counts was given by somebody of the requesting side")]
    RequestingSide,
    /// A counted vote has no reason, and the policy asks for one.
    #[error("a vote that counts has no reason, and the policy asks for one")]
    Reason,
    /// The policy asks for whom the agent acts, and the call names nobody.
    #[error("the policy asks for whom the agent acts, and the call names nobody")]
    Requester,
    /// The counted votes are too few, or others than the approval says.
    #[error("the votes do not meet the requirement")]
    Votes,
    /// It began again, and nothing before it allows that.
    #[error(
        "it began again, and its outcome was not unknown, its policy does not let it begin again, or \
         the time for that was over"
    )]
    Retry,
    /// An event of a later version stands before it.
    #[error("an event stands before it that this version does not know")]
    Unknown,
}

/// Verifies records one after the other. Memory: a few dozen bytes a request.
#[derive(Clone, Debug, Default)]
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

    /// Behind a record, of a log with this tree so far, whose streams are told with
    /// [`Verifier::seed`].
    pub(crate) fn behind(end: Sealer, tree: Tree) -> Self {
        Self { end: Some(end), tree, writers: vec![end.writer()], ..Self::default() }
    }

    /// Whether the next record of this stream can be judged.
    pub(crate) fn knows(&self, id: RequestId) -> bool {
        self.streams.contains_key(&id)
    }

    /// Tells where a stream stands.
    pub(crate) fn seed(&mut self, id: RequestId, version: Version, state: State) {
        self.streams.entry(id).or_insert((version, state));
    }

    /// Takes the next line, without its line feed.
    ///
    /// # Errors
    /// When it is not what can follow; the verifier should not be used further then.
    pub fn push(&mut self, line: &str) -> Result<AuditRecord, VerifyError> {
        let record = AuditRecord::parse(line);
        let sequence = self.end.map_or(Sequence::START, |end| end.last()).next();
        let record = record.map_err(|error| VerifyError { sequence, why: error.into() })?;
        self.take(&record)?;
        Ok(record)
    }

    /// Takes the next record.
    pub(crate) fn take(&mut self, record: &AuditRecord) -> Result<(), VerifyError> {
        let last = self.end.map_or(Sequence::START, |end| end.last());
        let fail = |why: Fault| VerifyError { sequence: last.next(), why };
        let end = self.end.unwrap_or_else(|| Sealer::new(record.log()));
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
            return Err(fail(Fault::Step { event: plain(record.event.name()).into(), state }));
        };
        self.streams.insert(record.id, (record.version, next));
        self.tree.push(record.leaf);
        self.end = Some(end.then(record));
        self.rest = (record.more > 0).then_some((record.id, record.more));
        Ok(())
    }

    /// Whether the last append is whole so far.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// The Merkle tree over what was verified so far.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
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
    inspect(log, Inspector::new()).await.map(|report| report.verified)
}
