//! All who wait for a request here share one wait: it goes on whoever of them goes away.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::{Decision, MemoryLog, Review, State};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::support::{World, approve};

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
