//! Why a sidecar did not do what it was asked, and why nothing was redacted.

use std::sync::Arc;

use crate::audit;
use crate::model::RequestId;

/// Why a sidecar did not do what it was asked. It never says what is kept.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The storage failed; it may have happened or not, wholly or in part.
    #[error("the {sidecar} failed to {doing}: {source}")]
    Storage {
        /// Which sidecar.
        sidecar: &'static str,
        /// What it was doing.
        doing: &'static str,
        /// What the storage said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// It holds as much as it may.
    #[error("the {sidecar} is full at {limit} openings")]
    Full {
        /// Which sidecar.
        sidecar: &'static str,
        /// Its bound.
        limit: usize,
    },
    /// What is kept cannot be read.
    #[error("the {sidecar} is damaged at `{place}`: {why}")]
    Damaged {
        /// Which sidecar.
        sidecar: &'static str,
        /// Where: a label.
        place: Box<str>,
        /// What is wrong.
        why: Box<str>,
    },
}

impl Error {
    /// A failure of the storage itself.
    pub fn storage(
        sidecar: &'static str,
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Storage { sidecar, doing, source: Arc::from(source.into()) }
    }
}

/// Why nothing was redacted, or what is to be done again.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RedactError {
    /// Who, why or the legal basis is not said, or at too great length.
    #[error("{what} must be said, in at most {limit} bytes")]
    Text {
        /// What.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Neither the log nor the sidecar knows the request.
    #[error("no request {0} is on record, and nothing of it is kept")]
    NoSuchRequest(RequestId),
    /// The request has no such argument.
    #[error("the request has no redacted argument `{0}`")]
    NoSuchArgument(Box<str>),
    /// The argument's value was never kept, so that there is nothing to erase.
    #[error("the value of `{0}` was never kept: there is nothing to erase")]
    NotKept(Box<str>),
    /// No value of the request was ever kept.
    #[error("no value of request {0} was ever kept: there is nothing to erase")]
    NothingKept(RequestId),
    /// The program keeps no values.
    #[error("this guardrail has no sidecar: give `.sidecar(..)` when it is built")]
    NoSidecar,
    /// Others kept writing to the log.
    #[error("the log was written by others 16 times in a row; try again")]
    Contended,
    /// The log failed. Nothing was erased; it may be on record.
    #[error("the audit log failed: {0}. Nothing was erased; do it again")]
    Log(#[from] audit::Error),
    /// It is on record, and not carried out for certain.
    #[error("{0}. The erasure is on record and must be carried out: do it again")]
    Sidecar(#[from] Error),
}
