//! Why a Web API method gave no answer.

use std::time::Duration;

/// The HTTP client could not be made: the system's certificates could not be read, for example.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BuildError(#[from] reqwest::Error);

/// Why a method failed, after all tries. No variant holds a token or a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Slack asks for slower calls, and its wait is longer than a call may last.
    #[error("slack limits the rate of `{method}` and asks to wait {} s", after.as_secs())]
    RateLimited { method: &'static str, after: Duration },
    /// No answer, or one of a server in trouble; later it may work.
    #[error("slack could not be reached for `{method}`: {why}")]
    Unreachable { method: &'static str, why: String },
    /// Slack said no. `code` is Slack's word: lower-case letters, digits and `_`.
    #[error("slack refused `{method}`: {code}")]
    Refused { method: &'static str, code: String },
    /// Something answered, but not as the Web API does.
    #[error("slack's answer to `{method}` cannot be read: {why}")]
    Unreadable { method: &'static str, why: &'static str },
    /// The bot's token ran out and no new one was to be had.
    #[error("the bot's token could not be renewed: {0}")]
    NotRenewed(String),
    /// The method needs a token that is not configured.
    #[error("`{method}` needs a token that is not configured")]
    NoToken { method: &'static str },
}

impl Error {
    /// Slack's word, where it said no.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the same call may work later, with nothing changed but the time.
    pub(crate) fn may_retry(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unreachable { .. } => true,
            Self::Refused { code, .. } => PASSING.contains(&code.as_str()),
            Self::Unreadable { .. } | Self::NotRenewed(_) | Self::NoToken { .. } => false,
        }
    }

    /// Whether it may be over in a while. Besides what the next try may mend: an answer that is none
    /// of Slack's may come from something in between, a proxy that refuses for a moment.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreadable { .. }) || self.may_retry()
    }
}

/// Codes by which Slack says that it is itself in trouble.
const PASSING: &[&str] = &[
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
];
