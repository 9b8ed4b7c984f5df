//! A start that was not allowed is found, however well the log is sealed.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::events;
use guardrail_core::audit::{Fault, NotAllowed};
use guardrail_core::model::{
    AuditEvent, Choice, Digest, Intent, IntentBuilder, PersonId, Posted, Sequence, State, Tally,
    Verdict, Version, Voted,
};

use super::story::{Timed, ask, id, inspect, life, seal_timed, story};

/// What is found in a log whose second request has these events.
fn found(events: Vec<AuditEvent>) -> Result<Option<u64>, (Sequence, Fault)> {
    found_after(events, std::iter::repeat(Duration::ZERO))
}

/// The same where so much time passes before each of them.
fn found_after(
    events: Vec<AuditEvent>,
    waits: impl IntoIterator<Item = Duration>,
) -> Result<Option<u64>, (Sequence, Fault)> {
    let mut story: Vec<Timed> = story(7).into_iter().map(|entry| (Duration::ZERO, entry)).collect();
    for ((event, version), wait) in events.into_iter().zip(0..).zip(waits) {
        story.push((wait, (id(77), Version::new(version), event)));
    }
    let report = inspect(seal_timed(1, &story), &[]);
    report.map(|report| report.starts).map_err(|error| (error.sequence, error.why))
}

fn at(sequence: u64, why: NotAllowed) -> Result<Option<u64>, (Sequence, Fault)> {
    Err((Sequence::new(sequence), Fault::Start(why)))
}

/// A life with one vote changed.
fn voted(change: impl FnOnce(&mut Voted)) -> Vec<AuditEvent> {
    let mut life = life(ask(), |digest| digest);
    let AuditEvent::Voted(vote) = &mut life[2] else { panic!("no vote") };
    change(std::sync::Arc::make_mut(vote));
    life
}

#[test]
fn an_approved_start_and_an_allowed_one_are_allowed() {
    assert_eq!(found(life(ask(), |digest| digest)), Ok(Some(2)));
    let mut allowed = life(Verdict::Allow, |digest| digest);
    allowed.drain(1..4);
    assert_eq!(found(allowed), Ok(Some(2)));
    let mut denied = life(ask(), |digest| digest);
    denied.truncate(2);
    denied.push(AuditEvent::Denied { by: None, reason: None });
    assert_eq!(found(denied), Ok(Some(1)));
}

#[test]
fn a_start_of_another_digest_is_found() {
    let other = life(ask(), |_| Digest::of(b"another deed"));
    assert_eq!(found(other), at(12, NotAllowed::Digest));
}

#[test]
fn a_vote_on_something_else_is_found() {
    let other = voted(|vote| vote.digest = Digest::of(b"another deed"));
    assert_eq!(found(other), at(12, NotAllowed::Vote));
    assert_eq!(found(voted(|vote| vote.whole = false)), at(12, NotAllowed::Vote));
}

#[test]
fn votes_that_are_too_few_are_found() {
    let mut none = life(ask(), |digest| digest);
    none.remove(2);
    assert_eq!(found(none), at(11, NotAllowed::Votes));
    let stranger = voted(|vote| vote.person = PersonId::new("mallory").unwrap());
    assert_eq!(found(stranger), at(12, NotAllowed::Votes));
    // One person twice is one person.
    let mut requirement = serde_json::to_value(events::requirement().unwrap()).unwrap();
    requirement["stages"][0]["approvals"] = 2.into();
    requirement["stages"][0]["people"] = serde_json::json!(["alice", "bob"]);
    let two = Verdict::Ask(Arc::new(serde_json::from_value(requirement).unwrap()));
    let mut twice = life(two, |digest| digest);
    let again = Digest::of(b"another nonce");
    twice.insert(3, shown(&twice[1], again));
    twice.insert(4, spending(&twice[2], again));
    assert_eq!(found(twice), at(14, NotAllowed::Votes));
}

/// A life whose policy asks this as well.
fn asking(what: &str, value: serde_json::Value) -> Vec<AuditEvent> {
    let mut requirement = serde_json::to_value(events::requirement().unwrap()).unwrap();
    requirement[what] = value;
    let requirement = serde_json::from_value(requirement).unwrap();
    life(Verdict::Ask(Arc::new(requirement)), |digest| digest)
}

