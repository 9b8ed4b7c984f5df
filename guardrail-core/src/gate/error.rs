//! Why a guarded call was refused, in words for the model that made it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::desk;
use crate::model::canonical::ReadError;
use crate::model::{Found, IdError, IntentError, Outcome, PersonId, PolicyName, RequestId};

/// Why a guarded call was refused. Unless it says otherwise, the body did not run.
///
/// `Display` is written for the model that called the tool: what happened, by whom, why, whether a
/// retry makes sense, and the request to name to people.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A person said no, or nobody could be asked.
    #[error(
        "denied{}{}. The action was not performed. Do not try it again unless a person tells you \
         to. (request {request})", by(.person.as_ref()), because(.reason.as_deref())
    )]
    Denied {
        /// The request.
        request: RequestId,
        /// Who; nobody where guardrail denied by itself.
        person: Option<PersonId>,
        /// Why, in their words.
        reason: Option<Box<str>>,
    },
    /// The policy does not allow it.
    #[error(
        "refused by policy `{policy}`: {reason}. The action was not performed. The same call will \
         be refused again. (request {request})"
    )]
    Refused {
        /// The request on record.
        request: RequestId,
        /// The policy.
        policy: PolicyName,
        /// What it says.
        reason: Box<str>,
    },
    /// Nobody answered in time.
    #[error(
        "nobody answered within {}. The action was not performed. You may ask again later. \
         (request {request})", seconds(.timeout)
    )]
    Expired {
        /// The request.
        request: RequestId,
        /// How long people had.
        timeout: Duration,
    },
    /// Another call with the same key withdrew it.
    #[error(
        "the request was withdrawn before a decision. The action was not performed. Ask again with \
         another key. (request {request})"
    )]
    Withdrawn {
        /// The request.
        request: RequestId,
    },
    /// It was approved, but the approval no longer holds.
    #[error(
        "the approval was not used: {why}. The action was not performed. You may ask again. \
         (request {request})"
    )]
    Lapsed {
        /// The request.
        request: RequestId,
        /// Why.
        why: Box<str>,
    },
    /// The key was used for another deed.
    #[error(
        "this idempotency key was already used for a call with other arguments. The action was not \
         performed. Use a key of its own for every call. (request {request})"
    )]
    KeyReused {
        /// The earlier request.
        request: RequestId,
    },
    /// The call with this key was already started. Whether it was performed is in the outcome.
    #[error(
        "a call with this idempotency key was already {}. It was not started again. Do not retry. \
         (request {request})", once(.outcome.as_ref())
    )]
    AlreadyExecuted {
        /// The earlier request.
        request: RequestId,
        /// What became of it; nothing while it runs.
        outcome: Option<Outcome>,
    },
    /// The call with this key was started, and nobody knows how it ended.
    #[error(
        "a call with this idempotency key was started, and its outcome is unknown. It was not \
         performed again. Do not retry; a person must look into it. (request {request})"
    )]
    OutcomeUnknown {
        /// The earlier request.
        request: RequestId,
    },
    /// The call with this key was started, nobody knew how it ended, and a person has looked.
    #[error(
        "a call with this idempotency key was started once, and a person has looked into it: {found}. \
         It was not performed again. {} (request {request})", then(*.found)
    )]
    Resolved {
        /// The earlier request.
        request: RequestId,
        /// What they found.
        found: Found,
    },
    /// The arguments are no longer what was approved.
    #[error(
        "the arguments changed between the approval and the start. The action was not performed. \
         Ask again with the final arguments. (request {request})"
    )]
    IntentChanged {
        /// The request.
        request: RequestId,
    },
    /// The body was to run in a transaction beside another log than the one its start is in.
    #[error(
        "the transaction belongs to another log than the approval. The action was not performed. A \
         retry makes no sense until the program is changed. (request {request})"
    )]
    OtherLog {
        /// The request.
        request: RequestId,
    },
    /// Too many requests wait for people already.
    #[error(
        "too many requests wait for people: {why}. The action was not performed. Try again when \
         some of them are decided. (request {request})"
    )]
    TooMany {
        /// The request on record.
        request: RequestId,
        /// Which bound is reached.
        why: Box<str>,
    },
    /// No intent could be made of the call.
    #[error(
        "the call cannot be shown to a person: {source}. The action was not performed. The same \
         call will be refused again. (request {request})"
    )]
    Invalid {
        /// The request on record.
        request: RequestId,
        /// What is wrong with it.
        source: Arc<IntentError>,
    },
    /// A value cannot be read from the permit.
    #[error(
        "the approved value cannot be used: {source}. The action was not performed. The same call \
         will fail again."
    )]
    Argument {
        /// What is wrong with it.
        source: Arc<ReadError>,
    },
    /// No request has this id. Reads as [`IdError`], so that whoever tries ids learns nothing.
    #[error("{IdError}")]
    NoSuchRequest,
    /// No guardrail is in scope or installed.
    #[error(
        "no guardrail is installed, so nothing can be approved. The action was not performed. A \
         retry makes no sense until the program installs one."
    )]
    NoGuardrail,
    /// The call was polled outside of a tokio runtime.
    #[error(
        "the call runs outside of a tokio runtime with timers, so nobody can be asked. The action \
         was not performed. A retry makes no sense until the program is changed."
    )]
    NoRuntime,
    /// What every step must be on record in, failed.
    #[error("approvals are out of order: {source}. The action was not performed. Try again later.")]
    Unavailable {
        /// What failed.
        source: Arc<desk::Error>,
    },
    /// The action WAS performed, and its outcome could not be put on record. Where the log was away, that
    /// is tried for an hour more while the process and its guardrail live.
    #[error(
        "the action was performed, but its outcome could not be recorded: {source}. Do not retry. \
         (request {request})"
    )]
    Unrecorded {
        /// The request.
        request: RequestId,
        /// What failed.
        source: Arc<desk::Error>,
    },
}

