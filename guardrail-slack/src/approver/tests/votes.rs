//! Votes by buttons and modals.

use std::time::Duration;

use guardrail_core::model::{Choice, Identity, Seen, State, Vote, VoteRefusal};

use super::bed::{Bed, labels};

#[tokio::test]
async fn a_click_decides() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    assert_eq!(labels(&message), ["Approve", "Deny"]);
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
    let votes = bed.votes().await;
    assert_eq!(votes.len(), 1);
    let vote = &votes[0];
    assert_eq!(
        (vote.person.as_str(), vote.choice, &*vote.channel),
        ("bob", Choice::Approve, "slack")
    );
    assert_eq!(vote.identity, Identity::new("slack", "T0CORP/U0BOB"));
    assert!(vote.whole);
    let message = bed.says(&message, "approved, completed").await;
    assert_eq!(labels(&message), Vec::<String>::new(), "no buttons are left");
    bed.thread(&message, "bob approves · 1 of 1").await;
    bed.thread(&message, "Completed.").await;
    bed.sound();
}

#[tokio::test]
async fn a_quorum_of_two_in_one_thread() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let first = bed.message(2).await;
    bed.click("bob", &first, "Approve").await;
    let second = bed.says(&first, "1 of 2").await;
    assert_eq!(labels(&second), ["Approve", "Deny"], "the next has fresh buttons");
    assert_ne!(first.blocks, second.blocks);
    // The old ones are spent, though the message is the same.
    bed.click("carol", &first, "Approve").await;
    assert!(bed.told("carol").await.contains("already used"), "{}", bed.told("carol").await);
    // One person, one vote.
    bed.click("bob", &second, "Approve").await;
    assert!(bed.told("bob").await.contains("already voted"), "{}", bed.told("bob").await);
    assert!(!call.is_finished());
    bed.click("carol", &second, "Approve").await;
    call.await.unwrap().unwrap();
    assert_eq!(bed.votes().await.len(), 2);
    assert_eq!(bed.refused().await, [VoteRefusal::SpentNonce, VoteRefusal::AlreadyVoted]);
    bed.thread(&first, "carol approves · 2 of 2").await;
    assert_eq!(bed.slack.look(|state| state.posts().count()), 1, "one message");
    bed.sound();
}

#[tokio::test]
async fn a_denial_takes_a_reason_in_a_modal() {
    let bed = Bed::new().await;
    let call = bed.deploy("reasons");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    assert!(bed.votes().await.is_empty(), "a click alone denies nothing");
    bed.submit("bob", &view, &[""]).await;
    assert!(bed.told("bob").await.contains("asks for a reason"), "{}", bed.told("bob").await);
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(1).await;
    bed.submit("bob", &view, &["not <today> & not tomorrow"]).await;
    assert!(call.await.unwrap().is_err());
    let vote = bed.votes().await.remove(0);
    assert_eq!(vote.reason.as_deref(), Some("not <today> & not tomorrow"));
    let message = bed.says(&message, "denied, will not run").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "not <today> & not tomorrow").await;
    bed.sound();
}

#[tokio::test]
async fn two_may_write_their_denials_at_one_time() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    bed.click("carol", &message, "Deny").await;
    let view = bed.hand("carol").modal(0).await;
    // Somebody else's vote spends the message's nonce; the modal has one of its own.
    bed.click("bob", &message, "Approve").await;
    bed.submit("carol", &view, &["no"]).await;
    assert!(call.await.unwrap().is_err());
    assert_eq!(bed.votes().await.len(), 2);
}

#[tokio::test]
async fn a_modal_sent_after_another_channel_settled_it_is_explained() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    let id = bed.waiting().await.unwrap();
    let review = bed.guardrail.review(id, "web").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.unwrap());
    let _counted = review.cast(Vote::approve(Identity::person("carol"), seen)).await.unwrap();
    call.await.unwrap().unwrap();
    bed.says(&message, "approved, completed").await;
    bed.submit("bob", &view, &["too late"]).await;
    assert!(bed.told("bob").await.contains("no longer open"), "{}", bed.told("bob").await);
    assert_eq!(bed.votes().await.len(), 1);
    bed.thread(&message, "carol approves, on the web").await;
}

#[tokio::test]
async fn a_delivery_that_comes_twice_is_one() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    let payload = bed.hand("bob").clicked(&message, "Approve").await;
    bed.deliver(&payload).await;
    bed.deliver(&payload).await;
    assert_eq!(bed.votes().await.len(), 1);
    assert_eq!(bed.refused().await, []);
    assert_eq!(bed.told("bob").await, "");
    call.abort();
}

#[tokio::test]
async fn a_second_click_hears_that_the_first_counts() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    bed.click("bob", &message, "Approve").await;
    assert_eq!(bed.votes().await.len(), 1);
    assert!(bed.told("bob").await.contains("counts already"), "{}", bed.told("bob").await);
    call.abort();
}

#[tokio::test]
async fn a_millisecond_decides() {
    for (early, counts) in [(true, true), (false, false)] {
        let bed = Bed::new().await;
        let call = bed.deploy("one");
        let message = bed.message(2).await;
        let end = Duration::from_secs(15 * 60);
        let millisecond = Duration::from_millis(1);
        bed.clock.advance(if early { end - millisecond } else { end + millisecond });
        bed.click("bob", &message, "Approve").await;
        assert_eq!(bed.votes().await.len(), usize::from(counts));
        if counts {
            call.await.unwrap().unwrap();
        } else {
            assert!(bed.told("bob").await.contains("has expired"), "{}", bed.told("bob").await);
            let message = bed.says(&message, "expired").await;
            assert_eq!(labels(&message), Vec::<String>::new());
            call.abort();
        }
    }
}

#[tokio::test]
async fn an_old_button_is_explained() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
    for (name, label) in [("carol", "Approve"), ("alice", "Deny")] {
        bed.click(name, &message, label).await;
        let told = bed.told(name).await;
        assert!(told.contains("no longer open") && told.contains("nothing left to do"), "{told}");
    }
    assert_eq!(bed.votes().await.len(), 1);
    let wants = VoteRefusal::NotPending(State::Completed);
    assert_eq!(bed.refused().await, [wants]);
}
