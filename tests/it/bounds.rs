//! Whatever comes in, what waits and what is on record stays bounded.

use guardrail::desk::Limits;
use guardrail::model::TEXT_LIMIT;
use guardrail::{
    AuditEvent, Cast, Context, Error, Identity, MemoryLog, Receipt, RequestId, Vote, VoteRefusal,
};

use crate::support::{End, Scripted, World, approve, cast};

const TWO: &str = "approvers = [\"group:sre\"]\napprovals = 2";

async fn limited(change: impl FnOnce(&mut Limits)) -> World {
    let mut limits = Limits::default();
    change(&mut limits);
    World::built(TWO, |builder| {
        let asked = Scripted::new("desk", End::Stay);
        builder.audit_log(MemoryLog::new()).approver(asked).limits(limits)
    })
    .await
}

async fn open(world: &World) -> Vec<RequestId> {
    world.log().open(None, 100_000).await.unwrap()
}

/// Lets all tasks go on until none can.
async fn settle() {
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
}

/// One more call of this agent is refused at once, on record, and may be tried again later.
async fn check_full(world: &World, agent: &str, what: &str) {
    let before = open(world).await.len();
    let error = world.spawn_in(Context::new().agent(agent)).await.unwrap().unwrap_err();
    let Error::TooMany { request, .. } = &error else { panic!("{error:?}") };
    assert!(error.to_string().contains(what), "{error}");
    assert!(error.is_retryable());
    let review = world.guardrail.review(*request, "web").await.unwrap();
    assert_eq!(review.request().recorded_state(), guardrail::State::Refused, "it is on record");
    assert_eq!(open(world).await.len(), before);
    assert_eq!(world.body.runs(), 0);
}

#[test]
fn the_bounds_are_what_the_documentation_says() {
    let limits = Limits::default();
    assert_eq!((limits.pending_per_agent, limits.pending), (100, 10_000));
    assert_eq!((limits.refused_votes_per_person, limits.refused_votes), (32, 256));
    assert_eq!(limits.notes, 1024);
}

#[tokio::test(start_paused = true)]
async fn an_agent_has_a_hundred_requests_pending() {
    let world = limited(|_| ()).await;
    let calls: Vec<_> = (0..100).map(|_| world.spawn_in(Context::new().agent("greedy"))).collect();
    settle().await;
    assert_eq!(open(&world).await.len(), 100);
    check_full(&world, "greedy", "at most 100").await;
    // Another agent has its own, and a place is free when a call is gone.
    drop(world.spawn_in(Context::new().agent("modest")));
    settle().await;
    assert_eq!(open(&world).await.len(), 101);
    calls[0].abort();
    settle().await;
    drop(world.spawn_in(Context::new().agent("greedy")));
    settle().await;
    assert_eq!(open(&world).await.len(), 101);
    check_full(&world, "greedy", "at most 100").await;
}

