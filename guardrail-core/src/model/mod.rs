//! The words of guardrail as types: intents, requirements, votes, events, and the fold of them.

mod actor;
mod argument_form;
mod arguments;
mod arrows;
mod builder;
mod by_id;
pub mod canonical;
mod captures;
mod counted;
mod decision;
mod digest;
mod event;
mod fold;
mod id;
mod intent;
mod intent_error;
mod intent_form;
mod name;
mod origin;
mod piece;
mod place;
mod prose;
mod receipt;
mod request;
mod requirement;
mod scan;
pub mod secret;
#[cfg(test)]
mod spent;
mod state;
mod tally;
mod vote;

pub use actor::Actor;
pub(crate) use actor::spellings;
pub(crate) use arguments::Opens;
pub use arguments::{Argument, Arguments};
pub use builder::IntentBuilder;
pub(crate) use by_id::ById;
pub use canonical::Canonical;
pub use counted::CountedVote;
pub use decision::{Decision, Outcome};
pub use digest::{Digest, DigestError};
pub(crate) use digest::{Text, decimal, hex, unhex};
pub use event::{
    AuditEvent, Found, Posted, Redacted, RedactedValue, Requested, Resolved, TEXT_LIMIT, Voted,
};
pub use fold::FoldError;
pub use id::{IdError, IdempotencyKey, LogId, Nonce, NonceError, RequestId, Sequence, Version};
pub use intent::{Intent, Preview};
pub use intent_error::IntentError;
pub(crate) use name::folded;
pub use name::{ActionName, AgentName, GroupName, NameError, PersonId, PolicyName, fold};
pub(crate) use origin::{Origin, behind, replaced};
pub use piece::Captured;
pub(crate) use place::Machine;
pub use place::Place;
pub(crate) use prose::cut;
pub use prose::{ARGUMENT_LIMIT, CHAIN_LIMIT, LABEL_LIMIT, PREVIEW_LIMIT, PROSE_LIMIT};
pub use receipt::Receipt;
pub use request::ApprovalRequest;
pub use requirement::{
    Choice, Eligible, RETRIES, Reference, Requirement, Retry, Risk, Stage, Verdict,
};
pub(crate) use scan::first;
pub use secret::Secret;
#[cfg(test)]
pub(crate) use spent::spent;
pub use state::State;
pub use tally::Tally;
pub use vote::{Cast, Identity, Reviewer, Seen, Vote, VoteRefusal};
