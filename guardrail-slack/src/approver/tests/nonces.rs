//! A nonce counts where it was shown, and to whom.

use guardrail_core::model::VoteRefusal;
use serde_json::{Value, json};

use super::bed::Bed;

/// Bob's click with this changed in it.
async fn clicked(bed: &Bed, change: impl FnOnce(&mut Value)) -> Value {
    let message = bed.message(2).await;
    let mut payload = bed.hand("bob").clicked(&message, "Approve").await;
    change(&mut payload);
    payload
}

#[tokio::test]
async fn a_nonce_counts_in_its_own_message_only() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    for (channel, ts) in [("C0APPROVALS", "1.2"), ("C0ELSE", "1790000000.000001")] {
        let payload = clicked(&bed, |payload| {
            payload["container"]["channel_id"] = channel.into();
            payload["container"]["message_ts"] = ts.into();
            payload["channel"]["id"] = channel.into();
            payload["message"]["ts"] = ts.into();
        })
        .await;
        bed.deliver(&payload).await;
    }
    assert_eq!(bed.votes().await, []);
    assert_eq!(bed.refused().await, [VoteRefusal::UnknownNonce, VoteRefusal::UnknownNonce]);
    call.abort();
}

#[tokio::test]
async fn a_nonce_nobody_showed_opens_nothing() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    for label in ["Approve", "Deny"] {
        let mut payload = bed.hand("bob").clicked(&message, label).await;
        let value = payload["actions"][0]["value"].as_str().unwrap();
        let (rest, _) = value.rsplit_once(' ').unwrap();
        payload["actions"][0]["value"] = format!("{rest} {}", "0".repeat(32)).into();
        bed.deliver(&payload).await;
        assert!(bed.told("bob").await.contains("does not belong"), "{}", bed.told("bob").await);
    }
    assert_eq!((bed.votes().await.len(), bed.hand("bob").modals()), (0, 0));
    call.abort();
}

#[tokio::test]
async fn a_vote_on_another_digest_is_refused() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let payload = clicked(&bed, |payload| {
        let value = payload["actions"][0]["value"].as_str().unwrap();
        let digest = value.split(' ').nth(1).unwrap();
        payload["actions"][0]["value"] = value.replace(digest, &"0".repeat(64)).into();
    })
    .await;
    bed.deliver(&payload).await;
    assert_eq!(bed.refused().await, [VoteRefusal::OtherDigest]);
    call.abort();
}

#[tokio::test]
async fn the_nonce_of_a_modal_is_of_its_reader_alone() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Deny").await;
    let view = bed.hand("bob").modal(0).await;
    let mut payload = bed.hand("bob").submitted(&view, &["no"]).await;
    payload["user"] = json!({"id": "U0CAROL", "team_id": "T0CORP"});
    bed.deliver(&payload).await;
    assert_eq!(bed.refused().await, [VoteRefusal::UnknownNonce]);
    // The nonce of a modal that denies approves nothing, and neither does it in the message.
    let mut payload = bed.hand("bob").clicked(&message, "Approve").await;
    let carried = view.view["private_metadata"].as_str().unwrap();
    payload["actions"][0]["value"] = carried.rsplit_once(' ').unwrap().0.into();
    bed.deliver(&payload).await;
    let mut payload = bed.hand("bob").submitted(&view, &[]).await;
    payload["view"]["callback_id"] = "guardrail.review".into();
    payload["view"]["state"]["values"] = json!({});
    bed.deliver(&payload).await;
    assert_eq!(bed.votes().await, []);
    assert_eq!(bed.refused().await, vec![VoteRefusal::UnknownNonce; 3]);
    call.abort();
}

#[tokio::test]
async fn a_request_of_another_log_is_not_known() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let payload = clicked(&bed, |payload| {
        let value = payload["actions"][0]["value"].as_str().unwrap();
        let id = value.split(' ').next().unwrap();
        let other = "01996b2c-4e10-7abc-8def-0123456789ab";
        payload["actions"][0]["value"] = value.replace(id, other).into();
    })
    .await;
    bed.deliver(&payload).await;
    assert!(bed.told("bob").await.contains("not known here"), "{}", bed.told("bob").await);
    call.abort();
}
