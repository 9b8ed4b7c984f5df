#![doc = include_str!("../README.md")]

pub use guardrail_core::{approver, audit, clock, desk, gate, model, policy, testing, view};

#[cfg(all(feature = "terminal", unix))]
pub use guardrail_core::approver::TerminalApprover;
pub use guardrail_core::approver::{Approver, Review};
pub use guardrail_core::audit::{AuditLog, AuditRecord, FileLog, MemoryLog};
pub use guardrail_core::clock::Timestamp;
pub use guardrail_core::gate::{Context, Error, FromRefusal, Guardrail, InContext, Permit};
pub use guardrail_core::model::{
    Actor, ApprovalRequest, Arguments, AuditEvent, Cast, Decision, Digest, Identity, Intent, Nonce,
    Outcome, Place, Receipt, RequestId, Requirement, Reviewer, Secret, Seen, Sequence, State,
    Verdict, Version, Vote, VoteRefusal,
};
pub use guardrail_core::policy::PolicySet;
pub use guardrail_core::testing::MockApprover;
pub use guardrail_macros::requires_approval;

#[doc(hidden)]
pub use guardrail_core::__private;
