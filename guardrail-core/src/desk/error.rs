//! Why the desk could not do what it was asked.

use crate::audit::{self, sidecar};
use crate::clock::EntropyError;
use crate::model::{FoldError, Identity, RequestId, State};

/// Why the desk could not do what it was asked. In every case the body does not run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The audit log failed.
    #[error("the audit log failed: {0}")]
    Log(#[from] audit::Error),
    /// What is on record cannot have happened.
    #[error("the audit log cannot be right: {0}")]
    Fold(#[from] FoldError),
    /// Others kept changing the request.
    #[error("request {0} was changed by others 16 times in a row; try again")]
    Contended(RequestId),
    /// What its redacted values are could not be kept, so it was refused.
    #[error("the redacted values of request {request} could not be kept: {source}")]
    Unkept {
        /// The refusal on record.
        request: RequestId,
        /// What failed.
        source: sidecar::Error,
    },
    /// There is no such request.
    #[error("no such request")]
    NotFound,
    /// A bound on what may wait, or be on record, is reached.
    #[error("{what}: at most {limit}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Only what is unknown can be resolved.
    #[error(
        "request {request} is {state}: only a start whose outcome is unknown is resolved, and only \
         once"
    )]
    NotUnknown {
        /// The request.
        request: RequestId,
        /// Where it stands.
        state: State,
    },
    /// What was looked at is not what is unknown by now.
    #[error(
        "start {seen} of request {request} was looked at, and what is unknown is start {last}: look at \
         that one"
    )]
    OtherStart {
        /// The request.
        request: RequestId,
        /// The start that was looked at.
        seen: u32,
        /// The last one.
        last: u32,
    },
    /// This process was taken for gone while a body ran, and others have recorded that nobody knows
    /// how it ended.
    #[error(
        "others have taken this process for gone since, and request {request} is {state} by now"
    )]
    Overtaken {
        /// The request.
        request: RequestId,
        /// Where it stands.
        state: State,
    },
    /// Whoever resolves something must be known.
    #[error("`{0}` is no active person of the directory, and only people resolve what is unknown")]
    NoPerson(Identity),
    /// Whoever resolves something says how they know.
    #[error("say how you know what became of it")]
    NoReason,
    /// Nobody can wait for people without a timer.
    #[error("a request is waited for in a tokio runtime with timers only")]
    NoRuntime,
    /// There was no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Error {
    /// Whether the same may succeed a moment later.
    pub(crate) const fn is_transient(&self) -> bool {
        match self {
            Self::Log(error) => error.is_transient(),
            Self::Contended(_) => true,
            _ => false,
        }
    }
}
