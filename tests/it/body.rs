//! How a body ends is on record: well, in an error, in a panic, or nobody knows.

use std::sync::Arc;
use std::time::Duration;

use guardrail::audit::Error as LogError;
use guardrail::model::IntentError;
use guardrail::{Error, InContext, MemoryLog};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{World, deploy};

const ALLOW: &str = r#"effect = "allow""#;

/// The log of a call that ran once ends like this.
async fn check(world: &World, end: &str) {
    world.until(end).await;
    world.check(&["requested", "started", end], 1).await;
}

fn own_error() -> Error {
    Error::Withdrawn { request: guardrail::RequestId::LOG }
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_body_is_failed() {
    let world = World::new(ALLOW).await.doing(async || Err(own_error()));
    let ended = world.call().await;
    assert!(matches!(ended, Err(Error::Withdrawn { .. })), "its own error: {ended:?}");
    check(&world, "failed").await;
    assert!(!panicked(&world).await);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_body_is_failed() {
    let world = World::new(ALLOW).await.doing(async || panic!("the body exploded"));
    assert!(world.spawn().await.unwrap_err().is_panic());
    check(&world, "failed").await;
    assert!(panicked(&world).await);
}

async fn panicked(world: &World) -> bool {
    let records = world.log().read(guardrail::Sequence::START, 100).await.unwrap();
    match records.last().unwrap().event() {
        guardrail::AuditEvent::Failed { panicked } => *panicked,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_is_unknown() {
    let world = World::new(ALLOW).await.doing(std::future::pending);
    let ended = tokio::time::timeout(Duration::from_secs(1), world.call()).await;
    assert!(ended.is_err());
    check(&world, "unknown").await;
}

/// The log fails from the moment the body begins.
async fn unrecorded(trouble: Trouble, body_ends: fn() -> Result<u32, Error>) -> Result<u32, Error> {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let breaking = Arc::clone(&log);
    let world = World::over(ALLOW, Arc::clone(&log)).await.doing(move || {
        breaking.always(Call::Append, When::Before, trouble.clone());
        async move { body_ends() }
    });
    let before = tokio::time::Instant::now();
    let ended = world.call().await;
    assert!(before.elapsed() <= Duration::from_secs(6), "bounded: {:?}", before.elapsed());
    world.check(&["requested", "started"], 1).await;
    ended
}

fn down() -> LogError {
    LogError::storage("test log", "append", "the disk is gone")
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_recorded_replaces_a_good_end() {
    for trouble in [Trouble::Error(down()), Trouble::Hang] {
        let ended = unrecorded(trouble, || Ok(7)).await;
        let Err(error @ Error::Unrecorded { .. }) = ended else { panic!("{ended:?}") };
        let said = error.to_string();
        assert!(said.contains("the action was performed"), "{said}");
        assert!(!said.contains("not performed"), "{said}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_recorded_does_not_replace_an_error() {
    for trouble in [Trouble::Error(down()), Trouble::Hang] {
        let ended = unrecorded(trouble, || Err(own_error())).await;
        assert!(matches!(ended, Err(Error::Withdrawn { .. })), "{ended:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_tried_until_the_log_is_back() {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let breaking = Arc::clone(&log);
    let world = World::over(ALLOW, Arc::clone(&log)).await.doing(move || {
        for nth in 1..=5 {
            breaking.at(Call::Append, nth, When::Before, Trouble::Error(down()));
        }
        async { Ok(1) }
    });
    assert_eq!(world.call().await.unwrap(), 1);
    check(&world, "completed").await;
}

#[tokio::test(start_paused = true)]
async fn a_spawned_call_meets_its_guardrail_only_in_context() {
    let world = World::new(ALLOW).await;
    let body = Arc::clone(&world.body);
    let (without, with) = world
        .guardrail
        .scope(async {
            let call = |body: Arc<_>| async move { deploy(&body, "eu-1").await };
            let without = tokio::spawn(call(Arc::clone(&body)));
            let with = tokio::spawn(call(Arc::clone(&body)).in_context());
            (without.await.unwrap(), with.await.unwrap())
        })
        .await;
    assert!(matches!(without, Err(Error::NoGuardrail)), "{without:?}");
    assert_eq!(with.unwrap(), 1);
    check(&world, "completed").await;
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_bodys_own_that_looks_like_ours_is_no_refusal() {
    let world = World::new(ALLOW).await.doing(async || {
        Err(Error::Invalid {
            request: guardrail::RequestId::LOG,
            source: Arc::new(IntentError::Missing("thing")),
        })
    });
    assert!(world.call().await.is_err());
    check(&world, "failed").await;
}
