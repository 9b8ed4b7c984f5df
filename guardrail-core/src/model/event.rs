//! What can happen to a request, as the audit log keeps it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::id::RequestId;
use crate::model::intent::Intent;
use crate::model::name::PersonId;
use crate::model::requirement::{Choice, Verdict};
use crate::model::secret::Commitment;
use crate::model::tally::Tally;
use crate::model::vote::{Identity, VoteRefusal};

/// Most bytes of a comment, a vote's reason or an explanation that are kept.
pub const TEXT_LIMIT: usize = 4 * 1024;

/// What happened. Steps change the state of a request, notes do not; a few events are of the log
/// itself. More kinds will come: a reader keeps what it does not know as [`AuditEvent::Other`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "name", content = "data", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum AuditEvent {
    /// Step: an agent asks, and its policy has spoken.
    Requested(Arc<Requested>),
    /// Step: a person voted, and the vote counts.
    Voted(Arc<Voted>),
    /// Step: enough people agreed.
    Approved {
        /// How many, of how many.
        tally: Tally,
    },
    /// Step: a person said no, or nobody could be asked.
    Denied {
        /// The person; nobody where guardrail denied by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
        /// Why, in their words or ours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Box<str>>,
    },
    /// Step: nobody answered in time.
    Expired,
    /// Step: the call went away before the decision.
    Withdrawn {
        /// Why.
        why: Box<str>,
    },
    /// Step: the approval was not used.
    Lapsed {
        /// Why.
        why: Box<str>,
    },
    /// Step: the approval is spent, and the body may begin.
    Started {
        /// What was approved, and is compared once more before the body begins.
        digest: Digest,
        /// Which of several calls with one key started it; nothing for a call without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<RequestId>,
    },
    /// Step: the body ended well.
    Completed,
    /// Step: the body ended in an error.
    Failed {
        /// Whether it was a panic.
        panicked: bool,
    },
    /// Step: started, but the body did not begin.
    Aborted {
        /// Why.
        why: Box<str>,
    },
    /// Step: nobody knows whether the body ended.
    Unknown {
        /// Why.
        why: Box<str>,
    },
    /// Step: nobody knew whether the body ended, and its policy lets it begin again.
    Retried {
        /// What was approved, and is compared once more before the body begins.
        digest: Digest,
        /// Which of several calls with one key started it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<RequestId>,
    },
    /// Step: nobody knew how it ended, and a person has looked. Nothing starts on it any more.
    Resolved(Arc<Resolved>),
    /// Note: a channel showed the request, with a nonce of its own.
    Posted(Arc<Posted>),
    /// Note: someone said something.
    Commented {
        /// Where.
        channel: Box<str>,
        /// Who the channel proved it to be.
        by: Identity,
        /// The person of the directory, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// What.
        text: Box<str>,
    },
    /// Note: a vote that does not count.
    VoteRefused {
        /// Where.
        channel: Box<str>,
        /// Who the channel proved it to be.
        who: Identity,
        /// The person of the directory, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// Yes or no.
        choice: Choice,
        /// Why it does not count.
        why: VoteRefusal,
    },
    /// Note: a channel can no longer answer.
    ApproverLeft {
        /// Which.
        channel: Box<str>,
        /// Why, where it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Box<str>>,
    },
    /// Note: more people were told.
    Escalated {
        /// Whom, as the policy names them.
        to: Vec<String>,
    },
    /// Note: this writer looks after the request now; who did before is gone.
    Attended,
    /// Of the log: a process began to write it.
    Opened {
        /// The machine.
        host: Box<str>,
        /// The process.
        pid: u32,
        /// The machine's boot, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        boot: Option<Box<str>>,
        /// The version of this software.
        version: Box<str>,
    },
    /// Of the log: the policies in force from here.
    PolicyLoaded {
        /// Of the policy text.
        digest: Digest,
    },
    /// Of the log: damage at its end was set aside when it was opened.
    Recovered {
        /// What was found and where it was put.
        what: Box<str>,
    },
    /// Of the log: a file of it is full and was closed; records go on in the next.
    Rotated {
        /// Its name.
        file: Box<str>,
        /// How many bytes it holds.
        bytes: u64,
        /// Of the whole file, as `sha256sum` prints it.
        sha256: Digest,
    },
    /// Of the log: values are erased from its sidecar. On record before they are.
    Redacted(Arc<Redacted>),
    /// An event this version does not know. Shown and verified, never acted on.
    #[serde(skip)]
    Other {
        /// Its name.
        name: Box<str>,
    },
}

