//! All who wait for a request here share one wait: it goes on whoever of them goes away.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::{Decision, Identity, MemoryLog, Review, Seen, State, Vote};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::support::{End, Scripted, SteppingLog, World, approve};

const HOUR: Duration = Duration::from_secs(3600);
const ASK: &str = "approvers = [\"group:sre\"]\ntimeout = \"10m\"";

/// Hands its reviews out, waits with each for as long as it is told, and stays.
#[derive(Debug)]
struct Handing {
    reviews: mpsc::UnboundedSender<Review>,
    wait: Duration,
}

#[async_trait]
impl Approver for Handing {
    fn channel(&self) -> &str {
        "handing"
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        self.reviews.send(review.clone()).unwrap();
        let _ = tokio::time::timeout(self.wait, review.settled()).await;
        std::future::pending().await
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

async fn world(wait: Duration) -> (World, mpsc::UnboundedReceiver<Review>) {
    let (reviews, handed) = mpsc::unbounded_channel();
    let approver = Handing { reviews, wait };
    let built = World::built(ASK, |b| b.audit_log(MemoryLog::new()).approver(approver));
    (built.await, handed)
}

/// Would catch a wait that ends with the first of those who share it.
#[tokio::test(start_paused = true)]
async fn who_no_longer_waits_takes_nothing_from_the_others() {
    let (world, _handed) = world(Duration::from_secs(1)).await;
    let call = world.spawn();
    let id = world.pending().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

/// Would catch a call that goes away and takes the wait of its approvers along.
#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_leaves_the_others_waiting() {
    let (world, mut handed) = world(HOUR).await;
    let call = world.spawn();
    world.pending().await;
    let mut review = handed.recv().await.unwrap();
    call.abort();
    let settled = review.settled().await.unwrap();
    assert_eq!(settled.recorded_state(), State::Withdrawn);
}

/// Would catch a wait that only the first of those who share it moves on.
#[tokio::test(start_paused = true)]
async fn who_is_not_polled_holds_nobody_up() {
    let (world, _handed) = world(HOUR).await;
    let call = world.spawn();
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let (mut idle, mut other) = (review.clone(), review);
    let mut waits = Box::pin(idle.settled());
    assert!(poll_fn(|cx| Poll::Ready(waits.as_mut().poll(cx).is_pending())).await);
    let hears = tokio::spawn(async move { other.settled().await.cloned() });
    tokio::task::yield_now().await;
    let _counted = approve(&world, id, "bob").await;
    let heard = tokio::time::timeout(Duration::from_secs(1), hears).await.unwrap();
    assert_eq!(heard.unwrap().unwrap().decision(), Some(Decision::Approved));
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

/// Would catch a wait that rests on the timer of a runtime that nobody runs any more.
#[test]
fn in_another_runtime_its_time_is_over_all_the_same() {
    let first = runtime();
    let (mut review, call) = first.block_on(async {
        let (world, mut handed) = world(HOUR).await;
        let call = world.spawn();
        world.pending().await;
        let review = handed.recv().await.unwrap();
        tokio::task::yield_now().await;
        (review, call)
    });
    let settled = runtime().block_on(async move {
        let settled = tokio::time::timeout(HOUR, review.settled()).await.unwrap();
        settled.cloned()
    });
    assert_eq!(settled.unwrap().recorded_state(), State::Expired);
    drop((call, first));
}

/// Polls it once; it is not over.
fn poll_once(waits: &mut Pin<Box<impl Future>>) -> bool {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    waits.as_mut().poll(&mut cx).is_pending()
}

async fn settled(mut review: Review) -> Result<State, ApproverError> {
    Ok(review.settled().await?.recorded_state())
}

/// Would catch a wait that takes the timer of the runtime it was first polled in along.
#[test]
fn moved_to_another_runtime_its_time_is_over_all_the_same() {
    let runtimes = [runtime(), runtime(), runtime()];
    let [first, second, third] = &runtimes;
    let (mut waits, call) = first.block_on(async {
        let (world, mut handed) = world(HOUR).await;
        let call = world.spawn();
        world.pending().await;
        let mut waits = Box::pin(settled(handed.recv().await.unwrap()));
        assert!(poll_once(&mut waits), "with the others");
        (waits, call)
    });
    second.block_on(async { assert!(poll_once(&mut waits), "by itself") });
    let state = third.block_on(async { tokio::time::timeout(HOUR, waits).await.unwrap() });
    assert_eq!(state.unwrap(), State::Expired);
    drop(call);
}

/// Would catch a timer that is made where there is none, which panics.
#[test]
fn without_a_timer_nobody_waits() {
    let bare = Builder::new_current_thread().build().unwrap();
    let (review, call, first) = {
        let first = runtime();
        let (review, call) = first.block_on(async {
            let (world, mut handed) = world(HOUR).await;
            let call = world.spawn();
            world.pending().await;
            (handed.recv().await.unwrap(), call)
        });
        (review, call, first)
    };
    let mut outside = Box::pin(settled(review.clone()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = outside.as_mut().poll(&mut cx);
    assert!(matches!(&polled, Poll::Ready(Err(error)) if error.to_string().contains("timers")));
    let ended = bare.block_on(settled(review));
    assert!(ended.is_err_and(|error| error.to_string().contains("timers")));
    drop((call, first));
}

/// Would catch an approver that still waits at the log while it updates what it showed: its vote is
/// known here without the log.
#[tokio::test(start_paused = true)]
async fn a_decision_heard_here_leaves_nothing_waiting() {
    let (reviews, mut handed) = mpsc::unbounded_channel();
    let log = SteppingLog::new(|| {});
    let world = World::built(ASK, |b| {
        b.audit_log(Arc::clone(&log)).approver(Handing { reviews, wait: HOUR })
    });
    let world = world.await;
    let call = world.spawn();
    let review = handed.recv().await.unwrap();
    while log.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    let nonce = review.show("").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), nonce);
    let _counted = review.cast(Vote::approve(Identity::person("bob"), seen)).await.unwrap();
    assert_eq!(call.await.unwrap().unwrap(), 1);
    assert_eq!(log.waiting(), 0);
}

/// Would catch what is left at the log, and keeps the wait itself there, once a log has panicked.
#[tokio::test(start_paused = true)]
async fn a_log_that_panics_leaves_nothing_behind() {
    let panics = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&panics);
    let log = SteppingLog::new(move || assert!(!told.load(Ordering::SeqCst), "the log exploded"));
    let world = World::built(ASK, |b| {
        b.audit_log(Arc::clone(&log)).approver(Scripted::new("desk", End::Hang))
    });
    let world = world.await;
    let call = world.spawn();
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let before = log.waiting();
    panics.store(true, Ordering::SeqCst);
    let waits = tokio::spawn(settled(review.clone()));
    assert!(waits.await.unwrap_err().is_panic());
    assert_eq!(log.waiting(), before);
    panics.store(false, Ordering::SeqCst);
    let waits = tokio::spawn(settled(review));
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(waits.await.unwrap().unwrap(), State::Approved);
    call.abort();
}

/// Would catch two who leave at the same moment, each believing that the other ends the wait.
#[test]
fn who_leaves_at_the_same_moment_leaves_nothing_behind() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let log = SteppingLog::new(|| {});
        let world = World::built(ASK, |b| {
            b.audit_log(Arc::clone(&log)).approver(Scripted::new("desk", End::Hang))
        });
        let world = world.await;
        let call = world.spawn();
        let id = world.pending().await;
        let review = world.guardrail.review(id, "web").await.unwrap();
        // The call and its approver wait at the log together.
        while log.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        let rooms = Arc::new(std::sync::Barrier::new(2));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (rooms, review, log) = (Arc::clone(&rooms), review.clone(), Arc::clone(&log));
                let handle = tokio::runtime::Handle::current();
                std::thread::spawn(move || {
                    let _runtime = handle.enter();
                    for round in 0..20_000 {
                        let mut waits = Box::pin(settled(review.clone()));
                        assert!(poll_once(&mut waits));
                        rooms.wait();
                        drop(waits);
                        rooms.wait();
                        assert_eq!(log.waiting(), 1, "in round {round}");
                        rooms.wait();
                    }
                })
            })
            .collect();
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().all(|thread| thread.join().is_ok())
        });
        assert!(joined.await.unwrap());
        call.abort();
    });
}
