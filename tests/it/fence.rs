//! Where others may have taken a process for gone, nothing it has started before begins, and what it
//! says of a body that ran has no place on record any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use guardrail::audit::{Append, Tenure};
use guardrail::desk::Error as DeskError;
use guardrail::{
    AuditEvent, AuditLog, Context, Error, InContext, Intent, MemoryLog, Permit, RequestId, State,
    Version, requires_approval,
};
use guardrail_conformance::When;
use serde::{Serialize, Serializer};

use crate::support::{Body, PausingLog, Place, World, approve, policies};

type Log = Arc<PausingLog<MemoryLog>>;

const ALLOW: &str = r#"effect = "allow""#;
const RETRY: &str = "approvers = [\"group:sre\"]\nretry = \"idempotent\"";
const LATER: Option<Tenure> = Some(Tenure::new(1));

async fn world(deploy: &str) -> (World, Log) {
    let log = PausingLog::new(MemoryLog::new());
    (World::over(deploy, Arc::clone(&log)).await, log)
}

async fn permit(world: &World) -> Permit {
    world.guardrail.authorize(Intent::builder("refund").policy("deploy")).await.unwrap()
}

async fn run(permit: Permit, body: &Body) -> Result<u32, Error> {
    permit.run(body.run()).await
}

async fn started(log: &Log) -> RequestId {
    log.open(None, 1).await.unwrap()[0]
}

/// Another process has taken this one for gone.
async fn take_for_gone(log: &Log) {
    let id = started(log).await;
    let version = log.stream(id, Version::START).await.unwrap().len() as u64;
    let unknown = AuditEvent::Unknown { why: "the process that started it is gone".into() };
    log.append(&Append::new(id, Version::new(version), vec![unknown])).await.unwrap();
}

fn is_silent(ended: &Result<u32, Error>) -> bool {
    matches!(ended, Err(Error::Lapsed { why, .. }) if why.contains("taken"))
}

/// Would catch a permit held for longer than others wait.
#[tokio::test(start_paused = true)]
async fn a_permit_held_too_long_does_not_run() {
    for tenure in [None, LATER] {
        let (world, log) = world(ALLOW).await;
        let permit = permit(&world).await;
        log.set_tenure(tenure);
        let ended = run(permit, &world.body).await;
        assert!(is_silent(&ended), "{tenure:?}: {ended:?}");
        world.check(&["requested", "started", "aborted"], 0).await;
    }
}

/// Would catch a second end on record behind that of others.
#[tokio::test(start_paused = true)]
async fn what_others_have_recorded_stays() {
    let (world, log) = world(ALLOW).await;
    let permit = permit(&world).await;
    take_for_gone(&log).await;
    log.set_tenure(LATER);
    let ended = run(permit, &world.body).await;
    assert!(is_silent(&ended), "{ended:?}");
    world.check(&["requested", "started", "unknown"], 0).await;
}

/// Others let it begin again, and it runs there alone.
#[tokio::test(start_paused = true)]
async fn what_begins_elsewhere_does_not_run_here() {
    let (world, log) = world(RETRY).await;
    let guardrail = world.guardrail.clone();
    let intent = || Intent::builder("refund").policy("deploy").key("k");
    let held = tokio::spawn(async move { guardrail.authorize(intent()).await.unwrap() });
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    let held = held.await.unwrap();
    take_for_gone(&log).await;
    log.set_tenure(LATER);
    let again = world.guardrail.authorize(intent()).await.unwrap();
    let ended = run(held, &world.body).await;
    assert!(is_silent(&ended), "{ended:?}");
    assert_eq!(run(again, &world.body).await.unwrap(), 1);
    let story = ["requested", "posted", "voted", "approved", "started", "unknown", "retried"];
    world.check(&[&story[..], &["completed"]].concat(), 1).await;
}

/// An argument that takes as long to be looked at as others wait.
#[derive(Debug)]
struct Slow(Log, AtomicU32);

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The second capture is the one behind the start.
        if self.1.fetch_add(1, Ordering::SeqCst) > 0 {
            self.0.set_tenure(LATER);
        }
        serializer.serialize_str("slow")
    }
}

#[requires_approval(policy = "deploy", skip(body))]
async fn slow(body: &Body, argument: Slow) -> Result<u32, Error> {
    let _ = argument;
    body.run().await
}