#[tokio::test(start_paused = true)]
async fn all_agents_together_are_bounded() {
    let world = limited(|limits| limits.pending = 30).await;
    for agent in 0..30 {
        drop(world.spawn_in(Context::new().agent(format!("agent-{agent}"))));
    }
    settle().await;
    assert_eq!(open(&world).await.len(), 30);
    check_full(&world, "one-more", "at most 30").await;
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_when_its_request_is_decided() {
    let world = limited(|limits| limits.pending_per_agent = 1).await;
    for _ in 0..3 {
        let call = world.spawn();
        let id = world.pending().await;
        let _counted = cast(&world, id, |seen| Vote::deny(Identity::person("bob"), seen)).await;
        assert!(matches!(call.await.unwrap(), Err(Error::Denied { .. })));
    }
    // And while a body runs, its request waits for nobody.
    let world = limited(|limits| limits.pending_per_agent = 1).await.doing(std::future::pending);
    for runs in 1..=3 {
        drop(world.spawn());
        let id = loop {
            settle().await;
            let open = open(&world).await;
            if open.len() == runs {
                break open[runs - 1];
            }
        };
        for person in ["bob", "carol"] {
            let _counted = approve(&world, id, person).await;
        }
        settle().await;
        assert_eq!(world.body.runs() as usize, runs);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_with_one_key_take_one_place() {
    let world = limited(|limits| limits.pending_per_agent = 1).await;
    let calls: Vec<_> = (0..50).map(|_| world.spawn_in(Context::new().key("k"))).collect();
    settle().await;
    assert_eq!(open(&world).await.len(), 1);
    assert!(calls.iter().all(|call| !call.is_finished()));
    check_full(&world, "deploy-bot", "at most 1").await;
}

async fn refused(world: &World, id: RequestId) -> usize {
    let records = world.log().stream(id, guardrail::Version::START).await.unwrap();
    let refused = |event: &AuditEvent| matches!(event, AuditEvent::VoteRefused { .. });
    records.iter().filter(|record| refused(record.event())).count()
}

#[tokio::test(start_paused = true)]
async fn refused_votes_of_one_person_are_bounded_under_all_names() {
    let world = limited(|_| ()).await;
    drop(world.spawn());
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let seen =
        guardrail::Seen::partly(review.request().intent().digest(), review.show("").await.unwrap());
    let aliases = [
        Identity::person("bob"),
        Identity::new("slack", "T0CORP/U0BOB"),
        Identity::new("web", "bob"),
    ];
    for nth in 0..100 {
        let vote = Vote::approve(aliases[nth % 3].clone(), seen);
        assert_eq!(review.cast(vote).await.unwrap(), Cast::Refused(VoteRefusal::NotWhole));
    }
    assert_eq!(refused(&world, id).await, 32);
    // Others are heard, and so is he once he has seen it all.
    let nobody = Identity::new("web", "mallory");
    let _ = review.cast(Vote::approve(nobody, seen)).await.unwrap();
    assert_eq!(refused(&world, id).await, 33);
    assert!(matches!(approve(&world, id, "bob").await, Cast::Counted(_)));
}

#[tokio::test(start_paused = true)]
async fn refused_votes_of_all_are_bounded() {
    let world = limited(|_| ()).await;
    let call = world.spawn();
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let seen =
        guardrail::Seen::whole(review.request().intent().digest(), review.show("").await.unwrap());
    for nth in 0..400 {
        let stranger = Identity::new("web", &format!("mallory-{nth}"));
        let cast = review.cast(Vote::deny(stranger, seen)).await.unwrap();
        assert_eq!(cast, Cast::Refused(VoteRefusal::Unlinked));
    }
    assert_eq!(refused(&world, id).await, 256);
    for person in ["bob", "carol"] {
        assert!(matches!(approve(&world, id, person).await, Cast::Counted(_)));
    }
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn notes_are_bounded_in_number_and_length() {
    let world = limited(|limits| limits.notes = 20).await;
    drop(world.spawn());
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let long = "ä".repeat(1_000_000);
    let mut noted = 0;
    while review.comment(Identity::person("bob"), &long).await.is_ok() {
        noted += 1;
        assert!(noted < 1000, "without end");
    }
    assert_eq!(noted, 19, "with the request itself they are 20");
    for record in world.log().stream(id, guardrail::Version::START).await.unwrap() {
        assert!(record.line().len() < 8 * TEXT_LIMIT, "{}", record.line().len());
    }
    let receipt = Receipt::new("x".repeat(Receipt::LIMIT + 1), &review.nonce().unwrap());
    assert!(review.posted(receipt).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_vote_says_no_more_than_fits() {
    let world = limited(|_| ()).await;
    drop(world.spawn());
    let id = world.pending().await;
    let long = "no ".repeat(1_000_000);
    let vote = |seen| Vote::deny(Identity::person("bob"), seen).because(long);
    assert!(matches!(cast(&world, id, vote).await, Cast::Counted(_)));
    for record in world.log().stream(id, guardrail::Version::START).await.unwrap() {
        assert!(record.line().len() < 4 * TEXT_LIMIT, "{}", record.line().len());
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_agent_says_is_bounded() {
    let world = limited(|_| ()).await;
    let long = "x".repeat(1_000_000);
    let contexts = [
        Context::new().session(&long),
        Context::new().key(&long),
        Context::new().model(&long),
        Context::new().agent(&long),
        Context::new().on_behalf_of(&long),
        Context::new().delegated_by(&long),
        (0..100).fold(Context::new(), |context, _| context.delegated_by("a")),
    ];
    for context in contexts {
        let error = world.spawn_in(context).await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().len() < 2000, "{}", error.to_string().len());
    }
    drop(world.spawn_in(Context::new().reason(&long)));
    world.pending().await;
    for record in world.log().read(guardrail::Sequence::START, 100).await.unwrap() {
        assert!(record.line().len() < 16 * 1024, "{}", record.line().len());
    }
}
