//! Requests to show, made by policies as in life.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::Timestamp;
use guardrail_core::model::{
    ApprovalRequest, AuditEvent, Choice, Digest, Identity, Intent, IntentBuilder, Nonce, PersonId,
    RequestId, Requested, Voted,
};
use guardrail_core::policy::PolicySet;

use crate::token::Token;

/// 2026-09-21 09:14:02 UTC.
pub(super) const ASKED: Timestamp = Timestamp::from_micros(1_789_982_042_000_000);

const POLICIES: &str = r#"
[people.alice]
[people.bob]
[people.carol]
[groups]
sre = ["bob", "carol"]
[policies.prod-change]
description = "Changes to production infrastructure"
risk = "high"
approvers = ["group:sre"]
approvals = 2
references = [{ title = "Change policy CHG-7", url = "https://wiki.example.com/chg-7" }]
controls = ["SOC2:CC8.1"]
[policies.notes]
risk = "low"
approvers = ["group:sre"]
[policies.reasons]
approvers = ["group:sre"]
reason_required = ["approve", "deny"]
"#;

pub(crate) fn id() -> RequestId {
    RequestId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap()
}

/// Seconds after the request was made.
pub(crate) fn later(seconds: u64) -> Timestamp {
    ASKED.after(Duration::from_secs(seconds))
}

pub(crate) fn deploy(policy: &str) -> IntentBuilder {
    Intent::builder("terraform_apply").policy(policy).agent("deploy-bot").on_behalf_of("alice")
}

/// A pending request for this intent.
pub(crate) fn pending(intent: IntentBuilder) -> ApprovalRequest {
    let policies = PolicySet::parse(POLICIES).unwrap();
    let intent = intent.build().unwrap();
    let verdict = policies.judge(&intent);
    let policy_digest = policies.digest();
    let requested = Requested { intent, verdict, policy_digest, call: None, kept: vec![] };
    ApprovalRequest::first(id(), ASKED, &AuditEvent::Requested(Arc::new(requested))).unwrap()
}

pub(crate) fn voted(person: &str, choice: Choice, reason: Option<&str>) -> AuditEvent {
    AuditEvent::Voted(std::sync::Arc::new(Voted {
        person: PersonId::new(person).unwrap(),
        identity: Identity::new("slack", "T1/U1"),
        channel: "slack".into(),
        choice,
        reason: reason.map(Into::into),
        digest: Digest::of(b"intent"),
        whole: true,
        nonce: Digest::of(person.as_bytes()),
    }))
}

pub(crate) fn token(request: &ApprovalRequest) -> Token {
    Token {
        request: request.id(),
        digest: request.intent().digest(),
        nonce: Nonce::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
    }
}
