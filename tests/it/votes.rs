//! The one function every vote passes: each of its checks, and what a refused vote leaves behind.

use guardrail::audit::AuditRecord;
use guardrail::model::Choice;
use guardrail::view::conversation;
use guardrail::{
    AuditEvent, Cast, Context, Digest, Guardrail, Identity, Nonce, Receipt, RequestId, Review,
    Seen, Sequence, State, Version, Vote, VoteRefusal,
};
use guardrail_sql::SqliteLog;

use crate::support::{World, approve, cast};

const TWO: &str = "approvers = [\"group:sre\"]\napprovals = 2";

/// A world in which two are asked, and the request that waits.
async fn waiting(deploy: &str) -> (World, RequestId) {
    let world = World::new(deploy).await;
    drop(world.spawn());
    let id = world.pending().await;
    (world, id)
}

fn person(name: &str) -> Identity {
    Identity::person(name)
}

async fn review(guardrail: &Guardrail, id: RequestId, channel: &str) -> Review {
    guardrail.review(id, channel).await.unwrap()
}

/// The vote is refused for this reason, on record, and the request waits as before.
async fn check(world: &World, id: RequestId, cast: Cast, why: VoteRefusal) {
    assert_eq!(cast, Cast::Refused(why.clone()));
    let records = world.log().stream(id, Version::START).await.unwrap();
    match records.last().unwrap().event() {
        AuditEvent::VoteRefused { why: recorded, .. } => assert_eq!(*recorded, why),
        other => panic!("{other:?}"),
    }
    let request = review(&world.guardrail, id, "web").await;
    assert_eq!(request.request().recorded_state(), State::Pending);
    assert_eq!(world.body.runs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_vote_on_another_digest_is_refused() {
    let (world, id) = waiting(TWO).await;
    let other = Digest::of(b"something else");
    for choice in [Vote::approve, Vote::deny] {
        let review = review(&world.guardrail, id, "web").await;
        let seen = Seen::whole(other, review.show("").await.unwrap());
        let cast = review.cast(choice(person("bob"), seen)).await.unwrap();
        check(&world, id, cast, VoteRefusal::OtherDigest).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_approval_of_a_part_is_refused_and_a_denial_counts() {
    let (world, id) = waiting(TWO).await;
    let review = review(&world.guardrail, id, "web").await;
    let digest = review.request().intent().digest();
    let partly = Seen::partly(digest, review.show("").await.unwrap());
    let cast = review.cast(Vote::approve(person("bob"), partly)).await.unwrap();
    check(&world, id, cast, VoteRefusal::NotWhole).await;
    let cast = review.cast(Vote::deny(person("bob"), partly)).await.unwrap();
    assert!(matches!(cast, Cast::Counted(_)), "{cast:?}");
}

#[tokio::test(start_paused = true)]
async fn a_nonce_nobody_showed_is_refused() {
    let (world, id) = waiting(TWO).await;
    let review = review(&world.guardrail, id, "web").await;
    let digest = review.request().intent().digest();
    let unposted = review.nonce().unwrap();
    let guessed = Nonce::parse("00000000000000000000000000000000").unwrap();
    for nonce in [unposted, guessed] {
        let vote = Vote::approve(person("bob"), Seen::whole(digest, nonce));
        let cast = review.cast(vote).await.unwrap();
        check(&world, id, cast, VoteRefusal::UnknownNonce).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_nonce_of_another_channel_or_request_is_refused() {
    let (world, id) = waiting(TWO).await;
    let slack = review(&world.guardrail, id, "slack").await;
    let digest = slack.request().intent().digest();
    let elsewhere = slack.show("").await.unwrap();
    // A second request for the very same deed.
    drop(world.spawn());
    let second = loop {
        tokio::task::yield_now().await;
        let open = world.log().open(Some(id), 1).await.unwrap();
        if let Some(second) = open.first() {
            break *second;
        }
    };
    let foreign = review(&world.guardrail, second, "web").await.show("").await.unwrap();
    let web = review(&world.guardrail, id, "web").await;
    for nonce in [elsewhere, foreign] {
        let vote = Vote::approve(person("bob"), Seen::whole(digest, nonce));
        check(&world, id, web.cast(vote).await.unwrap(), VoteRefusal::UnknownNonce).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_nonce_carries_one_vote() {
    let (world, id) = waiting(TWO).await;
    let review = review(&world.guardrail, id, "web").await;
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.unwrap());
    let first = review.cast(Vote::approve(person("bob"), seen)).await.unwrap();
    assert!(matches!(first, Cast::Counted(_)), "{first:?}");
    let cast = review.cast(Vote::approve(person("carol"), seen)).await.unwrap();
    check(&world, id, cast, VoteRefusal::SpentNonce).await;
}

#[tokio::test(start_paused = true)]
async fn an_unlinked_account_is_nobody() {
    let (world, id) = waiting(TWO).await;
    let nobody = [
        person("mallory"),
        person("BOB"),
        person("bob "),
        person("bob@example.com"),
        Identity::new("slack", "T0CORP/U0NOBODY"),
        Identity::new("slack", "U0BOB"),
        Identity::new("web", "T0CORP/U0BOB"),
        Identity::new("SLACK", "T0CORP/U0BOB"),
        Identity::new("", ""),
        Identity::new("person", &"b".repeat(10_000)),
    ];
    for identity in nobody {
        let cast = cast(&world, id, |seen| Vote::approve(identity, seen)).await;
        check(&world, id, cast, VoteRefusal::Unlinked).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_left_and_who_is_no_human_does_not_vote() {
    let (world, id) = waiting(TWO).await;
    check(&world, id, approve(&world, id, "gone").await, VoteRefusal::Inactive).await;
    check(&world, id, approve(&world, id, "deploy-bot").await, VoteRefusal::NotHuman).await;
}

#[tokio::test(start_paused = true)]
async fn one_person_votes_once_under_whatever_name() {
    let (world, id) = waiting(TWO).await;
    let first = approve(&world, id, "bob").await;
    assert!(matches!(first, Cast::Counted(tally) if !tally.is_complete()), "{first:?}");
    let aliases =
        [person("bob"), Identity::new("slack", "T0CORP/U0BOB"), Identity::new("web", "bob")];
    for alias in aliases {
        for channel in ["web", "slack", "terminal"] {
            let review = review(&world.guardrail, id, channel).await;
            let digest = review.request().intent().digest();
            let seen = Seen::whole(digest, review.show("").await.unwrap());
            let cast = review.cast(Vote::approve(alias.clone(), seen)).await.unwrap();
            check(&world, id, cast, VoteRefusal::AlreadyVoted).await;
        }
    }
}

/// Bob, to whom a channel came by this account in Slack.
fn bob_by(account: &str) -> Identity {
    person("bob").by_account(Identity::new("slack", account))
}

#[tokio::test]
async fn the_account_that_voted_is_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
    let world = World::over(TWO, log).await;
    let call = world.spawn();
    let id = world.pending().await;
    let refused = cast(&world, id, |seen| Vote::approve(bob_by("T0CORP/U0ALICE"), seen)).await;
    assert_eq!(refused, Cast::Refused(VoteRefusal::Unlinked));
    let counted = cast(&world, id, |seen| Vote::approve(bob_by("T0CORP/U0BOB2"), seen)).await;
    assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
    let _counted = approve(&world, id, "carol").await;
    assert_eq!(call.await.unwrap().unwrap(), 1);
    let records = world.log().read(Sequence::START, 100).await.unwrap();
    let said = |name: &str| records.iter().filter(|it| it.event().name() == name).collect();
    let (votes, refused): (Vec<_>, Vec<_>) = (said("voted"), said("vote_refused"));
    let account = |id: &str| format!(r#","account":{{"realm":"slack","subject":"T0CORP/{id}"}}}}"#);
    let bob = r#""identity":{"realm":"person","subject":"bob""#.to_owned();
    assert!(votes[0].line().contains(&(bob + &account("U0BOB2"))), "{}", votes[0].line());
    assert!(!votes[1].line().contains("account"), "{}", votes[1].line());
    assert!(refused[0].line().contains(&account("U0ALICE")), "{}", refused[0].line());
    for record in [&votes[..], &refused[..]].concat() {
        let read = AuditRecord::parse(record.line()).unwrap();
        assert_eq!(format!("{:?}", read.event()), format!("{:?}", record.event()));
    }
    let told = conversation(records.iter().map(|record| guardrail::view::Entry {
        time: record.time(),
        id: record.id(),
        event: record.event(),
    }));
    assert!(told.contains("bob on the web as slack:T0CORP/U0BOB2  approves\n"), "{told}");
    assert!(told.contains("person:bob on the web as slack:T0CORP/U0ALICE  tried"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_cannot_be_theirs_does_not_vote() {
    let (world, id) = waiting(TWO).await;
    let long = "x".repeat(Identity::LIMIT + 1);
    for account in ["T0CORP/U0ALICE", &long] {
        for choice in [Vote::approve, Vote::deny] {
            let cast = cast(&world, id, |seen| choice(bob_by(account), seen)).await;
            check(&world, id, cast, VoteRefusal::Unlinked).await;
        }
    }
    // The directory says whose an identity is, and no account beside it.
    let slack = Identity::new("slack", "T0CORP/U0BOB").by_account(Identity::new("web", "bob"));
    let cast = cast(&world, id, |seen| Vote::approve(slack, seen)).await;
    check(&world, id, cast, VoteRefusal::Unlinked).await;
    for account in ["T0CORP/U0BOB", "T0CORP/U0BOB2"] {
        let review = review(&world.guardrail, id, "web").await;
        assert_eq!(review.voter(&bob_by(account)).unwrap().as_str(), "bob", "{account}");
    }
}

/// Would catch one that a hostile line makes as deep as it likes.
#[test]
fn an_account_has_no_account() {
    let account = |of: &str| format!(r#"{{"realm":"slack","subject":"T/U"{of}}}"#);
    let of = |account: &str| format!(r#","account":{account}"#);
    let read = |text: &str| serde_json::from_str::<Identity>(text).is_ok();
    assert!(read(&account("")) && read(&account(&of(&account("")))));
    assert!(!read(&account(&of(&account(&of(&account("")))))));
    let twice = bob_by("T/U").by_account(bob_by("T/V"));
    assert_eq!(twice.account().and_then(Identity::account), None);
    assert_eq!(twice.account().map(Identity::to_string).as_deref(), Some("person:bob"));
}

#[tokio::test(start_paused = true)]
async fn who_is_not_asked_does_not_vote() {
    let (world, id) = waiting(TWO).await;
    check(&world, id, approve(&world, id, "dave").await, VoteRefusal::NotEligible).await;
}

#[tokio::test(start_paused = true)]
async fn a_vote_without_the_reason_it_must_have_is_refused() {
    let asks = format!("{TWO}\nreason_required = [\"approve\", \"deny\"]");
    let (world, id) = waiting(&asks).await;
    for reason in [None, Some(""), Some(" \t\n")] {
        for choice in [Vote::approve, Vote::deny] {
            let vote = |seen| {
                let vote = choice(person("bob"), seen);
                reason.map_or(vote.clone(), |reason| vote.because(reason))
            };
            check(&world, id, cast(&world, id, vote).await, VoteRefusal::NoReason).await;
        }
    }
    let vote = |seen| Vote::deny(person("bob"), seen).because("not today");
    let counted = cast(&world, id, vote).await;
    assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
}

/// Every check stands where the design has it: a vote that breaks all is mended from the front.
#[tokio::test(start_paused = true)]
async fn the_checks_stand_in_their_order() {
    let deploy = format!("{TWO}\nreason_required = [\"approve\"]");
    let (world, id) = waiting(&deploy).await;
    let review = review(&world.guardrail, id, "web").await;
    let digest = review.request().intent().digest();
    let spent = review.show("").await.unwrap();
    let voted = Vote::approve(person("alice"), Seen::whole(digest, spent)).because("fine");
    let _counted = review.cast(voted).await.unwrap();
    let unknown = review.nonce().unwrap();
    let other = Digest::of(b"another");
    let nobody = || Identity::new("web", "nobody");
    let fresh = review.show("").await.unwrap();
    let steps = [
        (nobody(), Seen::partly(other, unknown), VoteRefusal::OtherDigest),
        (nobody(), Seen::partly(digest, unknown), VoteRefusal::NotWhole),
        (nobody(), Seen::whole(digest, unknown), VoteRefusal::UnknownNonce),
        (nobody(), Seen::whole(digest, spent), VoteRefusal::SpentNonce),
        (nobody(), Seen::whole(digest, fresh), VoteRefusal::Unlinked),
        (person("gone"), Seen::whole(digest, fresh), VoteRefusal::Inactive),
        (person("deploy-bot"), Seen::whole(digest, fresh), VoteRefusal::NotHuman),
        (person("alice"), Seen::whole(digest, fresh), VoteRefusal::AlreadyVoted),
        (person("dave"), Seen::whole(digest, fresh), VoteRefusal::NotEligible),
        (person("bob"), Seen::whole(digest, fresh), VoteRefusal::NoReason),
    ];
    for (who, seen, why) in steps {
        let cast = review.cast(Vote::approve(who, seen)).await.unwrap();
        check(&world, id, cast, why).await;
    }
    let last = Vote::approve(person("bob"), Seen::whole(digest, fresh)).because("fine");
    let cast = review.cast(last).await.unwrap();
    assert!(matches!(cast, Cast::Counted(tally) if tally.is_complete()), "{cast:?}");
}

#[tokio::test(start_paused = true)]
async fn a_decided_request_takes_no_vote() {
    let (world, id) = waiting(TWO).await;
    let denied = cast(&world, id, |seen| Vote::deny(person("bob"), seen)).await;
    assert!(matches!(denied, Cast::Counted(_)), "{denied:?}");
    let closed = VoteRefusal::NotPending(State::Denied);
    assert_eq!(approve(&world, id, "carol").await, Cast::Refused(closed));
}

#[tokio::test(start_paused = true)]
async fn a_counted_vote_says_what_was_shown() {
    let (world, id) = waiting(TWO).await;
    let review = review(&world.guardrail, id, "web").await;
    let nonce = review.nonce().unwrap();
    review.posted(Receipt::new("message 7", &nonce)).await.unwrap();
    let digest = review.request().intent().digest();
    let vote = Vote::approve(person("bob"), Seen::whole(digest, nonce)).because("plan checked");
    let _counted = review.cast(vote).await.unwrap();
    let request = self::review(&world.guardrail, id, "web").await;
    let voted = request.request().votes()[0].voted();
    assert_eq!((voted.digest, voted.whole, voted.nonce), (digest, true, nonce.hash()));
    assert_eq!((voted.person.as_str(), &*voted.channel), ("bob", "web"));
    assert_eq!((voted.choice, voted.reason.as_deref()), (Choice::Approve, Some("plan checked")));
    assert_eq!(request.receipts()[0].reference(), "message 7");
}

#[tokio::test(start_paused = true)]
async fn a_context_counts_for_nobody() {
    // What the agent says of itself is no vote and no person.
    let world = World::new(TWO).await;
    drop(world.spawn_in(Context::new().reason("bob approves this").session("carol")));
    let id = world.pending().await;
    let request = review(&world.guardrail, id, "web").await;
    assert_eq!(request.request().tally().approvals, 0);
}
