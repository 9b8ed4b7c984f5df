//! However a request ends, its message and its thread say so, and its buttons go.

use std::time::Duration;

use guardrail_core::model::{Identity, Seen, Vote};

use super::bed::{Bed, labels};
use crate::approver::keep::{remind, reminder};
use crate::client::Sent;

#[tokio::test]
async fn a_decision_from_elsewhere_takes_the_buttons() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let id = bed.waiting().await.unwrap();
    let review = bed.guardrail.review(id, "web").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.unwrap());
    let deny = Vote::deny(Identity::person("carol"), seen).because("no");
    let _counted = review.cast(deny).await.unwrap();
    assert!(call.await.unwrap().is_err());
    let message = bed.says(&message, "denied, will not run").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "carol has denied it").await;
    bed.approver.idle().await;
    bed.sound();
}

#[tokio::test]
async fn a_call_that_goes_away_takes_the_buttons() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    call.abort();
    let message = bed.says(&message, "withdrawn").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "Withdrawn").await;
}

#[tokio::test]
async fn an_outcome_long_after_is_told() {
    let bed = Bed::new().await;
    let (done, waits) = tokio::sync::oneshot::channel::<()>();
    let guardrail = bed.guardrail.clone();
    let intent = guardrail_core::model::Intent::builder("deploy").policy("one");
    let call = tokio::spawn(async move {
        let permit = guardrail.authorize(intent).await?;
        permit
            .run(async {
                let _done = waits.await;
                Err::<(), _>(guardrail_core::gate::Error::NoGuardrail)
            })
            .await
    });
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    bed.thread(&message, "Started.").await;
    let message = bed.says(&message, "approved, running").await;
    done.send(()).unwrap();
    assert!(call.await.unwrap().is_err());
    bed.says(&message, "approved, failed").await;
    bed.thread(&message, "Failed.").await;
    bed.approver.idle().await;
}

#[tokio::test]
async fn that_time_runs_out_is_said_while_there_is_some() {
    let bed = Bed::with(|config| config.mention("S0SRE")).await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let review = bed.guardrail.review(bed.waiting().await.unwrap(), "x").await.unwrap();
    let request = review.request();
    let minutes = |minutes: u64| request.created().after(Duration::from_secs(60 * minutes));
    assert_eq!(reminder(request, minutes(0)), Some(minutes(12)), "of 15");
    assert_eq!(reminder(request, minutes(12)), None, "once");
    bed.clock.advance(Duration::from_secs(12 * 60));
    let at = Sent { channel: message.channel.clone(), ts: message.ts.clone() };
    remind(&bed.approver.0.shared, &review, &at).await;
    bed.thread(&message, "3 min left").await;
    call.abort();
    bed.sound();
}
