//! A call goes away before it has had anybody asked, and others with its key wait for its request: people
//! are asked for them.

use std::sync::Arc;
use std::time::Duration;

use guardrail::{Context, MemoryLog};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{End, LateLog, PausingLog, Place, Scripted, World, approve};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const SECOND: Duration = Duration::from_secs(1);

type Log = FaultyLog<MemoryLog>;

fn key() -> Context {
    Context::new().key("one")
}

/// The log fails whatever it is asked.
fn breaks(log: &Log) {
    for call in [Call::Append, Call::Stream, Call::Changed] {
        let down = guardrail::audit::Error::storage("test log", "answer", "the disk is gone");
        log.always(call, When::Before, Trouble::Error(down));
    }
}

/// The call that has made the request goes before it hears so, and another waits for it.
async fn check(goes_wrong: impl FnOnce(&Log), then: impl AsyncFnOnce(&Log)) {
    let log = PausingLog::new(FaultyLog::new(MemoryLog::new()));
    let asked = Scripted::new("desk", End::Stay);
    let parts = (Arc::clone(&log), asked.clone());
    let world = World::built(ASK, |builder| builder.audit_log(parts.0).approver(parts.1)).await;
    let stop = log.stop(Place::Append("requested", When::After));
    let goes = world.spawn_in(key());
    stop.reached().await;
    log.forget(&stop);
    let waits = world.spawn_in(key());
    // Time is paused, here and below.
    tokio::time::sleep(SECOND).await;
    goes_wrong(log.inner());
    goes.abort();
    then(log.inner()).await;
    assert_eq!(asked.under_way(), 1, "it waits, and nobody is asked");
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(waits.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn people_are_asked_for_who_is_left_with_a_request() {
    check(|_| {}, async |_| tokio::time::sleep(10 * SECOND).await).await;
}

/// Would catch an end that is tried on, and people who are forgotten over it.
#[tokio::test(start_paused = true)]
async fn people_are_asked_once_the_log_is_back() {
    check(breaks, async |log| {
        tokio::time::sleep(20 * SECOND).await;
        log.heal();
        tokio::time::sleep(60 * SECOND).await;
    })
    .await;
}

/// Would catch a request that comes on record long after its call has gone, and that is nobody's.
#[tokio::test(start_paused = true)]
async fn people_are_asked_about_a_request_that_came_on_record_late() {
    let asked = Scripted::new("desk", End::Stay);
    let parts = (LateLog::new(8 * SECOND), asked.clone());
    let world = World::built(ASK, |builder| builder.audit_log(parts.0).approver(parts.1)).await;
    let goes = world.spawn_in(key());
    tokio::time::sleep(SECOND / 4).await;
    goes.abort();
    tokio::time::sleep(SECOND).await;
    let waits = world.spawn_in(key());
    let id = world.pending().await;
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(world.pending().await, id);
    assert!(!waits.is_finished());
    assert_eq!(asked.under_way(), 1, "it waits, and nobody is asked");
}
