//! The words of guardrail as types: intents, requirements, votes, events, and the fold of them.

mod actor;
mod arguments;
mod builder;
pub mod canonical;
mod counted;
mod decision;
mod digest;
mod event;
mod id;
mod intent;
mod intent_error;
mod name;
mod origin;
mod prose;
mod receipt;
mod record;
mod request;
mod requirement;
pub mod secret;
mod state;
mod vote;

pub use actor::Actor;
pub(crate) use arguments::Opens;
pub use arguments::{Argument, Arguments, Captured};
pub use builder::IntentBuilder;
pub use canonical::Canonical;
pub use counted::CountedVote;
pub use decision::{Decision, Outcome};
pub use digest::{Digest, DigestError};
pub(crate) use digest::{hex, unhex};
pub use event::{
    AuditEvent, Found, Posted, Redacted, RedactedValue, Requested, Resolved, TEXT_LIMIT, Voted,
};
pub use id::{IdError, IdempotencyKey, LogId, Nonce, NonceError, RequestId, Sequence, Version};
pub use intent::{Intent, Place, Preview};
pub use intent_error::IntentError;
pub use name::{ActionName, AgentName, GroupName, NameError, PersonId, PolicyName, fold};
pub(crate) use origin::Origin;
pub(crate) use prose::cut;
pub use prose::{ARGUMENT_LIMIT, CHAIN_LIMIT, LABEL_LIMIT, PREVIEW_LIMIT, PROSE_LIMIT};
pub use receipt::Receipt;
pub use request::{ApprovalRequest, FoldError};
pub use requirement::{
    Choice, Eligible, Reference, Requirement, Retry, Risk, Stage, Tally, Verdict,
};
pub use secret::Secret;
pub use state::State;
pub use vote::{Cast, Identity, Reviewer, Seen, Vote, VoteRefusal};
