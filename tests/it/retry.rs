//! `retry = "idempotent"`: what is unknown begins again, once at a time, in time, under the same key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::audit::{Append, Inspector, inspect};
use guardrail::desk::Error as DeskError;
use guardrail::model::{IdempotencyKey, RETRIES};
use guardrail::{
    AuditEvent, Context, Error, Found, Guardrail, Identity, InContext, Intent, MemoryLog,
    RequestId, Review, State, Version, idempotency_key,
};
use guardrail_conformance::When;

use crate::support::{PausingLog, Place, World, approve, policies};

const RETRY: &str = "approvers = [\"group:sre\"]\ngrant_ttl = \"5m\"\nretry = \"idempotent\"";
const NEVER: &str = "approvers = [\"group:sre\"]\ngrant_ttl = \"5m\"";
const GRANT: Duration = Duration::from_secs(300);
const SECOND: Duration = Duration::from_secs(1);
const MICRO: Duration = Duration::from_micros(1);

const LOST: [&str; 6] = ["requested", "posted", "voted", "approved", "started", "unknown"];

fn key() -> Context {
    Context::new().key("call-1")
}

/// What the bodies of one world saw.
type Keys = Arc<Mutex<Vec<Option<IdempotencyKey>>>>;

/// A world in which the first body never ends.
async fn world(deploy: &str, log: Arc<PausingLog<MemoryLog>>) -> (World, Keys) {
    let keys = Keys::default();
    let seen = Arc::clone(&keys);
    let world = World::over(deploy, log).await.doing(move || {
        let seen = Arc::clone(&seen);
        async move {
            let is_first = {
                let mut seen = seen.lock().unwrap();
                seen.push(idempotency_key());
                seen.len() == 1
            };
            if is_first {
                std::future::pending::<()>().await;
            }
            Ok(1)
        }
    });
    (world, keys)
}

/// A call of which bob approves goes away in its body, a minute after the approval.
async fn lose(world: &World) -> RequestId {
    let call = world.spawn_in(key());
    let id = world.pending().await;
    let _counted = approve(world, id, "bob").await;
    world.until("started").await;
    tokio::time::sleep(60 * SECOND).await;
    call.abort();
    world.until("unknown").await;
    id
}

async fn lost(deploy: &str) -> (World, Keys, RequestId) {
    let (world, keys) = world(deploy, PausingLog::new(MemoryLog::new())).await;
    let id = lose(&world).await;
    (world, keys, id)
}

/// Another call with its key does not run.
async fn check_unknown(world: &World, why: &str) {
    let again = world.spawn_in(key()).await.unwrap();
    assert!(matches!(again, Err(Error::OutcomeUnknown { .. })), "{why}: {again:?}");
    world.check(&LOST, 1).await;
}

