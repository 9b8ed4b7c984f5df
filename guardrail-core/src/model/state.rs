//! The states of a request.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is on record yet.
    New,
    /// Waits for people.
    Pending,
    /// Approved, not started.
    Approved,
    /// The body began, or was about to; no outcome yet.
    Started,
    /// The policy said no.
    Refused,
    /// A person said no, or nobody could be asked.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// The call went away before the decision.
    Withdrawn,
    /// Approved, but not started in time, or no longer allowed to.
    Lapsed,
    /// The body ended well.
    Completed,
    /// The body ended in an error or a panic.
    Failed,
    /// Started, but the body did not begin.
    Aborted,
    /// The process or the future was gone while the body ran.
    Unknown,
    /// Nobody knew how it ended; a person has looked, and said.
    Resolved,
}

impl State {
    /// Every state, for tables and tests.
    pub const ALL: [Self; 14] = [
        Self::New,
        Self::Pending,
        Self::Approved,
        Self::Started,
        Self::Refused,
        Self::Denied,
        Self::Expired,
        Self::Withdrawn,
        Self::Lapsed,
        Self::Completed,
        Self::Failed,
        Self::Aborted,
        Self::Unknown,
        Self::Resolved,
    ];

    /// Whether no process has anything left to do with it. What is unknown is over in this sense: a
    /// person may still resolve it, or a call with its key start it again where its policy says so.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::New | Self::Pending | Self::Approved | Self::Started)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Started => "started",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Unknown => "unknown",
            Self::Resolved => "resolved",
        })
    }
}
