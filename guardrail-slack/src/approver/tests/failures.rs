//! Slack is gone, or does not want us: the approver leaves, and says why.

use std::time::Duration;

use guardrail_core::model::AuditEvent;
use guardrail_test_slack::Fault;

use super::bed::Bed;
use crate::approver::trouble::Patience;
use crate::client;

/// Why the approver left, as it stands in the log.
async fn left(bed: &Bed) -> Vec<String> {
    let events = bed.events().await;
    let why = events.into_iter().filter_map(|event| match event {
        AuditEvent::ApproverLeft { channel, error } => {
            assert_eq!(&*channel, "slack");
            Some(error.unwrap_or_default().into())
        }
        _ => None,
    });
    why.collect()
}

#[tokio::test]
async fn a_channel_that_is_none_denies_with_the_reason() {
    for code in ["channel_not_found", "not_in_channel", "is_archived", "token_revoked"] {
        let bed = Bed::new().await;
        bed.slack.break_down("chat.postMessage", Fault::Code(code.into()));
        let error = bed.deploy("one").await.unwrap().unwrap_err();
        assert!(error.to_string().contains("no approver could be reached"), "{error}");
        let why = left(&bed).await;
        assert_eq!(why.len(), 1);
        assert!(why[0].contains(code), "{why:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_later_is_no_pass() {
    let bed = Bed::new().await;
    let call = bed.deploy("two");
    let message = bed.message(2).await;
    bed.slack.break_down("chat.update", Fault::Code("token_revoked".into()));
    bed.click("bob", &message, "Approve").await;
    assert!(call.await.unwrap().is_err());
    assert!(left(&bed).await[0].contains("token_revoked"));
}

#[tokio::test]
async fn deaf_is_gone() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    bed.message(2).await;
    bed.approver.0.shared.fall_deaf("no socket for ten minutes".to_owned());
    assert!(call.await.unwrap().is_err());
    assert!(left(&bed).await[0].contains("no socket for ten minutes"));
}

#[tokio::test]
async fn a_message_too_large_after_all_is_shown_without_values() {
    let bed = Bed::new().await;
    bed.slack.fault("chat.postMessage", Fault::Code("msg_blocks_too_long".into()));
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    assert_eq!(super::bed::labels(&message), ["Review", "Deny"]);
    bed.click("bob", &message, "Review").await;
    let view = bed.hand("bob").modal(0).await;
    bed.submit("bob", &view, &[]).await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_modal_that_does_not_open_is_said() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.slack.fault("views.open", Fault::Code("expired_trigger_id".into()));
    bed.click("bob", &message, "Deny").await;
    assert!(bed.told("bob").await.contains("did not open the window"));
    call.abort();
}

#[tokio::test]
async fn patience_ends() {
    let gone = || client::Error::Unreachable { method: "chat.update", why: "down".into() };
    tokio::time::pause();
    let mut patience = Patience::new(Duration::from_secs(10));
    let mut waited = Duration::ZERO;
    while let Ok(pause) = patience.pause(gone().into()) {
        tokio::time::advance(pause).await;
        waited += pause;
    }
    assert_eq!(waited.as_secs(), 1 + 2 + 4, "the next wait would be too long");
    let mut patience = Patience::new(Duration::from_secs(10));
    for _ in 0..100 {
        let busy = client::Error::RateLimited { method: "x", after: Duration::from_secs(20) };
        let pause = patience.pause(busy.into()).unwrap();
        assert_eq!(pause, Duration::from_secs(20), "slower is no outage");
        tokio::time::advance(pause).await;
    }
    let refused = client::Error::Refused { method: "x", code: "token_revoked".into() };
    let mut patience = Patience::new(Duration::from_secs(10));
    assert!(patience.pause(refused.into()).is_err(), "of no use");
}