/// The same life for another intent.
fn of(intent: Intent, mut life: Vec<AuditEvent>) -> Vec<AuditEvent> {
    let asked = intent.digest();
    for event in &mut life {
        match event {
            AuditEvent::Requested(requested) => {
                Arc::make_mut(requested).intent = intent.clone();
            }
            AuditEvent::Voted(vote) => Arc::make_mut(vote).digest = asked,
            AuditEvent::Started { digest, .. } => *digest = asked,
            _ => {}
        }
    }
    life
}

#[test]
fn a_vote_of_the_requesting_side_is_found() {
    let intent = || Intent::builder("refund").policy("refunds");
    let with = |intent: IntentBuilder| of(intent.build().unwrap(), life(ask(), |digest| digest));
    for person in ["alice", "Alice", "person:alice"] {
        let own = with(intent().agent("deploy-bot").on_behalf_of(person));
        assert_eq!(found(own), at(12, NotAllowed::RequestingSide), "{person}");
    }
    let agent = with(intent().agent("agent:alice"));
    assert_eq!(found(agent), at(12, NotAllowed::RequestingSide));
    let other = with(intent().agent("deploy-bot").on_behalf_of("bob"));
    assert_eq!(found(other), Ok(Some(2)));
}

#[test]
fn what_a_policy_asks_of_call_and_votes_is_held_against_them() {
    let required = || asking("requester_required", true.into());
    assert_eq!(found(required()), at(12, NotAllowed::Requester));
    let bob = Intent::builder("refund").policy("refunds").agent("deploy-bot").on_behalf_of("bob");
    assert_eq!(found(of(bob.build().unwrap(), required())), Ok(Some(2)));
    let mut reasoned = asking("reason_required", serde_json::json!(["approve"]));
    assert_eq!(found(reasoned.clone()), at(12, NotAllowed::Reason));
    let AuditEvent::Voted(vote) = &mut reasoned[2] else { panic!("no vote") };
    Arc::make_mut(vote).reason = Some("plan checked".into());
    assert_eq!(found(reasoned), Ok(Some(2)));
}

#[test]
fn an_approval_that_counts_otherwise_than_its_votes_is_found() {
    let mut more = life(ask(), |digest| digest);
    more[3] = AuditEvent::Approved { tally: Tally { approvals: 2, required: 1 } };
    assert_eq!(found(more), at(12, NotAllowed::Votes));
}

/// The same receipt with this nonce.
fn shown(posted: &AuditEvent, nonce: Digest) -> AuditEvent {
    let AuditEvent::Posted(posted) = posted else { panic!("no receipt") };
    AuditEvent::Posted(Arc::new(Posted { nonce, ..(**posted).clone() }))
}

/// The same vote with this nonce.
fn spending(voted: &AuditEvent, nonce: Digest) -> AuditEvent {
    let AuditEvent::Voted(vote) = voted else { panic!("no vote") };
    AuditEvent::Voted(Arc::new(Voted { nonce, ..(**vote).clone() }))
}

#[test]
fn a_vote_without_a_nonce_of_its_own_is_found() {
    assert_eq!(found(voted(|vote| vote.nonce = Digest::of(b"made up"))), at(12, NotAllowed::Nonce));
    assert_eq!(found(voted(|vote| vote.channel = "slack".into())), at(12, NotAllowed::Nonce));
    let mut twice = life(ask(), |digest| digest);
    twice.insert(3, twice[2].clone());
    assert_eq!(found(twice), at(13, NotAllowed::Nonce));
}

