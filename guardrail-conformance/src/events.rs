//! Events to write into a log under test: at least one of every kind.

use std::sync::Arc;

use guardrail_core::clock::Entropy;
use guardrail_core::model::secret::Commitment;
use guardrail_core::model::{
    AuditEvent, Choice, Digest, Found, Identity, Intent, IntentError, Nonce, PersonId, Posted,
    Redacted, RedactedValue, RequestId, Requested, Requirement, Resolved, State, Tally, Verdict,
    VoteRefusal, Voted,
};

use crate::entropy::SeededEntropy;

/// Text that breaks logs that are careless with it: line ends of every kind, quotes, escapes,
/// characters that are invisible, turn text round or need two UTF-16 units, and a NUL.
pub const HOSTILE: &str = "a\nb\r\nc\u{2028}d\u{2029}e\u{85}f\"g\\h\0i\u{1b}[31mj\u{202e}k\u{200b}l\u{1f600}m\u{feff}\u{7f}";

/// Why no sample could be made: a bug of the samples.
#[derive(Debug, thiserror::Error)]
#[error("a sample event could not be made: {0}")]
pub struct SampleError(Box<dyn std::error::Error + Send + Sync>);

impl From<IntentError> for SampleError {
    fn from(error: IntentError) -> Self {
        Self(error.into())
    }
}

impl From<serde_json::Error> for SampleError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.into())
    }
}

/// A person of the directory.
///
/// # Errors
/// When the name is none.
pub fn person(name: &str) -> Result<PersonId, SampleError> {
    PersonId::new(name).map_err(|error| SampleError(error.into()))
}

/// An intent with one argument, and a reason that is hostile.
///
/// # Errors
/// When it cannot be built.
pub fn intent(argument: &str) -> Result<Intent, SampleError> {
    let builder = Intent::builder("refund").policy("refunds").agent("deploy-bot");
    Ok(builder.arg("order", argument).reason(HOSTILE).build()?)
}

/// One approval by alice, within 15 minutes.
///
/// # Errors
/// When the form of requirements has changed.
pub fn requirement() -> Result<Requirement, SampleError> {
    Ok(serde_json::from_value(serde_json::json!({
        "risk": "medium",
        "stages": [{
            "approvers": [{ "person": "alice" }],
            "people": ["alice"],
            "approvals": 1,
        }],
        "timeout": 900_000,
        "grant_ttl": 300_000,
        "requester_required": false,
    }))?)
}

/// A request on which the policy has spoken like this.
///
/// # Errors
/// When no intent can be built.
pub fn requested(verdict: Verdict) -> Result<AuditEvent, SampleError> {
    Ok(AuditEvent::Requested(Arc::new(Requested {
        intent: intent("1042")?,
        verdict,
        policy_digest: Digest::of(b"policy"),
        call: None,
        kept: vec![],
    })))
}

/// A request that asks people.
///
/// # Errors
/// As [`requested`] and [`requirement`].
pub fn asked() -> Result<AuditEvent, SampleError> {
    requested(Verdict::Ask(Arc::new(requirement()?)))
}

/// The digest of the intent of [`requested`].
fn digest() -> Digest {
    intent("1042").map_or_else(|_| Digest::of(b"intent"), |intent| intent.digest())
}

/// A start.
#[must_use]
pub fn started() -> AuditEvent {
    AuditEvent::Started { digest: digest(), call: None }
}

/// A person has looked into it.
///
/// # Errors
/// When the name of the person is none.
pub fn resolved(found: Found) -> Result<AuditEvent, SampleError> {
    let (by, why) = (person("alice")?, HOSTILE.into());
    Ok(AuditEvent::Resolved(Arc::new(Resolved { by, found, why })))
}

/// A note: someone said something.
#[must_use]
pub fn commented(text: &str) -> AuditEvent {
    AuditEvent::Commented {
        channel: "web".into(),
        by: Identity::new("web", "alice"),
        person: None,
        text: text.into(),
    }
}

