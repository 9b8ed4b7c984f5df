//! Requests to look at.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::{
    ApprovalRequest, AuditEvent, Choice, Digest, Eligible, GroupName, Identity, Intent,
    IntentBuilder, PersonId, Reference, RequestId, Requested, Requirement, Retry, Risk, Stage,
    Verdict, Voted,
};

/// 2026-09-21 09:14:02 UTC.
pub(super) const ASKED: Timestamp = Timestamp::from_micros(1_789_982_042_000_000);

pub(super) fn id() -> RequestId {
    RequestId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap()
}

/// Seconds after the request was made.
pub(super) fn later(seconds: u64) -> Timestamp {
    ASKED.after(Duration::from_secs(seconds))
}

pub(super) fn deploy() -> IntentBuilder {
    Intent::builder("terraform_apply")
        .policy("prod-change")
        .agent("deploy-bot")
        .on_behalf_of("alice")
}

pub(super) fn requirement() -> Requirement {
    let people = ["bob", "carol"].map(|name| PersonId::new(name).unwrap());
    Requirement {
        risk: Risk::High,
        description: Some("Changes to production infrastructure".into()),
        stages: vec![Stage {
            approvers: vec![Eligible::Group(GroupName::new("sre").unwrap())],
            people: people.to_vec(),
            approvals: 2,
        }],
        timeout: Duration::from_secs(900),
        grant_ttl: Duration::from_secs(300),
        retry: Retry::Never,
        requester_required: true,
        reason_required: Vec::new(),
        references: vec![Reference {
            title: "Change policy CHG-7".into(),
            url: "https://wiki.example.com/chg-7".into(),
        }],
        controls: vec!["SOC2:CC8.1".into()],
    }
}

pub(super) fn requested(intent: Intent, verdict: Verdict) -> AuditEvent {
    let policy_digest = Digest::of(b"policy");
    AuditEvent::Requested(Arc::new(Requested {
        intent,
        verdict,
        policy_digest,
        call: None,
        kept: vec![],
    }))
}

/// A pending request for this intent.
pub(super) fn pending(intent: IntentBuilder) -> ApprovalRequest {
    asking(intent, requirement())
}

pub(super) fn asking(intent: IntentBuilder, requirement: Requirement) -> ApprovalRequest {
    let event = requested(intent.build().unwrap(), Verdict::Ask(Arc::new(requirement)));
    ApprovalRequest::first(id(), ASKED, &event).unwrap()
}

pub(super) fn voted(person: &str, choice: Choice, reason: Option<&str>) -> AuditEvent {
    AuditEvent::Voted(Arc::new(Voted {
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
