//! One person's approve or deny, who a channel proved them to be, and why a vote does not count.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use crate::model::digest::Digest;
use crate::model::id::Nonce;
use crate::model::name::PersonId;
use crate::model::requirement::Choice;
use crate::model::state::State;
use crate::model::tally::Tally;

/// What a channel proved about someone: a realm (`slack`, `terminal`) and a subject in it. It is
/// compared byte for byte with what the directory holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    realm: Arc<str>,
    subject: Arc<str>,
    /// The account by which the channel came to them, where the directory does not hold it. Apart: few
    /// have one. It has none itself.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "bare")]
    account: Option<Arc<Identity>>,
}

impl Identity {
    /// The realm of people who are proven as themselves: the subject is the id of the person.
    pub const PERSON: &'static str = "person";
    /// Most bytes of a realm or a subject that are kept.
    pub const LIMIT: usize = 256;

    /// An identity a channel proved. Text beyond [`Identity::LIMIT`] bytes makes it nobody's.
    #[must_use]
    pub fn new(realm: &str, subject: &str) -> Self {
        let bounded = |text: &str| if text.len() > Self::LIMIT { "" } else { text }.into();
        Self { realm: bounded(realm), subject: bounded(subject), account: None }
    }

    /// Someone proven to be this person of the directory.
    #[must_use]
    pub fn person(id: &str) -> Self {
        Self::new(Self::PERSON, id)
    }

    /// The same, where the channel took an account for theirs by something else than the directory, such as
    /// a confirmed email address: the account stands on record beside them. One that the directory
    /// holds as another person's makes it nobody's.
    #[must_use]
    pub fn by_account(mut self, account: Self) -> Self {
        self.account = Some(Arc::new(Self { account: None, ..account }));
        self
    }

    /// Where it was proven.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Who it is there.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The account by which the channel came to them, where the directory does not hold it.
    #[must_use]
    pub fn account(&self) -> Option<&Self> {
        self.account.as_deref()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.realm, self.subject)
    }
}

/// Reads an account, which has none of its own.
fn bare<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<Identity>>, D::Error> {
    let account = Identity::deserialize(from)?;
    match account.account {
        None => Ok(Some(Arc::new(account))),
        Some(_) => Err(serde::de::Error::custom("an account has no account of its own")),
    }
}

/// The person of the directory an identity resolved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    pub(crate) person: PersonId,
    pub(crate) identity: Identity,
}

impl Reviewer {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> &PersonId {
        &self.person
    }

    /// What the channel proved.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// What a person had before them when they voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub(crate) digest: Digest,
    pub(crate) whole: bool,
    pub(crate) nonce: Nonce,
}

impl Seen {
    /// Every value of the intent with this digest was shown, or opened.
    #[must_use]
    pub const fn whole(digest: Digest, nonce: Nonce) -> Self {
        Self { digest, whole: true, nonce }
    }

    /// Some value was cut. Enough to deny, not to approve.
    #[must_use]
    pub const fn partly(digest: Digest, nonce: Nonce) -> Self {
        Self { digest, whole: false, nonce }
    }
}

/// One person's approve or deny, as a channel heard it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    pub(crate) choice: Choice,
    pub(crate) identity: Identity,
    pub(crate) seen: Seen,
    pub(crate) reason: Option<String>,
}

impl Vote {
    /// A yes.
    #[must_use]
    pub const fn approve(identity: Identity, seen: Seen) -> Self {
        Self { choice: Choice::Approve, identity, seen, reason: None }
    }

    /// A no.
    #[must_use]
    pub const fn deny(identity: Identity, seen: Seen) -> Self {
        Self { choice: Choice::Deny, identity, seen, reason: None }
    }

    /// With a reason; 4 KiB are kept.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Yes or no.
    #[must_use]
    pub const fn choice(&self) -> Choice {
        self.choice
    }

    /// Who the channel proved it to be.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// What became of a vote. A refused vote is an answer, not an error. Exhaustive on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a refused vote changes nothing and its voter wants to know"]
pub enum Cast {
    /// It counts.
    Counted(Tally),
    /// It does not.
    Refused(VoteRefusal),
}

/// Why a vote does not count, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoteRefusal {
    /// The request waits for nobody any more.
    #[error("the request is no longer open: it is {0}")]
    NotPending(State),
    /// Its time is over.
    #[error("the request has expired")]
    Expired,
    /// What was shown is not what is asked.
    #[error("what was shown is not what is asked now; look at the request again")]
    OtherDigest,
    /// An approval of something not wholly seen.
    #[error("a value was not shown whole; open it before you approve")]
    NotWhole,
    /// The channel never showed this nonce.
    #[error("this button does not belong to the request")]
    UnknownNonce,
    /// The nonce has already carried a vote.
    #[error("this button was already used; use the newest message")]
    SpentNonce,
    /// The account is nobody's.
    #[error("this account belongs to nobody in the directory")]
    Unlinked,
    /// The person has left.
    #[error("this person is not active")]
    Inactive,
    /// An agent or a service account.
    #[error("only people vote")]
    NotHuman,
    /// Nobody approves their own request.
    #[error("nobody on the requesting side votes on the request")]
    RequestingSide,
    /// One person, one vote.
    #[error("this person has already voted")]
    AlreadyVoted,
    /// The policy does not ask this person.
    #[error("the policy does not ask this person")]
    NotEligible,
    /// The policy wants a reason with such a vote.
    #[error("the policy asks for a reason with this vote")]
    NoReason,
}
