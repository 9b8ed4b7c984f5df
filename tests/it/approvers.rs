//! Approvers come and go: who leaves is on record, the last to leave denies, and one settles for all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::gate::Builder;
use guardrail::{
    Cast, Error, Guardrail, Identity, MemoryLog, MockApprover, Review, State, Vote, VoteRefusal,
};

use crate::support::{
    Captured, End, PausingLog, Place, Scripted, Voter, World, approve, cast, policies,
};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const SECOND: Duration = Duration::from_secs(1);

async fn asked_by(approvers: &[&Scripted]) -> World {
    World::built(ASK, |builder| {
        let builder = builder.audit_log(MemoryLog::new());
        approvers.iter().fold(builder, |builder, approver| builder.approver((*approver).clone()))
    })
    .await
}

/// The call is denied by nobody, at once, because nobody can be reached.
async fn check_unreachable(world: &World, story: &[&str]) {
    let before = world.log().now();
    match world.call().await {
        Err(Error::Denied { person: None, reason: Some(reason), .. }) => {
            assert_eq!(&*reason, "no approver could be reached");
        }
        other => panic!("{other:?}"),
    }
    assert!(world.log().now().since(before) < SECOND, "at once");
    world.check(story, 0).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_to_leave_denies() {
    for end in [End::Ok, End::Err, End::Panic] {
        let world = asked_by(&[&Scripted::new("desk", end)]).await;
        check_unreachable(&world, &["requested", "approver_left", "denied"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn all_may_leave_at_once() {
    let ends = [End::Panic, End::Ok, End::Err];
    let channels = ["a", "b", "c"];
    let approvers: Vec<Scripted> =
        channels.iter().zip(ends).map(|(channel, end)| Scripted::new(channel, end)).collect();
    let world = asked_by(&approvers.iter().collect::<Vec<_>>()).await;
    let story = ["requested", "approver_left", "approver_left", "approver_left", "denied"];
    check_unreachable(&world, &story).await;
}

#[tokio::test(start_paused = true)]
async fn with_no_approver_at_all_it_is_denied() {
    let built = Guardrail::builder().policies(policies(r#"effect = "allow""#));
    let world = World::of(built.audit_log(MemoryLog::new()).build().await.unwrap());
    world.guardrail.reload(policies(ASK)).await.unwrap();
    check_unreachable(&world, &["requested", "denied"]).await;
}

/// Says how the request stands that it begins with.
#[derive(Clone, Debug, Default)]
struct Begins(Arc<Mutex<Vec<State>>>);

#[async_trait]
impl Approver for Begins {
    fn channel(&self) -> &str {
        "late"
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        self.0.lock().unwrap().push(review.request().recorded_state());
        review.settled().await.map(|_| ())
    }
}

/// Would catch an approver that begins with a request that is settled, and shows what asks nobody.
#[tokio::test(start_paused = true)]
async fn one_that_is_slow_to_begin_begins_where_it_was_asked() {
    let late = Begins::default();
    let begun = Arc::clone(&late.0);
    let fast = MockApprover::approving().as_person("bob");
    let built = |b: Builder| b.audit_log(MemoryLog::new()).approver(fast).approver(late);
    let world = World::built(ASK, built).await;
    assert_eq!(world.call().await.unwrap(), 1);
    assert_eq!(*begun.lock().unwrap(), [State::Pending]);
}

/// Would catch a call that hears of it only by the log, which may be late.
#[tokio::test(start_paused = true)]
async fn whoever_waits_hears_from_who_leaves() {
    for asked in [vec![End::Ok], vec![End::Err, End::Panic], vec![]] {
        let log = PausingLog::new(MemoryLog::new());
        // The log tells nobody that a request has moved.
        log.stop(Place::Changed);
        let built = Guardrail::builder().policies(policies(r#"effect = "allow""#));
        let channels = ["a", "b"];
        let builder = channels
            .into_iter()
            .zip(asked)
            .fold(built, |builder, (channel, end)| builder.approver(Scripted::new(channel, end)));
        let world = World::of(builder.audit_log(log).build().await.unwrap());
        world.guardrail.reload(policies(ASK)).await.unwrap();
        let call = tokio::time::timeout(SECOND, world.call()).await;
        assert!(matches!(call, Ok(Err(Error::Denied { person: None, .. }))), "{call:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn while_one_stays_the_request_stays() {
    for end in [End::Ok, End::Err, End::Panic] {
        let (leaves, stays) = (Scripted::new("a", end), Scripted::new("b", End::Stay));
        let world = asked_by(&[&leaves, &stays]).await;
        let call = world.spawn();
        world.until("approver_left").await;
        let id = world.pending().await;
        let _counted = approve(&world, id, "bob").await;
        assert_eq!(call.await.unwrap().unwrap(), 1);
        let story = ["requested", "approver_left", "posted", "voted", "approved", "started"];
        world.check(&[&story[..], &["completed"]].concat(), 1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_settles_it_and_the_others_hear() {
    let first = Voter::new("slack", "bob", SECOND);
    let second = Voter::new("teams", "carol", 2 * SECOND);
    let world = World::built(ASK, |builder| {
        let builder = builder.audit_log(MemoryLog::new());
        builder.approver(first.clone()).approver(second.clone())
    })
    .await;
    assert_eq!(world.call().await.unwrap(), 1);
    tokio::time::sleep(10 * SECOND).await;
    let late = Cast::Refused(VoteRefusal::NotPending(State::Completed));
    assert_eq!(*second.casts.lock().unwrap(), [late]);
    for voter in [&first, &second] {
        assert_eq!(voter.heard.lock().unwrap().last(), Some(&State::Completed));
    }
    assert_eq!(world.body.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_does_not_end_the_approver() {
    let approver = Voter::new("slack", "bob", 5 * SECOND);
    let world =
        World::built(ASK, |builder| builder.audit_log(MemoryLog::new()).approver(approver.clone()))
            .await;
    let gone = tokio::time::timeout(SECOND, world.call()).await;
    assert!(gone.is_err());
    tokio::time::sleep(10 * SECOND).await;
    let late = Cast::Refused(VoteRefusal::NotPending(State::Withdrawn));
    assert_eq!(*approver.casts.lock().unwrap(), [late]);
    world.check(&["requested", "posted", "withdrawn", "vote_refused"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_approver_that_hangs_is_dropped_after_its_grace() {
    let approver = Scripted::new("desk", End::Hang);
    let world = asked_by(&[&approver]).await;
    let call = world.spawn();
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(call.await.unwrap().unwrap(), 1);
    tokio::time::sleep(29 * SECOND).await;
    assert_eq!(approver.under_way(), 1, "it has 30 seconds");
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(approver.under_way(), 0, "and not more");
}

#[tokio::test(start_paused = true)]
async fn an_approver_that_hangs_is_dropped_when_the_time_is_up() {
    let approver = Scripted::new("desk", End::Hang);
    let world = asked_by(&[&approver]).await;
    assert!(matches!(world.call().await, Err(Error::Expired { .. })));
    tokio::time::sleep(31 * SECOND).await;
    assert_eq!(approver.under_way(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_strangers_vote_takes_no_channel_down() {
    let approver = MockApprover::approving().as_person("mallory");
    let world =
        World::built(ASK, |builder| builder.audit_log(MemoryLog::new()).approver(approver.clone()))
            .await;
    let call = world.spawn();
    world.until("vote_refused").await;
    assert_eq!(approver.casts(), [Cast::Refused(VoteRefusal::Unlinked)]);
    let id = world.pending().await;
    let stranger = cast(&world, id, |seen| Vote::deny(Identity::new("slack", "T0/U0"), seen)).await;
    assert_eq!(stranger, Cast::Refused(VoteRefusal::Unlinked));
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(call.await.unwrap().unwrap(), 1);
    let refused = ["requested", "posted", "vote_refused", "posted", "vote_refused"];
    let story = [&refused[..], &["posted", "voted", "approved", "started", "completed"]].concat();
    world.check(&story, 1).await;
}

/// Would catch a test that hangs over its mock, and is not told why.
#[tokio::test(start_paused = true)]
async fn a_mocks_refused_vote_is_told() {
    let policy = format!("{ASK}\nreason_required = [\"approve\"]");
    let built = async |mock: MockApprover| {
        World::built(&policy, |builder| builder.audit_log(MemoryLog::new()).approver(mock)).await
    };
    let captured = Captured::new();
    let mock = MockApprover::approving().as_person("bob");
    let world = built(mock.clone()).await;
    assert!(matches!(world.call().await, Err(Error::Expired { .. })));
    assert_eq!(mock.casts(), [Cast::Refused(VoteRefusal::NoReason)]);
    let said = captured.said();
    let told = said.lines().find(|line| line.contains("the vote of a mock was refused")).unwrap();
    for part in ["deploy", "bob", "asks for a reason"] {
        assert!(told.contains(part), "{told}");
    }
    let captured = Captured::new();
    let world = built(mock.because("plan checked")).await;
    assert_eq!(world.call().await.unwrap(), 1);
    assert!(!captured.said().contains("was refused"), "{}", captured.said());
}

#[tokio::test(start_paused = true)]
async fn a_vote_comes_through_another_process() {
    let log = Arc::new(MemoryLog::new());
    let world = World::over(ASK, Arc::clone(&log)).await;
    let call = world.spawn();
    let id = world.pending().await;
    let other = Guardrail::builder()
        .policies(policies(ASK))
        .audit_log(log)
        .approver(Scripted::new("desk", End::Stay))
        .build();
    let other = World::of(other.await.unwrap());
    let _counted = approve(&other, id, "bob").await;
    assert_eq!(call.await.unwrap().unwrap(), 1);
    assert_eq!((world.body.runs(), other.body.runs()), (1, 0));
}
