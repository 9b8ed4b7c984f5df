//! Who votes, who does not, and that everyone hears why.

use guardrail_core::model::{Identity, VoteRefusal};
use guardrail_test_slack::Account;

use super::bed::{Bed, policies};
use crate::delivery::Kind;

#[tokio::test]
async fn who_is_in_no_directory_hears_what_to_do() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("mallory", &message, "Approve").await;
    let told = bed.told("mallory").await;
    assert!(told.contains("nobody in the directory"), "{told}");
    assert!(told.contains("slack = \"T0CORP/U0MALLORY\""), "{told}");
    assert_eq!(bed.refused().await, [VoteRefusal::Unlinked]);
    bed.click("mallory", &message, "Deny").await;
    assert_eq!(bed.hand("mallory").modals(), 0, "no modal for nobody");
    call.abort();
}

#[tokio::test]
async fn a_click_from_another_workspace_is_answered_and_nothing_else() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let payload = bed.hand("bob").clicked(&message, "Approve").await;
    bed.hear(Kind::Foreign, &payload).await;
    assert!(bed.told("bob").await.contains("another organisation"), "{}", bed.told("bob").await);
    assert_eq!((bed.votes().await, bed.refused().await), (vec![], vec![]));
    call.abort();
}

#[tokio::test]
async fn nobody_decides_what_is_done_for_them() {
    let bed = Bed::new().await;
    let call = bed.deploy_for("one", "bob");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    assert!(bed.told("bob").await.contains("requesting side"), "{}", bed.told("bob").await);
    assert_eq!(bed.refused().await, [VoteRefusal::RequestingSide]);
    call.abort();
}

#[tokio::test]
async fn who_is_not_asked_hears_so() {
    let bed = Bed::new().await;
    let call = bed.deploy("named");
    let message = bed.message(2).await;
    bed.click("carol", &message, "Approve").await;
    assert!(bed.told("carol").await.contains("does not ask this person"));
    assert_eq!(bed.refused().await, [VoteRefusal::NotEligible]);
    call.abort();
}

/// Guests, strangers, bots and the deactivated are nobody, though the directory links them.
#[tokio::test]
async fn accounts_that_are_nobody() {
    type Change = fn(&mut Account);
    let kinds: [(Change, &str); 6] = [
        (|account| account.guest = true, "guests do not vote"),
        (|account| account.single_channel_guest = true, "guests do not vote"),
        (|account| account.stranger = true, "another organisation"),
        (|account| account.team = "T0OTHER".into(), "another organisation"),
        (|account| account.bot = true, "only people vote"),
        (|account| account.deleted = true, "deactivated"),
    ];
    for (change, why) in kinds {
        let bed = Bed::new().await;
        let mut account = Account::member("U0BOB", "bob", "T0CORP");
        change(&mut account);
        bed.slack.add(account);
        let call = bed.deploy("one");
        let message = bed.message(2).await;
        bed.click("bob", &message, "Approve").await;
        assert!(bed.told("bob").await.contains(why), "{why}: {}", bed.told("bob").await);
        assert_eq!(bed.votes().await, [], "{why}");
        assert_eq!(bed.refused().await, [VoteRefusal::Unlinked], "{why}: on record");
        bed.click("bob", &message, "Deny").await;
        assert_eq!(bed.hand("bob").modals(), 0, "{why}");
        call.abort();
    }
}

/// A payload that says somebody is from elsewhere is believed over what Slack says else.
#[tokio::test]
async fn a_click_from_elsewhere_is_nobodys() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let mut payload = bed.hand("bob").clicked(&message, "Approve").await;
    payload["user"]["team_id"] = "T0OTHER".into();
    bed.deliver(&payload).await;
    assert_eq!(bed.votes().await, []);
    assert!(bed.told("bob").await.contains("another organisation"));
    call.abort();
}

#[tokio::test]
async fn an_address_links_where_that_is_wanted_and_it_was_verified() {
    for (link, confirmed, counts) in
        [(true, true, true), (true, false, false), (false, true, false)]
    {
        let bed = Bed::with(|config| config.link_by_email(link)).await;
        // Bob's second account, which the directory does not hold.
        let mut account = Account::member("U0BOB2", "bobby", "T0CORP");
        account.email = Some("Bob@example.com".into());
        account.confirmed = confirmed;
        bed.slack.add(account);
        let call = bed.deploy("two");
        let message = bed.message(2).await;
        bed.click("bobby", &message, "Approve").await;
        let votes = bed.votes().await;
        assert_eq!(votes.len(), usize::from(counts), "{link} {confirmed}");
        if counts {
            let account = Identity::new("slack", "T0CORP/U0BOB2");
            assert_eq!(votes[0].identity, Identity::person("bob").by_account(account));
            let message = bed.says(&message, "1 of 2").await;
            bed.click("bob", &message, "Approve").await;
            assert_eq!(bed.refused().await, [VoteRefusal::AlreadyVoted], "one person");
        }
        call.abort();
    }
}

#[tokio::test]
async fn where_slack_does_not_say_who_it_is_nothing_counts() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.slack.fault("users.info", guardrail_test_slack::Fault::Code("user_not_found".into()));
    bed.click("bob", &message, "Approve").await;
    assert_eq!((bed.votes().await, bed.refused().await), (vec![], vec![]));
    assert!(bed.told("bob").await.contains("did not say who you are"));
    // It is asked again.
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_person_hears_what_became_of_what_is_done_for_them() {
    let bed = Bed::new().await;
    let call = bed.deploy_for("one", "alice");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
    let found = |state: &guardrail_test_slack::State| {
        state.posts().find(|post| post.channel == "D0ALICE").cloned()
    };
    let told = bed.slack.until("a word to alice", found).await;
    let read = guardrail_test_slack::read(&told.blocks);
    assert!(read.contains("deploy (done for you): Completed."), "{read}");
    assert!(policies(&bed.slack).directory().named("alice").is_some());
    bed.sound();
}
