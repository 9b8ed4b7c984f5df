//! The log's clock judges every deadline, to the microsecond, and only ever refuses.

use std::time::Duration;

use guardrail::{Cast, Error, MemoryLog, MockApprover, State, VoteRefusal};
use guardrail_conformance::When;
use tokio::time::advance;

use crate::support::{End, PausingLog, Place, Scripted, World, approve, deny};

const ASK: &str = "approvers = [\"group:sre\"]\ntimeout = \"10m\"\ngrant_ttl = \"1m\"";
const TIMEOUT: Duration = Duration::from_secs(600);
const GRANT: Duration = Duration::from_secs(60);
const MICRO: Duration = Duration::from_micros(1);

#[tokio::test(start_paused = true)]
async fn a_vote_counts_until_the_last_microsecond() {
    let world = World::new(ASK).await;
    let call = world.spawn();
    let id = world.pending().await;
    let request = world.guardrail.review(id, "web").await.unwrap().request().clone();
    advance(request.expires().since(world.log().now()) - MICRO).await;
    let counted = approve(&world, id, "bob").await;
    assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_vote_at_the_end_is_refused() {
    for vote_late_by in [Duration::ZERO, MICRO, TIMEOUT] {
        let log = PausingLog::new(MemoryLog::new());
        let world = World::over(ASK, log.clone()).await;
        let call = world.spawn();
        let id = world.pending().await;
        // Nobody has put it on record when the vote comes.
        let stop = log.stop(Place::Append("expired", When::Before));
        let request = world.guardrail.review(id, "web").await.unwrap().request().clone();
        advance(request.expires().since(world.log().now()) + vote_late_by).await;
        assert_eq!(approve(&world, id, "bob").await, Cast::Refused(VoteRefusal::Expired));
        assert_eq!(deny(&world, id, "bob").await, Cast::Refused(VoteRefusal::Expired));
        stop.open();
        assert!(matches!(call.await.unwrap(), Err(Error::Expired { .. })));
        assert_eq!(world.body.runs(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vote_that_reaches_the_log_at_the_end_is_refused() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let call = world.spawn();
    let id = world.pending().await;
    let vote = log.stop(Place::Append("voted", When::Before));
    let expired = log.stop(Place::Append("expired", When::Before));
    let voter = world.clone();
    let cast = tokio::spawn(async move { approve(&voter, id, "bob").await });
    // Judged in time, and written when time is up.
    advance(TIMEOUT - Duration::from_secs(5)).await;
    vote.reached().await;
    advance(Duration::from_secs(5)).await;
    vote.open();
    assert_eq!(cast.await.unwrap(), Cast::Refused(VoteRefusal::Expired));
    expired.open();
    assert!(matches!(call.await.unwrap(), Err(Error::Expired { .. })));
    world.check(&["requested", "posted", "vote_refused", "expired"], 0).await;
}

/// Approved, then held for this long before the start is judged.
async fn held(grant: Duration) -> (World, Result<u32, Error>) {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let call = world.spawn();
    let id = world.pending().await;
    let stop = log.stop(Place::Changed);
    let _counted = approve(&world, id, "bob").await;
    stop.reached().await;
    advance(grant).await;
    stop.open();
    let ended = call.await.unwrap();
    (world, ended)
}

#[tokio::test(start_paused = true)]
async fn an_unused_approval_lapses() {
    let (world, ended) = held(GRANT - MICRO).await;
    assert_eq!(ended.unwrap(), 1, "in time");
    assert_eq!(world.body.runs(), 1);
    for late in [GRANT, GRANT + MICRO, 1000 * GRANT] {
        let (world, ended) = held(late).await;
        assert!(matches!(ended, Err(Error::Lapsed { .. })), "{ended:?}");
        world.check(&["requested", "posted", "voted", "approved", "lapsed"], 0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_reaches_the_log_too_late_does_not_happen() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let call = world.spawn();
    let id = world.pending().await;
    let changed = log.stop(Place::Changed);
    let start = log.stop(Place::Append("started", When::Before));
    let _counted = approve(&world, id, "bob").await;
    changed.reached().await;
    advance(GRANT - Duration::from_secs(5)).await;
    changed.open();
    start.reached().await;
    advance(Duration::from_secs(5)).await;
    start.open();
    assert!(matches!(call.await.unwrap(), Err(Error::Lapsed { .. })));
    world.check(&["requested", "posted", "voted", "approved", "lapsed"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn overdue_is_expired_for_every_reader_and_every_waiter_wakes() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let stop = log.stop(Place::Append("expired", When::Before));
    let call = world.spawn();
    let id = world.pending().await;
    let waiters: Vec<_> = ["a", "b", "c"]
        .into_iter()
        .map(|channel| {
            let guardrail = world.guardrail.clone();
            tokio::spawn(async move {
                let mut review = guardrail.review(id, channel).await.unwrap();
                review.changed().await.unwrap().unwrap().recorded_state()
            })
        })
        .collect();
    stop.reached().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    assert_eq!(review.request().recorded_state(), State::Pending, "not on record yet");
    assert_eq!(review.request().state(review.now()), State::Expired);
    stop.open();
    assert!(matches!(call.await.unwrap(), Err(Error::Expired { .. })));
    for waiter in waiters {
        assert_eq!(waiter.await.unwrap(), State::Expired);
    }
    world.check(&["requested", "expired"], 0).await;
}

/// Whoever has seen it expired does not see it end otherwise.
#[tokio::test(start_paused = true)]
async fn what_is_expired_is_not_withdrawn_later() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let call = world.spawn();
    let id = world.pending().await;
    let withdrawn = log.stop(Place::Append("withdrawn", When::Before));
    let expired = log.stop(Place::Append("expired", When::Before));
    advance(TIMEOUT - Duration::from_secs(1)).await;
    call.abort();
    withdrawn.reached().await;
    advance(Duration::from_secs(1)).await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    assert_eq!(review.request().state(review.now()), State::Expired);
    withdrawn.open();
    expired.open();
    world.until("expired").await;
    world.check(&["requested", "expired"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_expired_is_not_denied_later() {
    // The log answers within ten seconds or is out of order, so the end must be near.
    let soon = "approvers = [\"group:sre\"]\ntimeout = \"5s\"";
    let log = PausingLog::new(MemoryLog::new());
    let world = World::built(soon, |builder| {
        builder.audit_log(log.clone()).approver(Scripted::new("desk", End::Err))
    })
    .await;
    let denied = log.stop(Place::Append("denied", When::Before));
    let expired = log.stop(Place::Append("expired", When::Before));
    let call = world.spawn();
    denied.reached().await;
    advance(Duration::from_secs(5)).await;
    expired.reached().await;
    denied.open();
    expired.open();
    assert!(matches!(call.await.unwrap(), Err(Error::Expired { .. })));
    world.check(&["requested", "expired"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_time_only_refuses() {
    let world = World::built(ASK, |builder| {
        builder.audit_log(MemoryLog::new()).approver(MockApprover::silent())
    })
    .await;
    let before = world.log().now();
    assert!(
        matches!(world.call().await, Err(Error::Expired { timeout, .. }) if timeout == TIMEOUT)
    );
    assert_eq!(world.log().now().since(before).as_secs(), TIMEOUT.as_secs());
    world.check(&["requested", "expired"], 0).await;
}
