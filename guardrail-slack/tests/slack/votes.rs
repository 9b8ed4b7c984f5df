//! Who may vote in Slack, how often, and what they are told.

use guardrail_core::audit::MemoryLog;
use guardrail_core::gate::Guardrail;
use guardrail_core::model::{Cast, Choice, Identity, Intent, Seen, Vote, VoteRefusal};
use guardrail_core::policy::PolicySet;
use guardrail_core::testing::MockApprover;
use guardrail_test_slack::{Account, Ack, Deed, Slack, buttons};
use serde_json::Value;

use crate::bed::{Bed, MODES, Mode, policies, seat};

#[tokio::test(flavor = "multi_thread")]
async fn two_people_approve_in_one_thread() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("two");
        let first = bed.asked().await;
        assert_eq!(bed.hand("alice").click(&first, "Approve").await, Ack::Taken(None));
        bed.thread(&first, "alice approves").await;
        let second = bed.next(&first).await;
        assert!(!call.is_finished(), "one of two");
        bed.hand("bob").click(&second, "Approve").await;
        call.await.unwrap().unwrap();
        for line in ["bob approves", "Completed."] {
            bed.thread(&first, line).await;
        }
        assert!(bed.closed().await.contains("completed"));
        let people: Vec<String> =
            bed.votes().await.iter().map(|vote| vote.person.to_string()).collect();
        assert_eq!(people, ["alice", "bob"]);
        assert!(bed.slack.look(|state| state.posts().count()) == 1, "one message a request");
        bed.without_complaint();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_votes_once_and_is_told_so() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("two");
        let first = bed.asked().await;
        bed.hand("alice").click(&first, "Approve").await;
        let second = bed.next(&first).await;
        bed.hand("alice").click(&second, "Approve").await;
        bed.told("alice", &VoteRefusal::AlreadyVoted.to_string()).await;
        assert!(!call.is_finished());
        assert_eq!(bed.votes().await.len(), 1);
        // The button of the version before carries a spent nonce, whoever presses it.
        bed.hand("bob").click(&first, "Approve").await;
        bed.told("bob", "newest message").await;
        assert_eq!(bed.votes().await.len(), 1);
        call.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_asked_or_not_known_is_told_why() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        bed.hand("carol").click(&message, "Approve").await;
        bed.told("carol", &VoteRefusal::NotEligible.to_string()).await;
        bed.hand("mallory").click(&message, "Approve").await;
        bed.told("mallory", "guardrail.toml").await;
        assert_eq!(bed.count("voted").await, 0);
        assert_eq!(bed.count("vote_refused").await, 2);
        // Their clicks spent nothing: the button still works.
        bed.hand("alice").click(&message, "Approve").await;
        call.await.unwrap().unwrap();
        bed.without_complaint();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_strangers_bots_and_the_deactivated_are_nobody() {
    type Mark = fn(&mut Account);
    let marks: [(&str, Mark); 5] = [
        ("guests", |account| account.guest = true),
        ("guests", |account| account.single_channel_guest = true),
        ("another organisation", |account| account.stranger = true),
        ("only people", |account| account.bot = true),
        ("deactivated", |account| account.deleted = true),
    ];
    for (why, mark) in marks {
        let slack = Slack::start().await;
        let mut account = Account::member(&slack.user("alice"), "alice", slack.team());
        mark(&mut account);
        slack.add(account);
        let bed = Bed::on(slack, Mode::Http, MemoryLog::new()).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        bed.hand("alice").click(&message, "Approve").await;
        bed.told("alice", why).await;
        assert_eq!(bed.count("voted").await, 0, "{why}");
        assert!(!call.is_finished());
        call.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_by_modal_carries_its_reason() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        let hand = bed.hand("alice");
        let view = hand.opens(&message, "Deny").await.unwrap();
        assert_eq!(hand.submit(&view, &["not before monday"]).await, Ack::Taken(None));
        let error = call.await.unwrap().unwrap_err().to_string();
        assert!(error.contains("not before monday"), "{error}");
        bed.thread(&message, "not before monday").await;
        assert!(bed.closed().await.contains("alice"));
        bed.without_complaint();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_modal_sent_after_another_channel_settled_counts_for_nothing() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        let hand = bed.hand("alice");
        let view = hand.opens(&message, "Deny").await.unwrap();
        elsewhere(&bed.guardrail, "bob", Choice::Approve).await;
        call.await.unwrap().unwrap();
        hand.submit(&view, &["too late"]).await;
        bed.told("alice", "does not count").await;
        let votes = bed.votes().await;
        assert_eq!((votes.len(), votes[0].person.as_str()), (1, "bob"));
        assert!(!bed.names().await.contains(&"denied".to_owned()));
        // The message says who decided, and where.
        assert!(bed.closed().await.contains("bob"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_and_another_channel_at_the_same_time() {
    for mode in MODES {
        let slack = Slack::start().await;
        let seated = seat(&slack, mode).await;
        let bob = MockApprover::approving().as_person("bob");
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(PolicySet::parse(policies(&slack)).unwrap())
            .audit_log(MemoryLog::new())
            .approver(seated.approver)
            .approver(bob)
            .build()
            .await
            .unwrap();
        let bed = Bed { slack, guardrail, road: seated.road };
        if mode == Mode::Socket {
            bed.slack.connected(1).await;
        }
        let call = bed.deploy("two");
        let message = bed.asked().await;
        bed.hand("alice").act(&message, &Deed::Approve).await;
        // Bob's vote may have made a new version, in which alice presses again.
        if bed.votes().await.iter().all(|vote| vote.person.as_str() != "alice")
            && !call.is_finished()
        {
            let now = bed.slack.look(|state| state.now(&message).cloned()).unwrap();
            if !buttons(&Value::Array(now.blocks.clone())).is_empty() {
                bed.hand("alice").click(&now, "Approve").await;
            }
        }
        call.await.unwrap().unwrap();
        let mut people: Vec<String> =
            bed.votes().await.iter().map(|vote| vote.person.to_string()).collect();
        people.sort();
        assert_eq!(people, ["alice", "bob"]);
        bed.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_delivers_twice_counts_once() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("two");
        let message = bed.asked().await;
        let hand = bed.hand("alice");
        let click = hand.clicked(&message, "Approve").await;
        for _ in 0..3 {
            // Acknowledged each time: Slack would send it again otherwise.
            assert_eq!(hand.again("same", "interactive", &click).await, Ack::Taken(None));
        }
        // In an envelope, or at a time, of its own it is the same click all the same.
        assert_eq!(hand.deliver("interactive", &click).await, Ack::Taken(None));
        bed.thread(&message, "alice approves").await;
        elsewhere(&bed.guardrail, "bob", Choice::Approve).await;
        call.await.unwrap().unwrap();
        assert_eq!(bed.votes().await.len(), 2);
        assert_eq!(hand.told(), [""; 0], "a repetition is nobody's fault");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_the_thread_is_on_record() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("two");
        let message = bed.asked().await;
        // The message is in the channel a moment before the process knows it is.
        bed.on_record("posted").await;
        bed.hand("mallory").say(&message, "let it pass").await;
        bed.hand("bob").say(&message, "is that plan from today?").await;
        bed.on_record("commented").await;
        let comments: Vec<String> =
            bed.records().await.iter().map(|record| record.line().to_owned()).collect();
        assert!(comments.iter().any(|line| line.contains("is that plan from today?")));
        assert!(!comments.iter().any(|line| line.contains("let it pass")), "of nobody we know");
        call.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_cut_is_approved_only_behind_review() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let command = format!("echo ok # {}; rm -rf /", "A".repeat(12_000));
        let call = bed.call(Intent::builder("run").policy("one").arg("command", &command));
        let message = bed.asked().await;
        let labels = buttons(&Value::Array(message.blocks.clone()));
        assert!(labels.iter().all(|button| button["text"]["text"] != "Approve"));
        // A click forged from Review's token approves nothing.
        let mut forged = bed.hand("alice").clicked(&message, "Review").await;
        forged["actions"][0]["action_id"] = "guardrail.approve".into();
        bed.hand("alice").deliver("interactive", &forged).await;
        bed.told("alice", "does not count").await;
        assert_eq!(bed.count("voted").await, 0);
        let now = bed.slack.look(|state| state.now(&message).cloned()).unwrap();
        bed.hand("alice").act(&now, &Deed::Approve).await;
        call.await.unwrap().unwrap();
        assert!(bed.votes().await[0].whole);
        bed.without_complaint();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_high_risk_and_a_reason_take_their_steps() {
    for policy in ["risky", "reasons"] {
        let bed = Bed::new(Mode::Http).await;
        let call = bed.deploy(policy);
        let message = bed.asked().await;
        let labels = buttons(&Value::Array(message.blocks.clone()));
        let approve = labels.iter().find(|button| button["text"]["text"] == "Approve");
        match policy {
            "risky" => assert!(approve.unwrap()["confirm"].is_object(), "a dialog asks again"),
            _ => assert!(approve.is_none(), "a reason takes a modal"),
        }
        bed.hand("alice").act(&message, &Deed::Approve).await;
        call.await.unwrap().unwrap();
        bed.without_complaint();
    }
}

/// Votes as somebody in another channel does, on the only request that waits.
pub(crate) async fn elsewhere(guardrail: &Guardrail, person: &str, choice: Choice) {
    let id = guardrail.audit_log().open(None, 1).await.unwrap()[0];
    let review = guardrail.review(id, "web").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.unwrap());
    let vote = match choice {
        Choice::Approve => Vote::approve(Identity::person(person), seen),
        Choice::Deny => Vote::deny(Identity::person(person), seen),
    };
    let cast = review.cast(vote).await.unwrap();
    assert!(matches!(cast, Cast::Counted(_)), "{cast:?}");
}
