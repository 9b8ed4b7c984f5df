//! User groups take votes away, and give none.

use guardrail_test_slack::Fault;

use super::bed::Bed;

async fn backed() -> Bed {
    Bed::with(|config| config.group("sre", "S0SRE")).await
}

#[tokio::test]
async fn who_left_the_user_group_does_not_vote() {
    let bed = backed().await;
    bed.slack.group("S0SRE", &["U0BOB", "U0MALLORY"]);
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("carol", &message, "Approve").await;
    assert!(bed.told("carol").await.contains("user group"), "{}", bed.told("carol").await);
    bed.click("carol", &message, "Deny").await;
    assert_eq!(bed.hand("carol").modals(), 0);
    // A user group lets nobody in whom the directory does not.
    bed.click("mallory", &message, "Approve").await;
    assert_eq!(bed.votes().await, []);
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_user_group_that_cannot_be_read_has_no_members() {
    let bed = backed().await;
    bed.slack.group("S0SRE", &["U0BOB"]);
    bed.slack.fault("usergroups.users.list", Fault::Code("missing_scope".into()));
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    assert_eq!(bed.votes().await, []);
    assert!(bed.told("bob").await.contains("did not say who you are"));
    call.abort();
}

#[tokio::test]
async fn who_is_asked_by_name_needs_no_user_group() {
    let bed = backed().await;
    bed.slack.group("S0SRE", &[]);
    let call = bed.deploy("named");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
}
