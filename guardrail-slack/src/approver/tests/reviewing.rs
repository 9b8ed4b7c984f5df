//! What stands behind Review: to whom it is shown, and what it takes to approve there.

use guardrail_core::model::{Choice, Intent, VoteRefusal};
use guardrail_test_slack::read;

use super::bed::{Bed, labels};

#[tokio::test]
async fn values_behind_review_are_shown_to_who_may_vote() {
    let bed = Bed::new().await;
    let call = bed.call(Intent::builder("deploy").policy("hidden").arg("plan", "needle"));
    let message = bed.message(2).await;
    assert_eq!(labels(&message), ["Review", "Deny"]);
    assert!(!read(&message.blocks).contains("needle"));
    for name in ["mallory"] {
        bed.click(name, &message, "Review").await;
        assert_eq!(bed.hand(name).modals(), 0, "{name} sees nothing");
    }
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(0).await;
    assert!(view.view.to_string().contains("needle"));
    bed.submit("bob", &view, &[]).await;
    call.await.unwrap().unwrap();
    let vote = bed.votes().await.remove(0);
    assert!(vote.whole && vote.choice == Choice::Approve);
    bed.thread(&message, "Completed.").await;
    let everything = bed.slack.look(|state| {
        state.messages.iter().map(|message| read(&message.blocks)).collect::<String>()
    });
    assert!(!everything.contains("needle"), "{everything}");
    bed.sound();
}

#[tokio::test]
async fn a_long_reason_is_read_behind_review_and_approved_there_or_in_the_message() {
    for there in [false, true] {
        let bed = Bed::new().await;
        let reason = format!("{0}needle {0}", "since ".repeat(200));
        let intent = Intent::builder("deploy").policy("one").arg("plan", "7f3a").reason(reason);
        let call = bed.call(intent);
        let message = bed.message(3).await;
        assert_eq!(labels(&message), ["Approve", "Review", "Deny"]);
        bed.click("bob", &message, "Review").await;
        let view = bed.hand("bob").modal(0).await;
        assert!(view.view.to_string().contains("needle"));
        if there {
            bed.submit("bob", &view, &[]).await;
        } else {
            bed.click("bob", &message, "Approve").await;
        }
        call.await.unwrap().unwrap();
        assert!(bed.votes().await.remove(0).whole);
        bed.sound();
    }
}

#[tokio::test]
async fn a_person_on_the_requesting_side_does_not_see_them() {
    let bed = Bed::new().await;
    let call = bed.deploy_for("hidden", "bob");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Review").await;
    assert_eq!(bed.hand("bob").modals(), 0);
    assert!(bed.told("bob").await.contains("requesting side"));
    call.abort();
}

#[tokio::test]
async fn all_pages_are_turned_before_anyone_approves() {
    let bed = Bed::new().await;
    let plan = "line\n".repeat(40_000);
    let call = bed.call(Intent::builder("deploy").policy("one").arg("plan", &plan));
    let message = bed.message(2).await;
    assert_eq!(labels(&message), ["Review", "Deny"]);
    bed.click("bob", &message, "Review").await;
    let first = bed.hand("bob").modal(0).await;
    assert_eq!(first.view["submit"]["text"], "Next page");
    // Whoever says they are on the last page has not turned the others.
    let mut forged = bed.hand("bob").submitted(&first, &[]).await;
    let carried = first.view["private_metadata"].as_str().unwrap();
    let (rest, page) = carried.rsplit_once(' ').unwrap();
    let of = page.split_once('/').unwrap().1;
    forged["view"]["private_metadata"] = format!("{rest} {of}/{of}").into();
    bed.deliver(&forged).await;
    assert_eq!(bed.refused().await, [VoteRefusal::UnknownNonce]);
    forged["view"]["id"] = "V1".into();
    forged["view"]["private_metadata"] = format!("{rest} 1/1").into();
    bed.deliver(&forged).await;
    assert_eq!(bed.votes().await, []);
    // Somebody else's pages are not theirs either.
    let mut view = first;
    for turned in 1.. {
        let last = view.view["submit"]["text"] == "Approve";
        bed.submit("bob", &view, &[]).await;
        if last {
            break;
        }
        view = bed.hand("bob").modal(turned).await;
    }
    call.await.unwrap().unwrap();
    assert_eq!(bed.votes().await.len(), 1);
    bed.sound();
}