/// At least one event of every kind a request's stream can hold, and a few whose text is hostile.
///
/// # Errors
/// As [`asked`].
pub fn of_requests() -> Result<Vec<AuditEvent>, SampleError> {
    let nonce = Nonce::random(&SeededEntropy::new(7) as &dyn Entropy);
    let nonce = nonce.map_err(|error| SampleError(error.into()))?.hash();
    let why = || Box::<str>::from(HOSTILE);
    Ok(vec![
        requested(Verdict::Allow)?,
        asked()?,
        requested(Verdict::Deny { reason: why() })?,
        AuditEvent::Voted(Arc::new(Voted {
            person: person("alice")?,
            identity: Identity::person("alice").by_account(Identity::new("slack", HOSTILE)),
            channel: "slack".into(),
            choice: Choice::Approve,
            reason: Some(why()),
            digest: digest(),
            whole: true,
            nonce,
        })),
        AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } },
        AuditEvent::Denied { by: Some(person("alice")?), reason: Some(why()) },
        AuditEvent::Expired,
        AuditEvent::Withdrawn { why: why() },
        AuditEvent::Lapsed { why: why() },
        started(),
        AuditEvent::Completed,
        AuditEvent::Failed { panicked: true },
        AuditEvent::Aborted { why: why() },
        AuditEvent::Unknown { why: why() },
        AuditEvent::Retried { digest: digest(), call: None },
        resolved(Found::DidNotHappen)?,
        AuditEvent::Posted(Arc::new(Posted {
            channel: "web".into(),
            receipt: "C012/1712.0042".into(),
            nonce,
        })),
        commented(HOSTILE),
        AuditEvent::VoteRefused {
            channel: "web".into(),
            who: Identity::new("web", HOSTILE).by_account(Identity::new("slack", HOSTILE)),
            person: None,
            choice: Choice::Deny,
            why: VoteRefusal::NotPending(State::Denied),
        },
        AuditEvent::ApproverLeft { channel: "web".into(), error: Some(why()) },
        AuditEvent::Escalated { to: vec!["group:oncall".to_owned()] },
        AuditEvent::Attended,
    ])
}

/// At least one event of every kind the log's own stream can hold.
#[must_use]
pub fn of_the_log() -> Vec<AuditEvent> {
    vec![
        AuditEvent::PolicyLoaded { digest: Digest::of(b"policy") },
        AuditEvent::Recovered { what: HOSTILE.into() },
        AuditEvent::Rotated { file: HOSTILE.into(), bytes: u64::MAX, sha256: Digest::of(b"file") },
        AuditEvent::Redacted(Arc::new(Redacted {
            request: RequestId::LOG,
            values: vec![RedactedValue {
                place: HOSTILE.into(),
                commitment: Commitment::from([0xa5; 32]),
            }],
            by: "alice".into(),
            why: HOSTILE.into(),
            basis: HOSTILE.into(),
        })),
    ]
}

/// Events that lead a new request to this state; none for [`State::New`].
///
/// # Errors
/// As [`asked`].
pub fn towards(state: State) -> Result<Vec<AuditEvent>, SampleError> {
    let why = || Box::<str>::from("test");
    let allow = requested(Verdict::Allow)?;
    let ask = asked()?;
    Ok(match state {
        State::New => vec![],
        State::Pending => vec![ask],
        State::Approved => vec![allow],
        State::Started => vec![allow, started()],
        State::Refused => vec![requested(Verdict::Deny { reason: why() })?],
        State::Denied => vec![ask, AuditEvent::Denied { by: None, reason: None }],
        State::Expired => vec![ask, AuditEvent::Expired],
        State::Withdrawn => vec![ask, AuditEvent::Withdrawn { why: why() }],
        State::Lapsed => vec![allow, AuditEvent::Lapsed { why: why() }],
        State::Completed => vec![allow, started(), AuditEvent::Completed],
        State::Failed => vec![allow, started(), AuditEvent::Failed { panicked: false }],
        State::Aborted => vec![allow, started(), AuditEvent::Aborted { why: why() }],
        State::Unknown => vec![allow, started(), AuditEvent::Unknown { why: why() }],
        State::Resolved => {
            let unknown = AuditEvent::Unknown { why: why() };
            vec![allow, started(), unknown, resolved(Found::Happened)?]
        }
    })
}