#[tokio::test(start_paused = true)]
async fn it_begins_again_under_the_same_key() {
    let (world, keys, id) = lost(RETRY).await;
    assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1);
    world.check(&[&LOST[..], &["retried", "completed"]].concat(), 2).await;
    let of_request = Some(IdempotencyKey::of(world.log().id(), id));
    assert_eq!(*keys.lock().unwrap(), [of_request, of_request]);
    let over = world.spawn_in(key()).await.unwrap();
    assert!(matches!(over, Err(Error::AlreadyExecuted { .. })), "{over:?}");
    assert!(world.guardrail.unknowns(10).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_the_policy_does_not_say_so_it_does_not() {
    let (world, ..) = lost(NEVER).await;
    check_unknown(&world, "never").await;
    // A looser policy never helps what was asked under another.
    world.guardrail.reload(policies(RETRY)).await.unwrap();
    check_unknown(&world, "the snapshot says never").await;
}

#[tokio::test(start_paused = true)]
async fn under_a_tighter_policy_it_does_not() {
    for tighter in [
        NEVER.to_owned(),
        r#"effect = "deny""#.to_owned(),
        r#"effect = "allow""#.to_owned(),
        format!("{RETRY}\napprovals = 2"),
        RETRY.replace("group:sre", "group:security"),
        RETRY.replace("5m", "30s"),
    ] {
        let (world, ..) = lost(RETRY).await;
        world.guardrail.reload(policies(&tighter)).await.unwrap();
        let again = world.spawn_in(key()).await.unwrap();
        let refused = matches!(&again, Err(Error::OutcomeUnknown { .. } | Error::Refused { .. }));
        assert!(refused, "{tighter}: {again:?}");
        assert_eq!(world.body.runs(), 1, "{tighter}");
    }
}

#[tokio::test(start_paused = true)]
async fn under_a_policy_tightened_while_it_is_written_it_does_not() {
    for when in [When::Before, When::After] {
        let log = PausingLog::new(MemoryLog::new());
        let (world, _) = world(RETRY, Arc::clone(&log)).await;
        lose(&world).await;
        let stop = log.stop(Place::Append("retried", when));
        let again = world.spawn_in(key());
        stop.reached().await;
        world.guardrail.reload(policies(NEVER)).await.unwrap();
        stop.open();
        let again = again.await.unwrap();
        assert!(again.is_err() && world.body.runs() == 1, "{again:?}");
        // What the first run came to is still not known.
        assert_eq!(world.guardrail.unknowns(10).await.unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn only_as_long_as_the_approval_would_last() {
    for (late, runs) in [(MICRO, 2), (Duration::ZERO, 1)] {
        let (world, _, id) = lost(RETRY).await;
        let review = world.guardrail.review(id, "web").await.unwrap();
        let until = review.request().decided().unwrap().after(GRANT);
        tokio::time::advance(until.since(world.log().now()) - late).await;
        let again = world.spawn_in(key()).await.unwrap();
        assert_eq!((again.is_ok(), world.body.runs()), (runs == 2, runs), "{again:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_judges_the_time_in_the_append() {
    let log = PausingLog::new(MemoryLog::new());
    let (world, _) = world(RETRY, Arc::clone(&log)).await;
    lose(&world).await;
    let stop = log.stop(Place::Append("retried", When::Before));
    // Judged 5 seconds before the end, and written at the end.
    tokio::time::advance(GRANT - 66 * SECOND).await;
    let again = world.spawn_in(key());
    stop.reached().await;
    tokio::time::advance(6 * SECOND).await;
    stop.open();
    let again = again.await.unwrap();
    assert!(matches!(again, Err(Error::OutcomeUnknown { .. })), "{again:?}");
    world.check(&LOST, 1).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_person_has_looked_into_does_not_begin_again() {
    let (world, _, id) = lost(RETRY).await;
    let bob = Identity::person("bob");
    world.guardrail.resolve(id, 1, &bob, Found::DidNotHappen, "I looked").await.unwrap();
    let again = world.spawn_in(key()).await.unwrap();
    assert!(matches!(again, Err(Error::Resolved { .. })), "{again:?}");
    assert_eq!(world.body.runs(), 1);
}

/// Would catch a sweep that takes the start of a living process for the one it had listed.
#[tokio::test(start_paused = true)]
async fn one_that_begins_again_while_others_look_is_left_alone() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(RETRY, Arc::clone(&log)).await.doing(std::future::pending);
    let call = world.spawn_in(key());
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    world.until("started").await;
    log.seems_orphaned(id, Version::new(5));
    let stop = log.stop(Place::Orphaned);
    let other = tokio::spawn(World::over(RETRY, Arc::clone(&log)));
    stop.reached().await;
    call.abort();
    world.until("unknown").await;
    let again = world.spawn_in(key());
    world.until("retried").await;
    stop.open();
    other.await.unwrap();
    world.check(&[&LOST[..], &["retried"]].concat(), 2).await;
    again.abort();
}

/// Would catch a word on the first start that is taken for one on the second.
#[tokio::test(start_paused = true)]
async fn a_person_says_which_start_they_looked_at() {
    let (world, id) = lost_again(2).await;
    let bob = Identity::person("bob");
    let resolve = |start| world.guardrail.resolve(id, start, &bob, Found::DidNotHappen, "I looked");
    let unknown = world.guardrail.unknowns(10).await.unwrap();
    assert_eq!(unknown.iter().map(|request| request.start()).collect::<Vec<_>>(), [2]);
    for other in [0, 1, 3] {
        let refused = resolve(other).await;
        assert!(matches!(refused, Err(DeskError::OtherStart { last: 2, .. })), "{refused:?}");
    }
    resolve(2).await.unwrap();
}

/// Would catch a body that takes its process along for as long as the approval lasts.
#[tokio::test(start_paused = true)]
async fn it_begins_again_three_times_and_then_a_person_looks() {
    let starts = 1 + RETRIES;
    let (world, id) = lost_again(starts).await;
    let again = world.spawn_in(key()).await.unwrap();
    assert!(matches!(again, Err(Error::OutcomeUnknown { .. })), "{again:?}");
    assert_eq!(world.body.runs(), starts);
    // Nor does anybody who writes the log by another hand.
    let request = world.guardrail.review(id, "web").await.unwrap().request().clone();
    let retried = AuditEvent::Retried { digest: request.intent().digest(), call: None };
    let mut beyond = request.clone();
    assert!(beyond.apply(world.log().now(), &retried).is_err());
    world.log().append(&Append::new(id, request.version(), vec![retried])).await.unwrap();
    let inspected = inspect(&**world.log(), Inspector::new().complete()).await;
    assert!(inspected.is_err(), "{inspected:?}");
}

/// A world in which the last of so many starts was lost like those before it.
async fn lost_again(starts: u32) -> (World, RequestId) {
    let world = World::new(RETRY).await.doing(std::future::pending);
    let id = lose(&world).await;
    for start in 2..=starts {
        let call = world.spawn_in(key());
        tokio::time::sleep(SECOND).await;
        assert_eq!(world.body.runs(), start);
        call.abort();
        tokio::time::sleep(SECOND).await;
    }
    (world, id)
}

/// A channel that shows how requests stand.
#[derive(Clone, Debug, Default)]
struct Board(Arc<Mutex<Vec<State>>>);

#[async_trait]
impl Approver for Board {
    fn channel(&self) -> &str {
        "board"
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        if review.receipts().is_empty() {
            review.show("a card").await?;
        }
        self.0.lock().unwrap().push(review.request().recorded_state());
        while let Some(request) = review.changed().await? {
            let state = request.recorded_state();
            self.0.lock().unwrap().push(state);
        }
        Ok(())
    }
}

/// Would catch a message that says for good that nobody knows.
#[tokio::test(start_paused = true)]
async fn channels_hear_what_came_after_unknown() {
    for is_retried in [true, false] {
        let board = Board::default();
        let shown = board.clone();
        let world = World::built(RETRY, |b| b.audit_log(MemoryLog::new()).approver(shown)).await;
        let lost = Arc::new(AtomicBool::new(false));
        let world = world.doing(move || {
            let is_first = !lost.swap(true, Ordering::SeqCst);
            async move {
                if is_first {
                    std::future::pending::<()>().await;
                }
                Ok(1)
            }
        });
        let id = lose(&world).await;
        // Its review is over by now: that has 30 seconds behind the approval.
        assert_eq!(board.0.lock().unwrap().last(), Some(&State::Started));
        if is_retried {
            assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1);
        } else {
            let bob = Identity::person("bob");
            world.guardrail.resolve(id, 1, &bob, Found::Happened, "I looked").await.unwrap();
        }
        tokio::time::sleep(SECOND).await;
        let after = if is_retried { State::Completed } else { State::Resolved };
        assert_eq!(board.0.lock().unwrap().last(), Some(&after));
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_calls_one_begins_it_again() {
    let (world, ..) = lost(RETRY).await;
    let calls: Vec<_> = (0..16).map(|_| world.spawn_in(key())).collect();
    let mut ran = 0;
    for call in calls {
        ran += u32::from(call.await.unwrap().is_ok());
    }
    assert_eq!((ran, world.body.runs()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn one_that_goes_away_before_its_body_leaves_it_unknown() {
    for when in [When::Before, When::After] {
        let log = PausingLog::new(MemoryLog::new());
        let (world, _) = world(RETRY, Arc::clone(&log)).await;
        let id = lose(&world).await;
        let stop = log.stop(Place::Append("retried", when));
        let again = world.spawn_in(key());
        stop.reached().await;
        again.abort();
        stop.open();
        tokio::time::sleep(10 * SECOND).await;
        let unknown = world.guardrail.unknowns(10).await.unwrap();
        assert_eq!(unknown.first().map(|request| request.id()), Some(id), "{when:?}");
        assert_eq!(world.body.runs(), 1);
        assert_eq!(world.spawn_in(key()).await.unwrap().unwrap(), 1, "and another call begins it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_is_there_in_a_body_and_nowhere_else() {
    let guardrail = Guardrail::for_tests(guardrail::MockApprover::approving());
    assert_eq!(idempotency_key(), None);
    let permit = async |name: &str| {
        let intent = Intent::builder(name).policy("any").build().unwrap();
        guardrail.authorize(intent).await.unwrap()
    };
    let (outer, inner) = (permit("outer").await, permit("inner").await);
    let body = async {
        let key = idempotency_key();
        tokio::task::yield_now().await;
        assert_eq!(idempotency_key(), key, "it stays");
        let within = inner.run(async { Ok::<_, Error>(idempotency_key()) }).await?;
        assert!(key.is_some() && within.is_some() && key != within, "each has its own");
        assert_eq!(idempotency_key(), key, "and it comes back");
        let spawned = tokio::spawn(async { idempotency_key() }.in_context()).await.unwrap();
        assert_eq!(spawned, None, "what is spawned is outside");
        Ok::<_, Error>(())
    };
    outer.run(body).await.unwrap();
    assert_eq!(idempotency_key(), None);
}
