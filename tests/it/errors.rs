//! What a refused call says to the model that made it: what happened, whether to try again, and
//! which request to name to people.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use guardrail::model::{IntentError, PersonId, PolicyName};
use guardrail::{Error, Found, MockApprover, Outcome, RequestId};

use crate::support::{World, approve, deny};

fn id() -> RequestId {
    RequestId::parse("0198c0de-0000-7000-8000-000000000001").unwrap()
}

fn unavailable() -> Arc<guardrail::desk::Error> {
    let log = guardrail::audit::Error::storage("file log", "append", "no space left on device");
    Arc::new(guardrail::desk::Error::Log(log))
}

/// Every error with what it must say, and whether the same call may be made again.
fn all() -> Vec<(Error, &'static [&'static str], bool)> {
    let request = id();
    let person = Some(PersonId::new("bob").unwrap());
    let all: Vec<(Error, &[&str], bool)> = vec![
        (
            Error::Denied { request, person, reason: Some("not today".into()) },
            &["denied by bob: not today", "was not performed", "Do not try it again"],
            false,
        ),
        (
            Error::Denied { request, person: None, reason: None },
            &["denied.", "was not performed", "Do not try it again"],
            false,
        ),
        (
            Error::Refused {
                request,
                policy: PolicyName::new("refunds").unwrap(),
                reason: "never on Sundays".into(),
            },
            &["policy `refunds`: never on Sundays", "was not performed", "refused again"],
            false,
        ),
        (
            Error::Expired { request, timeout: Duration::from_secs(900) },
            &["nobody answered within 15 minutes", "was not performed", "may ask again later"],
            true,
        ),
        (Error::Withdrawn { request }, &["withdrawn", "was not performed", "another key"], false),
        (
            Error::Lapsed { request, why: "the policy now denies it".into() },
            &["the approval was not used: the policy now denies it", "was not performed", "again"],
            true,
        ),
        (
            Error::KeyReused { request },
            &["idempotency key", "other arguments", "was not performed", "key of its own"],
            false,
        ),
        (
            Error::AlreadyExecuted { request, outcome: Some(Outcome::Completed) },
            &["already performed once", "not started again", "Do not retry"],
            false,
        ),
        (
            Error::AlreadyExecuted { request, outcome: Some(Outcome::Failed { panicked: false }) },
            &["already started once, and ended in an error", "not started again", "Do not retry"],
            false,
        ),
        (
            Error::AlreadyExecuted { request, outcome: None },
            &["already started, and has not ended yet", "not started again", "Do not retry"],
            false,
        ),
        (
            Error::OutcomeUnknown { request },
            &["outcome is unknown", "not performed again", "Do not retry", "a person"],
            false,
        ),
        (
            Error::Resolved { request, found: Found::Happened },
            &["a person has looked into it: it happened", "not performed again", "Do not retry"],
            false,
        ),
        (
            Error::Resolved { request, found: Found::DidNotHappen },
            &["it did not happen", "not performed again", "Ask again with another key"],
            false,
        ),
        (
            Error::IntentChanged { request },
            &["arguments changed", "was not performed", "Ask again"],
            false,
        ),
        (
            Error::OtherLog { request },
            &["another log", "was not performed", "program is changed"],
            false,
        ),
        (
            Error::TooMany { request, why: "pending requests: at most 10000".into() },
            &["too many requests wait", "at most 10000", "was not performed", "Try again when"],
            true,
        ),
        (
            Error::Invalid { request, source: Arc::new(IntentError::Missing("policy")) },
            &["cannot be shown", "the intent has no policy", "was not performed", "refused again"],
            false,
        ),
        (Error::NoGuardrail, &["no guardrail is installed", "was not performed", "retry"], false),
        (Error::NoRuntime, &["outside of a tokio runtime", "was not performed", "retry"], false),
        (
            Error::Unavailable { source: unavailable() },
            &["no space left on device", "was not performed", "Try again later"],
            true,
        ),
        (
            Error::Unrecorded { request, source: unavailable() },
            &["the action was performed", "could not be recorded", "Do not retry"],
            false,
        ),
    ];
    for (error, says, _) in &all {
        let performed = matches!(
            error,
            Error::Unrecorded { .. }
                | Error::AlreadyExecuted { .. }
                | Error::OutcomeUnknown { .. }
                | Error::Resolved { .. }
        );
        assert_eq!(says.contains(&"was not performed"), !performed, "{error}");
    }
    all
}

#[test]
fn every_error_says_what_happened_and_whether_to_retry() {
    for (error, says, retryable) in all() {
        let text = error.to_string();
        for part in says {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(error.is_retryable(), retryable, "{text}");
        assert_eq!(text.contains(&id().to_string()), error.request().is_some(), "{text}");
        assert!(!text.contains("Error") && !text.contains("::"), "no Rust names: {text}");
        assert_eq!(String::from(error), text);
    }
}

#[test]
fn what_was_performed_never_reads_as_a_refusal() {
    let (error, ..) = all().pop().unwrap();
    assert!(!error.to_string().contains("not performed"));
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::Other);
}

#[tokio::test(start_paused = true)]
async fn the_request_it_names_is_on_record() {
    let ask = r#"approvers = ["group:sre"]"#;
    for (deploy, story) in [(ask, "expired"), (r#"effect = "deny""#, "requested")] {
        let world = World::new(deploy).await;
        let error = world.call().await.unwrap_err();
        let id = error.request().unwrap();
        assert!(error.to_string().contains(&id.to_string()));
        let records = world.log().stream(id, guardrail::Version::START).await.unwrap();
        assert_eq!(records.last().unwrap().event().name(), story);
    }
}

#[tokio::test(start_paused = true)]
async fn the_agent_hears_who_denied_and_why() {
    let guardrail = guardrail::Guardrail::for_tests(MockApprover::denying("the freeze is on"));
    let world = World::of(guardrail);
    let said = world.call().await.unwrap_err().to_string();
    assert!(said.starts_with("denied by mock: the freeze is on."), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_request_id_nobody_has_reads_as_text_that_is_none() {
    let world = World::new(r#"approvers = ["group:sre"]"#).await;
    let unknown = world.guardrail.review(id(), "web").await.unwrap_err();
    let log = world.guardrail.review(RequestId::LOG, "web").await.unwrap_err();
    let text = RequestId::parse("nonsense").unwrap_err();
    assert_eq!(unknown.to_string(), text.to_string());
    assert_eq!(log.to_string(), text.to_string());
}

#[tokio::test(start_paused = true)]
async fn one_call_hears_of_the_end_another_with_its_key_came_to() {
    let world = World::new(r#"approvers = ["group:sre"]"#).await;
    let key = || guardrail::Context::new().key("k");
    let (one, two) = (world.spawn_in(key()), world.spawn_in(key()));
    let id = world.pending().await;
    let _counted = deny(&world, id, "bob").await;
    for call in [one, two] {
        assert!(matches!(call.await.unwrap(), Err(Error::Denied { request, .. }) if request == id));
    }
    let late = approve(&world, id, "carol").await;
    assert!(matches!(late, guardrail::Cast::Refused(_)), "{late:?}");
}
