//! Why an audit log did not do what it was asked.

use std::sync::Arc;

use crate::clock::EntropyError;
use crate::model::Version;

/// Why an audit log did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream had moved: look again, judge again.
    #[error("the stream holds {actual} events, not as many as expected")]
    Conflict {
        /// How many events it holds.
        actual: Version,
    },
    /// The log's clock had reached the deadline.
    #[error("the time for this step is over")]
    Late,
    /// The event cannot follow the ones before it.
    #[error("`{event}` cannot follow: {why}")]
    Illegal {
        /// The event's name.
        event: Box<str>,
        /// Why.
        why: Box<str>,
    },
    /// The log holds as much as it may.
    #[error("the {log} is full at {limit} records")]
    Full {
        /// Which log.
        log: &'static str,
        /// Its bound.
        limit: usize,
    },
    /// The storage failed; it may have happened or not.
    #[error("the {log} failed to {doing}: {source}")]
    Storage {
        /// Which log.
        log: &'static str,
        /// What it was doing.
        doing: &'static str,
        /// What the storage said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The storage gave no answer in time; nothing was written.
    #[error("the {log} could not be reached to {doing}: {source}")]
    Unreachable {
        /// Which log.
        log: &'static str,
        /// What it was to do.
        doing: &'static str,
        /// What the last try ended with.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// An earlier failure left the log in a state nobody knows; it takes nothing more until it is
    /// opened again.
    #[error("the {log} stopped after a failed write; open it again")]
    Poisoned {
        /// Which log.
        log: &'static str,
    },
    /// What is stored is not what was written.
    #[error("the {log} is damaged at {place}: {why}")]
    Damaged {
        /// Which log.
        log: &'static str,
        /// Where: a sequence number, a file.
        place: Box<str>,
        /// What is wrong, and what to do.
        why: Box<str>,
    },
    /// Another process writes this log, or this one has opened it before.
    #[error(
        "the {log} at `{place}` is in use: it has one writer, and another process, or an earlier \
         open in this one, has not closed it"
    )]
    InUse {
        /// Which log.
        log: &'static str,
        /// Where.
        place: Box<str>,
    },
    /// Others could change what is stored there.
    #[error("the {log} at `{place}` is not safe: {why}")]
    Unsafe {
        /// Which log.
        log: &'static str,
        /// Where.
        place: Box<str>,
        /// What is wrong, and what to do.
        why: Box<str>,
    },
    /// There was no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Error {
    /// A failure of the storage itself.
    pub fn storage(
        log: &'static str,
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Storage { log, doing, source: Arc::from(source.into()) }
    }

    /// A storage that could not be reached within the time a log waits.
    pub fn unreachable(
        log: &'static str,
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unreachable { log, doing, source: Arc::from(source.into()) }
    }

    /// Whether the same append may succeed a moment later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Storage { .. } | Self::Unreachable { .. })
    }
}