/// An agent asks, and its policy has spoken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requested {
    /// What it is about to do.
    pub intent: Intent,
    /// What the policy says of it.
    pub verdict: Verdict,
    /// Of the policies in force.
    pub policy_digest: Digest,
    /// Which of several calls with one key made it; nothing for a call without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<RequestId>,
    /// The redacted arguments whose values a sidecar keeps, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Box<str>>,
}

/// A vote that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voted {
    /// Whose.
    pub person: PersonId,
    /// What the channel proved.
    pub identity: Identity,
    /// Where.
    pub channel: Arc<str>,
    /// Yes or no.
    pub choice: Choice,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// The digest of what they were shown.
    pub digest: Digest,
    /// Whether every value was shown whole, or opened.
    pub whole: bool,
    /// The hash of the nonce this vote spends.
    pub nonce: Digest,
}

/// A channel showed the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// Which channel.
    pub channel: Arc<str>,
    /// Where in it, in the channel's own words; empty where there is nothing to come back to.
    pub receipt: Box<str>,
    /// The hash of the nonce that was shown.
    pub nonce: Digest,
}

/// A person has looked into what nobody knew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// Who.
    pub by: PersonId,
    /// What they found.
    pub found: Found,
    /// How they know, in their words.
    pub why: Box<str>,
}

/// What a person found out about a start whose outcome was unknown. Exhaustive on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The deed was done.
    Happened,
    /// It was not.
    DidNotHappen,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Happened => "it happened",
            Self::DidNotHappen => "it did not happen",
        })
    }
}

/// Values are erased from the log's sidecar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redacted {
    /// The request they are of.
    pub request: RequestId,
    /// Which they are.
    pub values: Vec<RedactedValue>,
    /// Who asked for it.
    pub by: Box<str>,
    /// Why.
    pub why: Box<str>,
    /// On which legal basis.
    pub basis: Box<str>,
}

/// A redacted value, as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactedValue {
    /// Where it stood: a JSON pointer that begins with the argument's name.
    pub place: Box<str>,
    /// What stands for it in the log.
    pub commitment: Commitment,
}

impl AuditEvent {
    /// The event's name in every log: `requested`, `voted`, `completed`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Requested(_) => "requested",
            Self::Voted(_) => "voted",
            Self::Approved { .. } => "approved",
            Self::Denied { .. } => "denied",
            Self::Expired => "expired",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
            Self::Started { .. } => "started",
            Self::Completed => "completed",
            Self::Failed { .. } => "failed",
            Self::Aborted { .. } => "aborted",
            Self::Unknown { .. } => "unknown",
            Self::Retried { .. } => "retried",
            Self::Resolved(_) => "resolved",
            Self::Posted(_) => "posted",
            Self::Commented { .. } => "commented",
            Self::VoteRefused { .. } => "vote_refused",
            Self::ApproverLeft { .. } => "approver_left",
            Self::Escalated { .. } => "escalated",
            Self::Attended => "attended",
            Self::Opened { .. } => "opened",
            Self::PolicyLoaded { .. } => "policy_loaded",
            Self::Recovered { .. } => "recovered",
            Self::Rotated { .. } => "rotated",
            Self::Redacted(_) => "redacted",
            Self::Other { name } => name,
        }
    }

    /// Whether it is of the log itself, not of a request.
    #[must_use]
    pub const fn is_of_log(&self) -> bool {
        matches!(
            self,
            Self::Opened { .. }
                | Self::PolicyLoaded { .. }
                | Self::Recovered { .. }
                | Self::Rotated { .. }
                | Self::Redacted(_)
        )
    }
}
