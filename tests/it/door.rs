//! A channel hears people also where no review of its own runs, through the door it was given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::model::RequestId as Id;
use guardrail::{
    AuditLog, Cast, Context, Door, Identity, MemoryLog, Review, Seen, State, Vote, VoteRefusal,
};
use guardrail_conformance::When;

use crate::support::{PausingLog, Place, World, approve, story};

const ASK: &str = "approvers = [\"group:sre\"]\ntimeout = \"10m\"";
const MINUTE: Duration = Duration::from_secs(60);

/// Keeps its door, and what it was called for.
#[derive(Clone, Debug, Default)]
struct Porter {
    door: Arc<Mutex<Vec<Door>>>,
    /// The state each review came with, and whether the door was there by then.
    reviews: Arc<Mutex<Vec<(State, bool)>>>,
    reference: &'static str,
}

impl Porter {
    fn door(&self) -> Door {
        let doors = self.door.lock().unwrap();
        assert_eq!(doors.len(), 1, "attached once");
        doors[0].clone()
    }
}

#[async_trait]
impl Approver for Porter {
    fn channel(&self) -> &str {
        "porter"
    }

    fn attach(&self, door: Door) {
        self.door.lock().unwrap().push(door);
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        let attached = !self.door.lock().unwrap().is_empty();
        self.reviews.lock().unwrap().push((review.request().recorded_state(), attached));
        if review.request().recorded_state() == State::Pending {
            review.show(self.reference).await?;
        }
        review.settled().await.map(|_| ())
    }
}

#[tokio::test]
async fn a_vote_through_the_door_counts() {
    let porter = Porter::default();
    let world = World::built(ASK, |b| b.audit_log(MemoryLog::new()).approver(porter.clone())).await;
    let call = world.spawn();
    let id = world.pending().await;
    let review = porter.door().review(id).await.unwrap().unwrap();
    assert_eq!(review.channel(), "porter");
    let nonce = review.show("").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), nonce);
    let cast = review.cast(Vote::approve(Identity::person("bob"), seen)).await.unwrap();
    assert!(matches!(cast, Cast::Counted(_)), "{cast:?}");
    call.await.unwrap().unwrap();
    assert_eq!(*porter.reviews.lock().unwrap(), [(State::Pending, true)], "attached before");
}

#[tokio::test]
async fn the_door_leads_nowhere_else() {
    let porter = Porter::default();
    let world = World::built(ASK, |b| b.audit_log(MemoryLog::new()).approver(porter.clone())).await;
    let door = porter.door();
    let nobody = Id::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap();
    assert!(door.review(nobody).await.unwrap().is_none());
    assert!(door.review(Id::LOG).await.unwrap().is_none());
    assert!(door.is_open());
    drop(world);
    assert!(!door.is_open(), "it keeps no guardrail alive");
}

#[tokio::test]
async fn who_may_vote_is_known_before_they_do() {
    let porter = Porter::default();
    let world = World::built(ASK, |b| b.audit_log(MemoryLog::new()).approver(porter.clone())).await;
    let call = world.spawn_in(Context::new().on_behalf_of("alice"));
    let id = world.pending().await;
    let mut review = porter.door().review(id).await.unwrap().unwrap();
    let voter = |review: &Review, name: &str| review.voter(&Identity::person(name));
    assert_eq!(voter(&review, "bob").unwrap().as_str(), "bob");
    assert_eq!(voter(&review, "alice"), Err(VoteRefusal::RequestingSide));
    assert_eq!(review.voter(&Identity::new("slack", "T0/U0")), Err(VoteRefusal::Unlinked));
    let _counted = approve(&world, id, "bob").await;
    call.await.unwrap().unwrap();
    assert_eq!(review.current().await.unwrap().recorded_state(), State::Completed);
    assert_eq!(voter(&review, "bob"), Err(VoteRefusal::NotPending(State::Completed)));
}

#[tokio::test(start_paused = true)]
async fn what_ended_unattended_is_told_to_whom_once_showed_it() {
    for (reference, told) in [("message 1", true), ("", false)] {
        let log = Arc::new(MemoryLog::new());
        let stopped = PausingLog::new(Arc::clone(&log));
        let first = Porter { reference, ..Porter::default() };
        let before =
            World::built(ASK, |b| b.audit_log(Arc::clone(&stopped)).approver(first.clone())).await;
        std::mem::forget(before.spawn());
        before.until("posted").await;
        let _never = stopped.stop(Place::Append("expired", When::Before));
        tokio::time::advance(20 * MINUTE).await;
        let second = Porter::default();
        let after =
            World::built(ASK, |b| b.audit_log(Arc::clone(&log)).approver(second.clone())).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(story(&*log as &dyn AuditLog).await, ["requested", "posted", "expired"]);
        let reviews = second.reviews.lock().unwrap().clone();
        let expected = if told { vec![(State::Expired, true)] } else { Vec::new() };
        assert_eq!(reviews, expected, "{reference}");
        drop(after);
    }
}
