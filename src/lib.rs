#![doc = include_str!("../README.md")]

#[cfg(feature = "api")]
pub use guardrail_api as api;
pub use guardrail_core::{approver, audit, clock, desk, gate, model, policy, testing, view};

#[cfg(all(feature = "terminal", unix))]
pub use guardrail_core::approver::TerminalApprover;
pub use guardrail_core::approver::{Approver, Door, Review};
pub use guardrail_core::audit::{AuditLog, AuditRecord, FileLog, MemoryLog};
pub use guardrail_core::clock::Timestamp;
pub use guardrail_core::gate::{
    Context, Error, FromRefusal, Guardrail, InContext, Permit, idempotency_key,
};
pub use guardrail_core::model::{
    Actor, ApprovalRequest, Arguments, AuditEvent, Cast, Decision, Digest, Found, Identity, Intent,
    Nonce, Outcome, Place, Receipt, RequestId, Requirement, Reviewer, Secret, Seen, Sequence,
    State, Verdict, Version, Vote, VoteRefusal,
};
pub use guardrail_core::policy::PolicySet;
pub use guardrail_core::testing::MockApprover;
/// Guards an async function: its body runs only once the people its policy names have agreed.
///
/// ```
/// use guardrail::requires_approval;
///
/// #[requires_approval(policy = "prod-change", summary = "terraform apply {plan} in {workspace}")]
/// async fn terraform_apply(workspace: &str, plan: &str) -> Result<(), guardrail::Error> {
///     Ok(())
/// }
/// ```
///
/// Each call becomes an [`Intent`], waits for its decision, and runs its body at most once, with
/// the arguments that were approved. Works on free functions, methods, trait methods and
/// functions that return a future; above and below `#[async_trait]` and `#[tracing::instrument]`.
///
/// | argument | means |
/// |---|---|
/// | `policy = "name"` | the policy that judges the call; required |
/// | `name = "name"` or an expression | what the action is called; the function's name by default |
/// | `summary = "text {parameter}"` | the line reviewers read first |
/// | `resource = expr`, `reason = expr`, `key = expr` | what it is done to; why; the idempotency key |
/// | `preview = path` | an `async fn(Arguments) -> Result<String, E>`, run once before the request, 10 s at most |
/// | `skip(a)`, `skip_all` | left out, and named as left out |
/// | `debug(a)`, `redact(a)` | shown by `Debug`; shown as a commitment only |
/// | `fields(name = expr)` | shown in place of, or beside, the parameters |
/// | `err = path`, `on_deny = path` | makes the error, or the whole return value, of a refusal |
/// | `guardrail = expr`, `crate = path` | the guardrail to meet; where this crate is found |
///
/// Parameters are captured by `serde::Serialize`. The return type is a `Result` whose error is made
/// of [`Error`], or `on_deny` says what a refusal returns:
///
/// ```
/// use guardrail::requires_approval;
///
/// fn none(_: guardrail::Error) -> Option<u32> {
///     None
/// }
///
/// #[requires_approval(policy = "lookups", redact(token), on_deny = none)]
/// async fn look_up(token: &str) -> Option<u32> {
///     Some(7)
/// }
/// ```
///
/// What is misspelt does not compile, and says what it could be:
///
/// ```compile_fail
/// #[guardrail::requires_approval(polcy = "lookups")]
/// async fn look_up() -> Result<(), guardrail::Error> {
///     Ok(())
/// }
/// ```
///
/// # Cancel safety
/// Dropped before its body begins, nothing starts later, and that is on record; dropped inside its
/// body, the outcome is recorded as unknown.
pub use guardrail_macros::requires_approval;
#[cfg(feature = "slack")]
pub use guardrail_slack::{self as slack, SlackApprover};
#[cfg(feature = "postgres")]
pub use guardrail_sql::{PostgresLog, PostgresSidecar, RunIn};
#[cfg(feature = "sqlite")]
pub use guardrail_sql::{SqliteLog, SqliteSidecar};

#[doc(hidden)]
pub use guardrail_core::__private;
