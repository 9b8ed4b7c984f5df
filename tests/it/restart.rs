//! What a process that is gone has left behind is brought to where it belongs by the next one.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::audit::FileLog;
use guardrail::{Context, Error, MemoryLog, Review, State};
use tokio::runtime::Runtime;

use crate::support::{PausingLog, Place, World, approve, story};

const ASK: &str = "approvers = [\"group:sre\"]\ntimeout = \"10m\"\ngrant_ttl = \"1m\"";
const MINUTE: Duration = Duration::from_secs(60);

/// A world whose first process is gone: its calls never end.
async fn left_behind(log: Arc<MemoryLog>, context: Context) -> World {
    let world = World::over(ASK, log).await;
    std::mem::forget(world.spawn_in(context));
    world
}

#[tokio::test(start_paused = true)]
async fn what_is_overdue_is_expired() {
    let log = Arc::new(MemoryLog::new());
    let stopped = PausingLog::new(Arc::clone(&log));
    let before = World::over(ASK, Arc::clone(&stopped)).await;
    let _expired = stopped.stop(Place::Append("expired", guardrail_conformance::When::Before));
    drop(before.spawn());
    before.pending().await;
    tokio::time::advance(10 * MINUTE).await;
    let after = World::over(ASK, log).await;
    assert_eq!(story(&**after.log()).await, ["requested", "expired"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_approved_and_not_started_lapses() {
    let log = Arc::new(MemoryLog::new());
    let stopped = PausingLog::new(Arc::clone(&log));
    let before = World::over(ASK, Arc::clone(&stopped)).await;
    drop(before.spawn());
    let id = before.pending().await;
    let _never = stopped.stop(Place::Changed);
    let _counted = approve(&before, id, "bob").await;
    tokio::time::advance(MINUTE).await;
    let after = World::over(ASK, log).await;
    let lapsed = ["requested", "posted", "voted", "approved", "lapsed"];
    assert_eq!(story(&**after.log()).await, lapsed);
    assert_eq!((before.body.runs(), after.body.runs()), (0, 0));
}

/// Remembers what it is shown, and what it had already sent.
#[derive(Clone, Debug, Default)]
struct Remembers(Arc<Mutex<Vec<Vec<String>>>>);

#[async_trait]
impl Approver for Remembers {
    fn channel(&self) -> &str {
        "desk"
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        let receipts = review.receipts();
        let sent = receipts.iter().map(|receipt| receipt.reference().to_owned()).collect();
        self.0.lock().unwrap().push(sent);
        review.show("message 1").await?;
        review.settled().await.map(|_| ())
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_in_time_is_brought_to_the_approvers_again() {
    let log = Arc::new(MemoryLog::new());
    let (first, second) = (Remembers::default(), Remembers::default());
    let before =
        World::built(ASK, |builder| builder.audit_log(Arc::clone(&log)).approver(first.clone()))
            .await;
    std::mem::forget(before.spawn_in(Context::new().key("k")));
    before.until("posted").await;
    let after = World::built(ASK, |builder| builder.audit_log(log).approver(second.clone())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(*first.0.lock().unwrap(), [Vec::<String>::new()]);
    assert_eq!(*second.0.lock().unwrap(), [["message 1"]], "with its receipts");
    // A new call with the same key takes the decision.
    let call = after.spawn_in(Context::new().key("k"));
    let id = after.pending().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _counted = approve(&after, id, "bob").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let ended = call.await.unwrap();
    // One of the two calls ran; that of the first process never ends, so it may have been it.
    assert_eq!(before.body.runs() + after.body.runs(), 1, "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn an_approval_without_a_call_starts_nothing() {
    let log = Arc::new(MemoryLog::new());
    let before = left_behind(Arc::clone(&log), Context::new()).await;
    let id = before.pending().await;
    let after = World::over(ASK, log).await;
    assert_eq!(after.pending().await, id);
    assert_eq!(after.body.runs(), 0);
}

/// Runs a call until its body hangs, in a process that then is gone.
fn crash_in_the_body(folder: &Path) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let log = FileLog::open(folder).await.unwrap();
        let world = World::over(r#"effect = "allow""#, log).await.doing(std::future::pending);
        drop(world.spawn_in(Context::new().key("k")));
        world.until("started").await;
    });
    // With the runtime every task is gone, and nobody is left to say so.
    runtime.shutdown_background();
}

#[test]
fn a_crash_in_the_body_is_unknown_and_never_retried() {
    let folder = tempfile::tempdir().unwrap();
    crash_in_the_body(folder.path());
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let log = loop {
            // The lock goes with the last task of the one before.
            match FileLog::open(folder.path()).await {
                Ok(log) => break log,
                Err(guardrail::audit::Error::InUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        };
        let world = World::over(r#"effect = "allow""#, log).await;
        world.check(&["requested", "started", "unknown"], 0).await;
        let again = world.spawn_in(Context::new().key("k")).await.unwrap();
        assert!(matches!(again, Err(Error::OutcomeUnknown { .. })), "{again:?}");
        world.check(&["requested", "started", "unknown"], 0).await;
        let id = again.unwrap_err().request().unwrap();
        let review = world.guardrail.review(id, "web").await.unwrap();
        assert_eq!(review.request().recorded_state(), State::Unknown);
    });
}

#[tokio::test(start_paused = true)]
async fn an_ended_request_has_no_more_changes() {
    let log = Arc::new(MemoryLog::new());
    let world = World::over(r#"effect = "deny""#, Arc::clone(&log)).await;
    let id = world.call().await.unwrap_err().request().unwrap();
    let mut review = world.guardrail.review(id, "web").await.unwrap();
    assert!(review.changed().await.unwrap().is_none());
    assert_eq!(review.settled().await.unwrap().recorded_state(), State::Refused);
}
