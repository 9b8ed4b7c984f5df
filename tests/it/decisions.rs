//! How a call ends: approved it runs once, and every other end means that it did not.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use guardrail::{Error, Guardrail, MemoryLog, MockApprover, State};

use crate::support::{Captured, World, approve, deny, deploy, policies};

const ASK: &str = r#"approvers = ["group:sre"]"#;

/// The call ends like this, the log says this, and the body ran this often.
async fn check(
    world: &World,
    ended: Result<u32, Error>,
    as_expected: impl FnOnce(&Result<u32, Error>) -> bool,
    story: &[&str],
    runs: u32,
) {
    assert!(as_expected(&ended), "{ended:?}");
    world.check(story, runs).await;
}

#[tokio::test(start_paused = true)]
async fn approved_it_runs_once() {
    let world = World::new(ASK).await;
    let call = world.spawn();
    let id = world.pending().await;
    let cast = approve(&world, id, "bob").await;
    assert!(matches!(cast, guardrail::Cast::Counted(tally) if tally.is_complete()), "{cast:?}");
    let story = ["requested", "posted", "voted", "approved", "started", "completed"];
    check(&world, call.await.unwrap(), |ended| matches!(ended, Ok(1)), &story, 1).await;
}

#[tokio::test(start_paused = true)]
async fn denied_it_does_not_run() {
    let world = World::new(ASK).await;
    let call = world.spawn();
    let id = world.pending().await;
    let _counted = deny(&world, id, "bob").await;
    let denied = |ended: &Result<u32, Error>| matches!(ended, Err(Error::Denied { person: Some(who), .. }) if who.as_str() == "bob");
    check(&world, call.await.unwrap(), denied, &["requested", "posted", "voted", "denied"], 0)
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_denial_outweighs_approvals() {
    let world = World::new("approvers = [\"group:sre\"]\napprovals = 3").await;
    let call = world.spawn();
    let id = world.pending().await;
    for person in ["alice", "bob"] {
        let _counted = approve(&world, id, person).await;
    }
    let _counted = deny(&world, id, "carol").await;
    let late = approve(&world, id, "carol").await;
    let closed = guardrail::VoteRefusal::NotPending(State::Denied);
    assert_eq!(late, guardrail::Cast::Refused(closed));
    assert!(matches!(call.await.unwrap(), Err(Error::Denied { .. })));
    assert_eq!(world.body.runs(), 0);
}

#[tokio::test(start_paused = true)]
async fn unanswered_it_expires() {
    let world = World::new(ASK).await;
    let ended = world.call().await;
    let expired = |ended: &Result<u32, Error>| matches!(ended, Err(Error::Expired { .. }));
    check(&world, ended, expired, &["requested", "expired"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn dropped_it_is_withdrawn() {
    let world = World::new(ASK).await;
    let call = world.spawn();
    world.pending().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    world.until("withdrawn").await;
    world.check(&["requested", "withdrawn"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn allowed_it_runs_and_is_on_record() {
    let world = World::new(r#"effect = "allow""#).await;
    let ended = world.call().await;
    let story = ["requested", "started", "completed"];
    check(&world, ended, |ended| matches!(ended, Ok(1)), &story, 1).await;
}

#[tokio::test(start_paused = true)]
async fn refused_by_policy_it_does_not_run() {
    let world = World::new(r#"effect = "deny""#).await;
    let ended = world.call().await;
    let refused = |ended: &Result<u32, Error>| matches!(ended, Err(Error::Refused { .. }));
    check(&world, ended, refused, &["requested"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_policy_refuses() {
    let world = World::new(ASK).await;
    let captured = Captured::new();
    world.guardrail.reload(policies(ASK)).await.unwrap();
    assert!(!captured.said().contains("no policy"), "{}", captured.said());
    world.guardrail.reload(guardrail::PolicySet::empty()).await.unwrap();
    assert!(captured.said().contains("every guarded call is refused"), "{}", captured.said());
    let ended = world.call().await;
    let refused = |ended: &Result<u32, Error>| matches!(ended, Err(Error::Refused { reason, .. }) if reason.contains("define none at all"));
    check(&world, ended, refused, &["requested"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn without_a_guardrail_it_does_not_run() {
    let world = World::new(ASK).await;
    let error = deploy(&world.body, "eu-1").await.unwrap_err();
    assert!(matches!(error, Error::NoGuardrail), "{error:?}");
    world.check(&[], 0).await;
}

/// A guardrail that was built where there was a runtime, and a runtime to look at its log with.
fn built() -> (tokio::runtime::Runtime, World) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new(r#"effect = "allow""#));
    (runtime, world)
}

#[test]
fn polled_by_hand_outside_of_a_runtime_it_does_not_run() {
    let (runtime, world) = built();
    let mut call = pin!(world.call());
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else { panic!("{polled:?}") };
    assert!(matches!(error, Error::NoRuntime), "{error:?}");
    runtime.block_on(world.check(&[], 0));
}

#[test]
fn in_a_runtime_without_timers_it_does_not_run() {
    let (runtime, world) = built();
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let error = bare.block_on(world.call()).unwrap_err();
    assert!(matches!(error, Error::NoRuntime), "{error:?}");
    runtime.block_on(world.check(&[], 0));
}

#[test]
fn no_guardrail_is_built_without_timers() {
    let bare = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let built = bare.block_on(
        Guardrail::builder()
            .policies(policies(ASK))
            .audit_log(MemoryLog::new())
            .approver(MockApprover::approving())
            .build(),
    );
    assert!(matches!(built, Err(guardrail::gate::BuildError::NoRuntime)), "{built:?}");
}
