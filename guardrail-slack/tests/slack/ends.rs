//! Time, and what is left in the channel when it is up.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_core::audit::MemoryLog;
use guardrail_core::clock::SystemEntropy;
use guardrail_core::gate::Error;
use guardrail_test_slack::{Message, Slack, buttons};
use serde_json::Value;

use crate::bed::{Bed, MODES, Mode, seat_with};

/// A bed whose log and approver go by a clock that stands still, and a request in it that is asked for `left` before
/// its end.
async fn waiting(mode: Mode, left: Duration) -> (Bed, crate::bed::Call, Message, Arc<ManualClock>) {
    let (slack, clock) = (Slack::start().await, Arc::new(ManualClock::new()));
    let seated = seat_with(&slack, mode, clock.clone(), |builder| builder).await;
    let log = MemoryLog::with_clock(clock.clone(), &SystemEntropy);
    let bed = Bed::seated(slack, seated, log).await;
    let call = bed.deploy("short");
    let message = bed.asked().await;
    let id = bed.guardrail.audit_log().open(None, 1).await.unwrap()[0];
    let expires = bed.guardrail.review(id, "web").await.unwrap().request().expires();
    clock.advance(expires.since(bed.guardrail.audit_log().now()) - left);
    (bed, call, message, clock)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_a_millisecond_before_the_end_counts() {
    for mode in MODES {
        let (bed, call, message, _clock) = waiting(mode, Duration::from_millis(1)).await;
        bed.hand("alice").click(&message, "Approve").await;
        call.await.unwrap().unwrap();
        assert_eq!(bed.votes().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_a_millisecond_after_the_end_does_not() {
    for mode in MODES {
        let (bed, call, message, clock) = waiting(mode, Duration::ZERO).await;
        clock.advance(Duration::from_millis(1));
        bed.hand("alice").click(&message, "Approve").await;
        bed.told("alice", "nothing left to do").await;
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Expired { .. }), "{error}");
        assert_eq!(bed.votes().await, []);
        let expired = |state: &guardrail_test_slack::State| {
            let now = state.now(&message)?;
            buttons(&Value::Array(now.blocks.clone())).is_empty().then_some(())
        };
        bed.slack.until("a message without buttons", expired).await;
        bed.thread(&message, "Expired").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_goes_away_takes_its_buttons_along() {
    for mode in MODES {
        let bed = Bed::new(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        call.abort();
        let closed = bed.next(&message).await;
        assert!(buttons(&Value::Array(closed.blocks)).is_empty());
        // Somebody who still sees the old one gets an answer.
        bed.hand("alice").click(&message, "Approve").await;
        bed.told("alice", "nothing left to do").await;
        assert_eq!(bed.votes().await, []);
    }
}
