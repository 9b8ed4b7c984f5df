//! A process ends at any moment; the next finds the message and goes on.

use std::time::Duration;

use guardrail_core::model::AuditEvent;
use guardrail_test_slack::Fault;

use super::bed::{Bed, labels};

#[tokio::test]
async fn the_first_click_after_a_restart_counts() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    std::mem::forget(call);
    let bed = bed.restarted().await;
    // The buttons of before, as the reviewer still sees them.
    bed.click("bob", &message, "Approve").await;
    assert_eq!(bed.votes().await.len(), 1);
    let message = bed.says(&message, "approved").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    assert_eq!(bed.slack.look(|state| state.posts().count()), 1, "the same message");
    let events = bed.events().await;
    let shown = events.iter().filter(|event| matches!(event, AuditEvent::Posted(_))).count();
    assert_eq!(shown, 1, "buttons that are good are left as they are");
}

#[tokio::test]
async fn the_message_is_found_and_changed() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    let second = bed.says(&message, "1 of 2").await;
    bed.thread(&message, "bob approves").await;
    std::mem::forget(call);
    let bed = bed.restarted().await;
    let third = bed
        .slack
        .until("fresh buttons", |state| {
            state.now(&second).filter(|now| now.updates > second.updates).cloned()
        })
        .await;
    bed.click("carol", &third, "Approve").await;
    assert_eq!(bed.votes().await.len(), 2);
    assert_eq!(bed.slack.look(|state| state.posts().count()), 1);
    let said = bed
        .slack
        .look(|state| state.replies(&message).filter(|m| m.text.contains("bob approves")).count());
    assert_eq!(said, 1, "nothing is told twice");
}

#[tokio::test]
async fn a_message_that_is_gone_is_posted_again() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    bed.slack.fault("chat.update", Fault::Code("message_not_found".into()));
    bed.click("bob", &message, "Approve").await;
    let again = bed.slack.until("a second message", |state| state.posts().nth(1).cloned()).await;
    drop(bed.message(2).await);
    bed.click("carol", &again, "Approve").await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_expired_while_nobody_ran_loses_its_buttons() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    call.abort();
    let _withdrawn = bed.says(&message, "withdrawn").await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    std::mem::forget(call);
    bed.clock.advance(Duration::from_secs(3_600));
    let bed = bed.restarted().await;
    let message = bed.says(&message, "expired").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "Expired: nobody decided").await;
}