impl Error {
    pub(crate) fn unavailable(source: desk::Error) -> Self {
        Self::Unavailable { source: Arc::new(source) }
    }

    pub(crate) fn invalid(request: RequestId, source: IntentError) -> Self {
        Self::Invalid { request, source: Arc::new(source) }
    }

    /// The request it is about, where there is one.
    #[must_use]
    pub const fn request(&self) -> Option<RequestId> {
        match self {
            Self::Denied { request, .. }
            | Self::Refused { request, .. }
            | Self::Expired { request, .. }
            | Self::Withdrawn { request }
            | Self::Lapsed { request, .. }
            | Self::KeyReused { request }
            | Self::AlreadyExecuted { request, .. }
            | Self::OutcomeUnknown { request }
            | Self::Resolved { request, .. }
            | Self::IntentChanged { request }
            | Self::OtherLog { request }
            | Self::TooMany { request, .. }
            | Self::Invalid { request, .. }
            | Self::Unrecorded { request, .. } => Some(*request),
            Self::Argument { .. }
            | Self::NoSuchRequest
            | Self::NoGuardrail
            | Self::NoRuntime
            | Self::Unavailable { .. } => None,
        }
    }

    /// Whether it was decided that the body does not run: by a person, a policy, time or a check.
    ///
    /// Everything else is a failure: nothing could be decided, or a body has run before.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Denied { .. }
                | Self::Refused { .. }
                | Self::Expired { .. }
                | Self::Withdrawn { .. }
                | Self::Lapsed { .. }
                | Self::KeyReused { .. }
                | Self::IntentChanged { .. }
                | Self::TooMany { .. }
                | Self::Invalid { .. }
        )
    }

    /// Whether the same call may succeed when it is made again later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Expired { .. }
                | Self::Lapsed { .. }
                | Self::TooMany { .. }
                | Self::Unavailable { .. }
        )
    }
}

impl From<IdError> for Error {
    fn from(_: IdError) -> Self {
        Self::NoSuchRequest
    }
}

impl From<Error> for String {
    fn from(error: Error) -> Self {
        error.to_string()
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Expired { .. } => io::ErrorKind::TimedOut,
            Error::Denied { .. } | Error::Refused { .. } => io::ErrorKind::PermissionDenied,
            Error::Invalid { .. } | Error::Argument { .. } => io::ErrorKind::InvalidInput,
            Error::NoSuchRequest => io::ErrorKind::NotFound,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

fn by(person: Option<&PersonId>) -> String {
    person.map(|person| format!(" by {person}")).unwrap_or_default()
}

fn because(reason: Option<&str>) -> String {
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// How far the earlier call has come: it was performed only where it ended well.
fn once(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Completed) => "performed once",
        Some(Outcome::Failed { panicked: false }) => "started once, and ended in an error",
        Some(Outcome::Failed { panicked: true }) => "started once, and ended in a panic",
        Some(Outcome::Aborted { .. } | Outcome::Unknown { .. }) => "started once",
        None => "started, and has not ended yet",
    }
}

/// What whoever meets what a person has looked into may do.
fn then(found: Found) -> &'static str {
    match found {
        Found::Happened => "Do not retry.",
        Found::DidNotHappen => "Ask again with another key if it is still needed.",
    }
}

fn seconds(time: &Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => {
            format!("{} minutes", seconds / 60)
        }
        seconds => format!("{seconds} s"),
    }
}
