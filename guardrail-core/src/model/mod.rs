//! The words of guardrail as types: intents, requirements, votes, events, and the fold of them.

mod actor;
mod arguments;
mod builder;
pub mod canonical;
mod digest;
mod event;
mod id;
mod intent;
mod name;
mod record;
mod request;
mod requirement;
pub mod secret;
mod state;
mod vote;

pub use actor::Actor;
pub use arguments::{Argument, Arguments, Captured};
pub use builder::{
    ARGUMENT_LIMIT, CHAIN_LIMIT, IntentBuilder, IntentError, LABEL_LIMIT, PREVIEW_LIMIT,
    PROSE_LIMIT,
};
pub(crate) use builder::{Origin, cut};
pub use canonical::Canonical;
pub use digest::{Digest, DigestError};
pub use event::{AuditEvent, Posted, Requested, TEXT_LIMIT, Voted};
pub use id::{IdError, LogId, Nonce, NonceError, RequestId, Sequence, Version};
pub use intent::{Intent, Place, Preview};
pub use name::{ActionName, AgentName, GroupName, NameError, PersonId, PolicyName, fold};
pub use request::{ApprovalRequest, CountedVote, Decision, FoldError, Outcome, Receipt};
pub use requirement::{Choice, Eligible, Reference, Requirement, Risk, Stage, Tally, Verdict};
pub use secret::Secret;
pub use state::State;
pub use vote::{Cast, Identity, Reviewer, Seen, Vote, VoteRefusal};
