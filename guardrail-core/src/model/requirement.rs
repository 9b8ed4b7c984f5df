//! What a policy says of an intent, and who must agree.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::name::{GroupName, PersonId};

/// How much harm an action can do. High and critical ask for more care at every step.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Little, and easily undone.
    Low,
    /// Some.
    #[default]
    Medium,
    /// Much; the requester must be known.
    High,
    /// Whatever can be harmed.
    Critical,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// What a policy says of an intent. Exhaustive on purpose: whoever acts on it handles all three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may run; it is on record like every other.
    Allow,
    /// People must agree first.
    Ask(Arc<Requirement>),
    /// It may not run.
    Deny {
        /// Why, for the agent and the record.
        reason: Box<str>,
    },
}

/// Someone who may be asked, as a policy names them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eligible {
    /// All members of a group, `group:sre`.
    Group(GroupName),
    /// One person, `person:dave`.
    Person(PersonId),
}

impl fmt::Display for Eligible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => write!(f, "group:{group}"),
            Self::Person(person) => write!(f, "person:{person}"),
        }
    }
}

/// One group of people of whom a number must agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub(crate) approvers: Vec<Eligible>,
    /// Who these were when the request was made.
    pub(crate) people: Vec<PersonId>,
    pub(crate) approvals: u32,
}

impl Stage {
    /// As the policy names them.
    #[must_use]
    pub fn approvers(&self) -> &[Eligible] {
        &self.approvers
    }

    /// The people these were when the request was made.
    #[must_use]
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// How many distinct people of them must approve; at least 1.
    #[must_use]
    pub const fn approvals(&self) -> u32 {
        self.approvals
    }
}

/// A document a reviewer can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// A choice of a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Yes.
    Approve,
    /// No; it ends the request.
    Deny,
}

/// Whether a body whose outcome is unknown may begin again without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It may not; a person looks into it.
    #[default]
    Never,
    /// The deed is the same done once or twice under one key: a call with the same key may begin it
    /// again, as long as the approval would last.
    Idempotent,
}

/// How often a body begins again on one approval, where its policy lets it. One whose process was gone
/// each time is no accident any more: a person looks into it.
pub const RETRIES: u32 = 3;

impl Retry {
    const fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }
}

/// Who must agree, until when, and what they are shown of the policy. Snapshotted into a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    pub(crate) risk: Risk,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) stages: Vec<Stage>,
    #[serde(with = "millis")]
    pub(crate) timeout: Duration,
    #[serde(with = "millis")]
    pub(crate) grant_ttl: Duration,
    #[serde(default, skip_serializing_if = "Retry::is_never")]
    pub(crate) retry: Retry,
    pub(crate) requester_required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reason_required: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) references: Vec<Reference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) controls: Vec<String>,
}

impl Requirement {
    /// How much harm the action can do.
    #[must_use]
    pub const fn risk(&self) -> Risk {
        self.risk
    }

    /// What the policy is for.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Who must agree, all of these.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// How long people have. Then the request expires, refused.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How long an approval may wait for its start. Then it lapses.
    #[must_use]
    pub const fn grant_ttl(&self) -> Duration {
        self.grant_ttl
    }

    /// Whether a body whose outcome is unknown may begin again within the time of the approval.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        self.retry
    }

    /// Whether a call that names no person it acts for is refused.
    #[must_use]
    pub const fn requester_required(&self) -> bool {
        self.requester_required
    }

    /// Whether a vote of this choice must carry a reason.
    #[must_use]
    pub fn reason_required(&self, choice: Choice) -> bool {
        self.reason_required.contains(&choice)
    }

    /// Documents a reviewer can open.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The controls of compliance frameworks this serves, `SOC2:CC8.1`.
    #[must_use]
    pub fn controls(&self) -> &[String] {
        &self.controls
    }

    /// How many approvals it takes in all.
    #[must_use]
    pub fn approvals(&self) -> u32 {
        self.stages.iter().map(|stage| stage.approvals).fold(0, u32::saturating_add)
    }

    /// Whether this person may vote under any stage.
    #[must_use]
    pub fn is_eligible(&self, person: &PersonId) -> bool {
        self.stages.iter().any(|stage| stage.people.contains(person))
    }
}

/// Durations stand in records as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