#[tokio::test]
async fn pages_of_two_layouts_are_not_one_reading() {
    let bed = Bed::new().await;
    let call = bed.call(Intent::builder("deploy").policy("one").arg("plan", &"x".repeat(5_000)));
    let message = bed.message(2).await;
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(0).await;
    // As if it had been opened while the request was laid out otherwise.
    let review = bed.guardrail.review(bed.waiting().await.unwrap(), "slack").await.unwrap();
    let before = review.receipts().last().unwrap().reference().to_owned();
    let (page, _) = before.rsplit_once(' ').unwrap();
    let nonce = review.show(&format!("{page} {}", "0".repeat(32))).await.unwrap();
    let mut payload = bed.hand("bob").submitted(&view, &[]).await;
    let carried = payload["view"]["private_metadata"].as_str().unwrap();
    let parts: Vec<_> = carried.split(' ').collect();
    let other = format!("{} {} {} {}", parts[0], parts[1], nonce.expose(), parts[3]);
    payload["view"]["private_metadata"] = other.into();
    bed.deliver(&payload).await;
    assert!(bed.told("bob").await.contains("pages of this request changed"));
    assert_eq!(bed.votes().await, []);
    bed.submit("bob", &view, &[]).await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_vote_of_another_does_not_disturb_a_reader() {
    let bed = Bed::new().await;
    let plan = "line\n".repeat(40_000);
    let intent = Intent::builder("deploy").policy("two").arg("plan", &plan).reason("needed today");
    let call = bed.call(intent);
    let message = bed.message(2).await;
    bed.click("bob", &message, "Review").await;
    bed.click("carol", &message, "Review").await;
    for turned in 0.. {
        let view = bed.hand("carol").modal(turned).await;
        bed.submit("carol", &view, &[]).await;
        if view.view["submit"]["text"] == "Approve" {
            break;
        }
    }
    assert_eq!(bed.votes().await.len(), 1);
    bed.clock.advance(std::time::Duration::from_secs(300));
    for turned in 0.. {
        let view = bed.hand("bob").modal(turned).await;
        bed.submit("bob", &view, &[]).await;
        if view.view["submit"]["text"] == "Approve" {
            break;
        }
    }
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_message_that_was_not_whole_approves_nothing() {
    let bed = Bed::new().await;
    let plan = "x".repeat(5_000);
    let call = bed.call(Intent::builder("deploy").policy("one").arg("plan", &plan));
    let message = bed.message(2).await;
    let mut payload = bed.hand("bob").clicked(&message, "Review").await;
    payload["actions"][0]["action_id"] = "guardrail.approve".into();
    bed.deliver(&payload).await;
    assert_eq!(bed.refused().await, [VoteRefusal::NotWhole]);
    assert!(bed.told("bob").await.contains("Press Review"), "{}", bed.told("bob").await);
    call.abort();
}

#[tokio::test]
async fn a_high_risk_asks_back() {
    let bed = Bed::new().await;
    let call = bed.call(Intent::builder("deploy").policy("risky").arg("plan", &"x".repeat(5_000)));
    let message = bed.message(2).await;
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(0).await;
    bed.submit("bob", &view, &["yes"]).await;
    assert!(bed.told("bob").await.contains("the word was not typed"));
    assert_eq!(bed.votes().await, []);
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(1).await;
    bed.submit("bob", &view, &[" Approve "]).await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_has_voted_may_still_read() {
    let bed = Bed::new().await;
    let call = bed.call(Intent::builder("deploy").policy("two").arg("plan", &"x".repeat(5_000)));
    let message = bed.message(2).await;
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(0).await;
    bed.submit("bob", &view, &[]).await;
    let message = bed.says(&message, "1 of 2").await;
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(1).await;
    assert!(view.view.get("submit").is_none(), "and that is all");
    call.abort();
}