/// Would catch a fence that guards permits only.
#[tokio::test(start_paused = true)]
async fn a_guarded_function_does_not_run_either() {
    let (world, log) = world(ALLOW).await;
    let argument = Slow(Arc::clone(&log), AtomicU32::new(0));
    let ended = world.guardrail.scope(slow(&world.body, argument)).await;
    assert!(is_silent(&ended), "{ended:?}");
    world.check(&["requested", "started", "aborted"], 0).await;
}

/// A start that reaches the log across a silence is looked up: it runs where it is still its own.
#[tokio::test(start_paused = true)]
async fn a_start_written_across_a_silence_is_looked_up() {
    for deploy in [ALLOW, RETRY] {
        for is_taken in [false, true] {
            let (world, log) = world(deploy).await;
            log.set_tenure(None);
            let stop = log.stop(Place::Append("started", When::After));
            let call = tokio::spawn(Context::new().key("k").scope(world.call()).in_context());
            if deploy == RETRY {
                let id = world.pending().await;
                let _counted = approve(&world, id, "bob").await;
            }
            stop.reached().await;
            if is_taken {
                take_for_gone(&log).await;
            }
            log.set_tenure(LATER);
            stop.open();
            let ended = call.await.unwrap();
            assert_eq!((ended.is_ok(), world.body.runs()), (!is_taken, u32::from(!is_taken)));
            world.until(if is_taken { "unknown" } else { "completed" }).await;
        }
    }
}

/// Would catch a start that is believed in while others, who have listed it, record that it is lost.
#[tokio::test(start_paused = true)]
async fn a_start_written_across_a_silence_is_not_taken_from_a_list_of_before() {
    let (world, log) = world(ALLOW).await;
    let world = world.doing(|| async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        Ok(1)
    });
    log.set_tenure(None);
    let stop = log.stop(Place::Append("started", When::After));
    let call = tokio::spawn(world.call().in_context());
    stop.reached().await;
    log.seems_orphaned(started(&log).await, Version::new(2));
    let listed = log.stop(Place::Orphaned);
    let other = tokio::spawn(World::over(ALLOW, Arc::clone(&log)));
    listed.reached().await;
    log.set_tenure(LATER);
    stop.open();
    world.until("attended").await;
    listed.open();
    other.await.unwrap();
    assert_eq!(call.await.unwrap().unwrap(), 1);
    world.check(&["requested", "started", "attended", "completed"], 1).await;
}

/// Would catch a start that is judged before its note is written, and not behind it.
#[tokio::test(start_paused = true)]
async fn a_start_written_across_a_silence_holds_under_the_policies_of_now() {
    let (world, log) = world(ALLOW).await;
    log.set_tenure(None);
    let started = log.stop(Place::Append("started", When::After));
    let attended = log.stop(Place::Append("attended", When::After));
    let call = tokio::spawn(world.call().in_context());
    started.reached().await;
    log.set_tenure(LATER);
    started.open();
    attended.reached().await;
    world.guardrail.reload(policies(r#"effect = "deny""#)).await.unwrap();
    attended.open();
    assert!(matches!(call.await.unwrap(), Err(Error::Lapsed { .. })));
    world.check(&["requested", "started", "attended", "aborted"], 0).await;
}

/// Would catch a process that starts while nobody hears of it.
#[tokio::test(start_paused = true)]
async fn who_is_not_heard_of_starts_nothing() {
    let (world, log) = world(ALLOW).await;
    log.set_tenure(None);
    let ended = world.call().await;
    assert!(is_silent(&ended), "{ended:?}");
    world.check(&["requested", "started", "aborted"], 0).await;
}

/// A body whose process is taken for gone while it runs: whoever called it hears that its end is not
/// on record.
#[tokio::test(start_paused = true)]
async fn an_end_that_comes_too_late_is_not_on_record() {
    for well in [true, false] {
        let (world, log) = world(ALLOW).await;
        let there = Arc::clone(&log);
        let world = world.doing(move || {
            let log = Arc::clone(&there);
            async move {
                take_for_gone(&log).await;
                if well { Ok(1) } else { Err(Error::NoGuardrail) }
            }
        });
        let guarded = world.call().await;
        world.check(&["requested", "started", "unknown"], 1).await;
        let by_hand = run(permit(&world).await, &world.body).await;
        for ended in [guarded, by_hand] {
            match ended {
                Err(Error::NoGuardrail) => assert!(!well),
                Err(Error::Unrecorded { source, .. }) if well => {
                    let overtaken = matches!(*source, DeskError::Overtaken { state, .. } if state == State::Unknown);
                    assert!(overtaken, "{source:?}");
                }
                other => panic!("{well}: {other:?}"),
            }
        }
    }
}