#[test]
fn a_vote_and_a_start_that_come_too_late_are_found() {
    let (timeout, grant) = (Duration::from_secs(900), Duration::from_secs(300));
    let tick = Duration::from_micros(1);
    let late = |before: usize, wait: Duration| {
        let waits = (0..6).map(|place| if place == before { wait } else { Duration::ZERO });
        found_after(life(ask(), |digest| digest), waits)
    };
    assert_eq!(late(2, timeout - tick), Ok(Some(2)));
    assert_eq!(late(2, timeout), at(12, NotAllowed::Late));
    assert_eq!(late(3, timeout - tick), Ok(Some(2)));
    assert_eq!(late(3, timeout), at(12, NotAllowed::Late));
    assert_eq!(late(4, grant - tick), Ok(Some(2)));
    assert_eq!(late(4, grant), at(12, NotAllowed::Late));
}

/// A life whose policy lets its body begin again, after a crash in it and up to these events.
fn again(retry: bool, events: impl IntoIterator<Item = AuditEvent>) -> Vec<AuditEvent> {
    let mut requirement = serde_json::to_value(events::requirement().unwrap()).unwrap();
    if retry {
        requirement["retry"] = "idempotent".into();
    }
    let ask = Verdict::Ask(Arc::new(serde_json::from_value(requirement).unwrap()));
    let mut life = life(ask, |digest| digest);
    life.truncate(5);
    life.extend(events);
    life
}

#[test]
fn a_body_that_begins_again_is_held_against_its_policy() {
    let AuditEvent::Started { digest, .. } = life(ask(), |digest| digest)[4] else { panic!() };
    let retried = |digest| AuditEvent::Retried { digest, call: None };
    let unknown = || AuditEvent::Unknown { why: "gone".into() };
    let once = [unknown(), retried(digest), AuditEvent::Completed];
    assert_eq!(found(again(true, once.clone())), Ok(Some(3)));
    let twice = [unknown(), retried(digest), unknown(), retried(digest), unknown()];
    assert_eq!(found(again(true, twice)), Ok(Some(4)));
    assert_eq!(found(again(false, once.clone())), at(14, NotAllowed::Retry));
    let other = [unknown(), retried(Digest::of(b"another deed"))];
    assert_eq!(found(again(true, other)), at(14, NotAllowed::Digest));
    let mut allowed = life(Verdict::Allow, |digest| digest);
    allowed.drain(1..4);
    allowed.truncate(2);
    allowed.extend([unknown(), retried(digest)]);
    assert_eq!(found(allowed), at(11, NotAllowed::Retry));
    let (grant, tick) = (Duration::from_secs(300), Duration::from_micros(1));
    let late = |wait: Duration| {
        let waits = (0..8).map(|place| if place == 6 { wait } else { Duration::ZERO });
        found_after(again(true, once.clone()), waits)
    };
    assert_eq!(late(grant - tick), Ok(Some(3)));
    assert_eq!(late(grant), at(14, NotAllowed::Retry));
    // Without an unknown outcome before it, or behind a person's word, the arrows forbid it.
    assert!(found(again(true, [retried(digest)])).is_err());
    let resolved = events::resolved(guardrail_core::model::Found::Happened).unwrap();
    assert!(found(again(true, [unknown(), resolved, retried(digest)])).is_err());
}

#[test]
fn a_vote_against_it_is_found() {
    let against = voted(|vote| vote.choice = Choice::Deny);
    assert_eq!(found(against), at(12, NotAllowed::Denied));
}

/// What the arrows between states forbid is found by them, with the place.
#[test]
fn a_start_out_of_order_is_found() {
    let step = |sequence, event: &str, state| {
        Err((Sequence::new(sequence), Fault::Step { event: event.into(), state }))
    };
    let mut unapproved = life(ask(), |digest| digest);
    unapproved.remove(3);
    assert_eq!(found(unapproved), step(11, "started", State::Pending));
    let mut denied = life(ask(), |digest| digest);
    denied[3] = AuditEvent::Denied { by: None, reason: None };
    assert_eq!(found(denied), step(12, "started", State::Denied));
    let mut twice = life(ask(), |digest| digest);
    twice.insert(5, twice[4].clone());
    assert_eq!(found(twice), step(13, "started", State::Started));
    let refused = life(Verdict::Deny { reason: "no".into() }, |digest| digest);
    assert_eq!(found(refused), step(10, "voted", State::Refused));
    assert!(found(vec![events::started()]).is_err());
}
