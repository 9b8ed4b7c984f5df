//! Calls with one idempotency key meet: one deed, one request, one execution.

use std::sync::Arc;
use std::time::Duration;

use guardrail::{
    AuditEvent, Context, Error, Guardrail, MemoryLog, Sequence, Verdict, requires_approval,
};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{
    Body, End, LateLog, PausingLog, Place, Scripted, World, approve, deny, policies,
};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;
const SECOND: Duration = Duration::from_secs(1);

fn key() -> Context {
    Context::new().key("call-1")
}

/// A second call with the key of a call that has ended does not run, and ends like this.
async fn check_again(world: &World, runs: u32, as_expected: impl FnOnce(&Error) -> bool) {
    let error = world.spawn_in(key()).await.unwrap().unwrap_err();
    assert!(as_expected(&error), "{error:?}");
    assert_eq!(world.body.runs(), runs);
}

#[tokio::test(start_paused = true)]
async fn many_calls_with_one_key_run_once() {
    let world = World::new(ASK).await;
    let calls: Vec<_> = (0..16).map(|_| world.spawn_in(key())).collect();
    let id = world.pending().await;
    assert!(id.is_keyed());
    let _counted = approve(&world, id, "bob").await;
    let mut ran = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => ran += 1,
            Err(Error::AlreadyExecuted { request, .. }) => assert_eq!(request, id),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(ran, 1);
    world.check(&["requested", "posted", "voted", "approved", "started", "completed"], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_calls_with_one_key_run_once_on_many_threads() {
    for deploy in [ASK, ALLOW] {
        let world = World::new(deploy).await;
        let calls: Vec<_> = (0..16).map(|_| world.spawn_in(key())).collect();
        if deploy == ASK {
            let id = world.pending().await;
            let _counted = approve(&world, id, "bob").await;
        }
        let mut ran = 0;
        for call in calls {
            ran += u32::from(call.await.unwrap().is_ok());
        }
        assert_eq!((ran, world.body.runs()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn two_processes_with_one_key_run_once() {
    let log = Arc::new(MemoryLog::new());
    let (one, two) =
        (World::over(ASK, Arc::clone(&log)).await, World::over(ASK, Arc::clone(&log)).await);
    let calls = [one.spawn_in(key()), two.spawn_in(key())];
    let id = one.pending().await;
    tokio::time::sleep(SECOND).await;
    let _counted = approve(&two, id, "bob").await;
    let mut ran = 0;
    for call in calls {
        ran += u32::from(call.await.unwrap().is_ok());
    }
    assert_eq!(ran, 1);
    assert_eq!(one.body.runs() + two.body.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_executed_is_not_executed_again() {
    let executed = |error: &Error| matches!(error, Error::AlreadyExecuted { .. });
    let world = World::new(ALLOW).await;
    assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1);
    check_again(&world, 1, executed).await;
    // A body that failed has acted as well.
    let world = World::new(ALLOW).await.doing(async || Err(Error::NoGuardrail));
    assert!(world.spawn_in(key()).await.unwrap().is_err());
    check_again(&world, 1, executed).await;
}

#[tokio::test(start_paused = true)]
async fn what_still_runs_is_not_said_to_be_performed() {
    let world = World::new(ALLOW).await.doing(std::future::pending);
    let call = world.spawn_in(key());
    world.until("started").await;
    let error = world.spawn_in(key()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::AlreadyExecuted { outcome: None, .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("was already started, and has not ended yet"), "{said}");
    assert!(!said.contains("performed"), "{said}");
    assert_eq!(world.body.runs(), 1);
    call.abort();
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_not_retried() {
    let world = World::new(ALLOW).await.doing(std::future::pending);
    let call = world.spawn_in(key());
    world.until("started").await;
    call.abort();
    world.until("unknown").await;
    check_again(&world, 1, |error| matches!(error, Error::OutcomeUnknown { .. })).await;
}

#[tokio::test(start_paused = true)]
async fn a_decision_stands_for_all_calls_with_the_key() {
    let world = World::new(ASK).await;
    let call = world.spawn_in(key());
    let id = world.pending().await;
    let _counted = deny(&world, id, "bob").await;
    assert!(matches!(call.await.unwrap(), Err(Error::Denied { .. })));
    check_again(
        &world,
        0,
        |error| matches!(error, Error::Denied { request, .. } if *request == id),
    )
    .await;

    let world = World::new(ASK).await;
    assert!(matches!(world.spawn_in(key()).await.unwrap(), Err(Error::Expired { .. })));
    check_again(&world, 0, |error| matches!(error, Error::Expired { .. })).await;
    world.check(&["requested", "expired"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_by_policy_leaves_the_key_free() {
    let world = World::new(r#"effect = "deny""#).await;
    let call = world.spawn_in(key()).await.unwrap();
    assert!(matches!(call, Err(Error::Refused { .. })));
    world.guardrail.reload(policies(ALLOW)).await.unwrap();
    assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1);
}

#[requires_approval(policy = "deploy", skip(body))]
async fn scale(body: &Body, replicas: u32) -> Result<u32, Error> {
    let _ = replicas;
    body.run().await
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_deed_is_refused_on_record() {
    let world = World::new(ALLOW).await;
    let call = |replicas| {
        let body = Arc::clone(&world.body);
        key().scope(world.guardrail.scope(async move { scale(&body, replicas).await }))
    };
    assert_eq!(call(3).await.unwrap(), 1);
    let first = world.log().read(Sequence::new(2), 1).await.unwrap()[0].id();
    let error = call(4).await.unwrap_err();
    assert!(matches!(error, Error::KeyReused { request } if request == first), "{error:?}");
    world.check(&["requested", "started", "completed", "requested"], 1).await;
    let last = world.log().read(Sequence::new(5), 1).await.unwrap();
    match last[0].event() {
        AuditEvent::Requested(refused) => {
            assert!(matches!(&refused.verdict, Verdict::Deny { reason } if reason.contains("key")));
        }
        other => panic!("{other:?}"),
    }
    // The same key for another action, agent or environment is another key.
    assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1);
    assert_eq!(world.spawn_in(key().agent("other-bot")).await.unwrap().unwrap(), 1);
}

#[requires_approval(policy = "deploy", skip(body), redact(token))]
async fn login(body: &Body, token: &str) -> Result<u32, Error> {
    let _ = token;
    body.run().await
}

#[tokio::test(start_paused = true)]
async fn a_hidden_argument_is_the_same_deed_again() {
    let world = World::new(ALLOW).await;
    let call = |token: &'static str| {
        let body = Arc::clone(&world.body);
        key().scope(world.guardrail.scope(async move { login(&body, token).await }))
    };
    assert_eq!(call("hunter2").await.unwrap(), 1);
    let again = call("hunter2").await;
    assert!(matches!(again, Err(Error::AlreadyExecuted { .. })), "{again:?}");
    let other = call("hunter3").await;
    assert!(matches!(other, Err(Error::KeyReused { .. })), "{other:?}");
    assert_eq!(world.body.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_that_look_like_credentials_are_still_two_keys() {
    let world = World::new(ALLOW).await;
    for key in
        ["ghp_012345678901234567890123456789abcdef", "ghp_fedcba987654321098765432109876543210"]
    {
        assert_eq!(world.spawn_in(Context::new().key(key)).await.unwrap().unwrap(), 1);
        for record in world.log().read(Sequence::START, 100).await.unwrap() {
            assert!(!record.line().contains(key));
        }
    }
    assert_eq!(world.body.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_one_call_waits_the_request_stays() {
    let world = World::new(ASK).await;
    let (first, second) = (world.spawn_in(key()), world.spawn_in(key()));
    let id = world.pending().await;
    tokio::time::sleep(SECOND).await;
    // The one that made the request goes; the other still waits for it.
    first.abort();
    tokio::time::sleep(SECOND).await;
    world.check(&["requested"], 0).await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(second.await.unwrap().unwrap(), 1);
    assert_eq!(world.body.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn when_all_calls_are_gone_it_is_withdrawn_once() {
    let world = World::new(ASK).await;
    let calls: Vec<_> = (0..4).map(|_| world.spawn_in(key())).collect();
    world.pending().await;
    tokio::time::sleep(SECOND).await;
    for call in &calls {
        call.abort();
    }
    tokio::time::sleep(SECOND).await;
    world.check(&["requested", "withdrawn"], 0).await;
    check_again(&world, 0, |error| matches!(error, Error::Withdrawn { .. })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_go_at_the_same_moment_withdraw_it() {
    for _ in 0..50 {
        let world = World::new(ASK).await;
        let calls: Vec<_> = (0..4).map(|_| world.spawn_in(key())).collect();
        world.pending().await;
        for call in &calls {
            call.abort();
        }
        let withdrawn = tokio::time::timeout(60 * SECOND, world.until("withdrawn")).await;
        assert!(withdrawn.is_ok(), "nobody waits, and it is not withdrawn");
        assert_eq!(world.body.runs(), 0);
    }
}

/// Of two calls one is still coming: it has not heard whether the request is on record.
#[tokio::test(start_paused = true)]
async fn one_that_goes_while_it_comes_leaves_nothing_behind() {
    for made_by_it in [false, true] {
        for comes_goes_first in [false, true] {
            let log = PausingLog::new(MemoryLog::new());
            let world = World::over(ASK, Arc::clone(&log)).await;
            let (waits, comes);
            if made_by_it {
                let stop = log.stop(Place::Append("requested", When::After));
                comes = world.spawn_in(key());
                stop.reached().await;
                log.forget(&stop);
                waits = world.spawn_in(key());
                tokio::time::sleep(SECOND).await;
            } else {
                waits = world.spawn_in(key());
                world.pending().await;
                let stop = log.stop(Place::Append("requested", When::Before));
                comes = world.spawn_in(key());
                stop.reached().await;
            }
            let (first, last) = if comes_goes_first { (comes, waits) } else { (waits, comes) };
            first.abort();
            tokio::time::sleep(10 * SECOND).await;
            if comes_goes_first {
                // The other still waits for it.
                world.check(&["requested"], 0).await;
            }
            last.abort();
            tokio::time::sleep(10 * SECOND).await;
            world.check(&["requested", "withdrawn"], 0).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_of_another_process_is_not_withdrawn() {
    let log = Arc::new(MemoryLog::new());
    let (one, two) =
        (World::over(ASK, Arc::clone(&log)).await, World::over(ASK, Arc::clone(&log)).await);
    let waits = one.spawn_in(key());
    let id = one.pending().await;
    let gone = two.spawn_in(key());
    tokio::time::sleep(SECOND).await;
    gone.abort();
    tokio::time::sleep(SECOND).await;
    one.check(&["requested"], 0).await;
    let _counted = approve(&one, id, "bob").await;
    assert_eq!(waits.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_does_not_withdraw_what_another_waits_for() {
    for trouble in [Trouble::Error(down()), Trouble::Hang] {
        let log = Arc::new(FaultyLog::new(MemoryLog::new()));
        let world = World::over(ASK, Arc::clone(&log)).await;
        let waits = world.spawn_in(key());
        let id = world.pending().await;
        log.at(Call::Append, 1, When::Before, trouble);
        let failed = world.spawn_in(key()).await.unwrap();
        assert!(matches!(failed, Err(Error::Unavailable { .. })), "{failed:?}");
        tokio::time::sleep(10 * SECOND).await;
        world.check(&["requested"], 0).await;
        let _counted = approve(&world, id, "bob").await;
        assert_eq!(waits.await.unwrap().unwrap(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_at_its_first_append_does_not_withdraw_what_another_waits_for() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, Arc::clone(&log)).await;
    let waits = world.spawn_in(key());
    let id = world.pending().await;
    let stop = log.stop(Place::Append("requested", When::Before));
    let gone = world.spawn_in(key());
    stop.reached().await;
    gone.abort();
    stop.open();
    tokio::time::sleep(10 * SECOND).await;
    world.check(&["requested"], 0).await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(waits.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_append_that_lands_after_its_call_is_gone_is_ended() {
    for (deploy, last) in [(ASK, "withdrawn"), (ALLOW, "aborted")] {
        for context in [key(), Context::new()] {
            for late in [SECOND / 2, 8 * SECOND] {
                let world = World::over(deploy, LateLog::new(late)).await;
                let call = world.spawn_in(context.clone());
                tokio::time::sleep(SECOND / 4).await;
                call.abort();
                tokio::time::sleep(10 * SECOND + 8 * late).await;
                let story = crate::support::story(&**world.log()).await;
                assert_eq!(story.last().map(String::as_str), Some(last), "{story:?}");
                assert_eq!(world.body.runs(), 0);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_the_key_finds_its_request() {
    let log = Arc::new(MemoryLog::new());
    let before = World::over(ASK, Arc::clone(&log)).await;
    // A process that is gone withdraws nothing: its call never ends.
    std::mem::forget(before.spawn_in(key()));
    let id = before.pending().await;
    let after = Guardrail::builder()
        .agent("deploy-bot")
        .policies(policies(ASK))
        .audit_log(log)
        .approver(Scripted::new("desk", End::Stay))
        .build();
    let after = World::of(after.await.unwrap());
    let call = after.spawn_in(key());
    tokio::time::sleep(SECOND).await;
    assert_eq!(after.pending().await, id);
    call.abort();
}

fn down() -> guardrail::audit::Error {
    guardrail::audit::Error::storage("test log", "append", "the disk is gone")
}
