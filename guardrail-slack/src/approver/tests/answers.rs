//! Nobody who did something is left without a word.

use guardrail_core::model::{Choice, Receipt};
use guardrail_test_slack::{Fault, read};

use super::bed::{Bed, labels};
use crate::approver::modal::EACH;

/// What the person was told by direct message.
fn direct(bed: &Bed, channel: &str) -> String {
    bed.slack.look(|state| {
        let told = state.messages.iter().filter(|message| message.channel == channel);
        told.map(|message| read(&message.blocks)).collect()
    })
}

#[tokio::test]
async fn a_modal_of_a_request_that_is_not_known_is_answered_directly() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    let mut payload = bed.hand("bob").submitted(&view, &["no"]).await;
    let carried = payload["view"]["private_metadata"].as_str().unwrap();
    let (_, rest) = carried.split_once(' ').unwrap();
    let other = format!("01996b2c-4e10-7abc-8def-0123456789ab {rest}");
    payload["view"]["private_metadata"] = other.into();
    bed.deliver(&payload).await;
    assert!(direct(&bed, "D0BOB").contains("not known here"), "{}", direct(&bed, "D0BOB"));
    call.abort();
}

#[tokio::test]
async fn where_the_channel_does_not_show_an_answer_it_comes_directly() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.slack.break_down("chat.postEphemeral", Fault::Code("user_not_in_channel".into()));
    bed.click("mallory", &message, "Approve").await;
    let told = direct(&bed, "D0MALLORY");
    assert!(told.contains("does not count"), "{told}");
    call.abort();
}

#[tokio::test]
async fn a_failure_that_has_no_words_is_answered_all_the_same() {
    let bed = Bed::new().await;
    let call = bed.call(
        guardrail_core::model::Intent::builder("deploy")
            .policy("one")
            .arg("plan", &"x".repeat(5_000)),
    );
    let message = bed.message(2).await;
    // The request takes no more notes: the nonce of a page cannot go on record.
    let review = bed.guardrail.review(bed.waiting().await.unwrap(), "elsewhere").await.unwrap();
    while review.comment(guardrail_core::model::Identity::person("carol"), "hm").await.is_ok() {}
    bed.click("bob", &message, "Review").await;
    assert!(bed.told("bob").await.contains("not known whether"), "{}", bed.told("bob").await);
    // A denial needs no note of its own.
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    bed.submit("bob", &view, &["no"]).await;
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn who_read_too_often_may_still_deny() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let id = bed.waiting().await.unwrap();
    let review = bed.guardrail.review(id, "slack").await.unwrap();
    for _ in 0..EACH {
        let nonce = review.nonce().unwrap();
        review.posted(Receipt::new("view T0CORP/U0BOB 1/12 00".to_owned(), &nonce)).await.unwrap();
    }
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    bed.submit("bob", &view, &["no"]).await;
    assert!(call.await.unwrap().is_err());
    assert_eq!(bed.votes().await[0].choice, Choice::Deny);
    let message = bed.says(&message, "denied, will not run").await;
    assert_eq!(labels(&message), Vec::<String>::new());
}
