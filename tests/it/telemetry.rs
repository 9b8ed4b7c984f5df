//! The span `guardrail.approval` says how an approval went, and never what was approved.

use std::time::Duration;

use guardrail::{Context, Error, MemoryLog, requires_approval};

use crate::support::{Body, Captured, Voter, World, approve};

const ASK: &str = r#"approvers = ["group:sre"]"#;
/// Neither is a secret; neither belongs into telemetry.
const VALUE: &str = "the-value-of-an-argument";
const REASON: &str = "the-reason-of-an-agent";

#[requires_approval(policy = "deploy", summary = "change {what}", skip(body))]
async fn change(body: &Body, what: &str) -> Result<u32, Error> {
    let _ = what;
    body.run().await
}

async fn call(world: &World) -> Result<u32, Error> {
    let context = Context::new().reason(REASON).on_behalf_of("alice");
    context.scope(world.guardrail.scope(change(&world.body, VALUE))).await
}

/// All values of this field of the span.
fn values(said: &str, field: &str) -> Vec<String> {
    let spans = said.lines().filter(|line| line.starts_with("guardrail.approval"));
    let words = spans.flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let prefix = format!("{field}=");
    let values = words.filter_map(|word| word.strip_prefix(&prefix).map(str::to_owned));
    values.map(|value| value.trim_matches('"').to_owned()).collect()
}

fn check(said: &str, expected: &[(&str, &str)]) {
    for (field, value) in expected {
        assert_eq!(values(said, &format!("guardrail.{field}")), [*value], "{field}: {said}");
    }
    assert_eq!(values(said, "guardrail.request").len(), 1, "{said}");
    for value in [VALUE, REASON] {
        assert!(!said.contains(value), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_approval_says_how_long_it_took_and_through_which_channel() {
    let captured = Captured::new();
    let voter = Voter::new("slack", "bob", Duration::from_millis(1500));
    let world =
        World::built(ASK, |builder| builder.audit_log(MemoryLog::new()).approver(voter)).await;
    assert_eq!(call(&world).await.unwrap(), 1);
    let expected = [
        ("policy", "deploy"),
        ("action", "change"),
        ("decision", "approved"),
        ("channel", "slack"),
        ("wait_ms", "1500"),
    ];
    check(&captured.said(), &expected);
}

#[tokio::test(start_paused = true)]
async fn every_end_says_its_decision() {
    for (deploy, decision) in
        [(ASK, "expired"), (r#"effect = "allow""#, "allowed"), (r#"effect = "deny""#, "refused")]
    {
        let captured = Captured::new();
        let world = World::new(deploy).await;
        let _ended = call(&world).await;
        check(&captured.said(), &[("decision", decision)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vote_through_the_door_says_its_channel() {
    let captured = Captured::new();
    let world = World::new(ASK).await;
    let others = async {
        let id = world.pending().await;
        let _counted = approve(&world, id, "bob").await;
    };
    let (ended, ()) = tokio::join!(call(&world), others);
    assert_eq!(ended.unwrap(), 1);
    check(&captured.said(), &[("decision", "approved"), ("channel", "web")]);
}

#[tokio::test(start_paused = true)]
async fn what_leaves_no_record_leaves_a_trace() {
    let captured = Captured::new();
    let body = Body::new();
    let error = change(&body, VALUE).await.unwrap_err();
    assert!(matches!(error, Error::NoGuardrail));
    let said = captured.said();
    assert!(said.contains("no guardrail is installed or in scope"), "{said}");
    assert!(!said.contains(VALUE), "{said}");
}
