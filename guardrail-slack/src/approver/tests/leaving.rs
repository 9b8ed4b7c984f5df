//! Whoever leaves a request, or is dropped over it, still takes its buttons away in the end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::approver::{self, Approver, Review};
use guardrail_core::audit::MemoryLog;
use guardrail_core::gate::Guardrail;
use guardrail_test_slack::{Call, Fault, Slack, State};

use super::bed::{Bed, labels, policies};
use crate::approver::SlackApprover;
use crate::config::Config;

/// Another channel, in which nobody says anything.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Approver for Silent {
    fn channel(&self) -> &str {
        "silent"
    }

    async fn review(&self, mut review: Review) -> Result<(), approver::Error> {
        review.settled().await?;
        Ok(())
    }
}

/// An approver that is part of no guardrail.
fn alone(slack: &Slack) -> SlackApprover {
    let config = Config::builder(slack.bot_token().to_owned(), "#approvals")
        .signing_secret(slack.signing_secret().to_owned())
        .team(slack.team())
        .api_url(slack.api_url());
    SlackApprover::new(config.build().unwrap()).unwrap()
}

/// A guardrail whose only approver is silent; the one of Slack stands beside it.
async fn beside() -> Bed {
    let slack = Slack::start().await;
    let clock = Arc::new(ManualClock::new());
    let log = Arc::new(MemoryLog::with_clock(Arc::clone(&clock) as _, &SeededEntropy::new(1)));
    let approver = alone(&slack);
    let guardrail = Guardrail::builder()
        .agent("deploy-bot")
        .policies(policies(&slack))
        .audit_log(Arc::clone(&log))
        .approver(Silent)
        .build()
        .await
        .unwrap();
    Bed { slack, approver, guardrail, clock, log }
}

async fn asked(bed: &Bed) -> Review {
    loop {
        if let Some(id) = bed.waiting().await {
            return bed.guardrail.review(id, "slack").await.unwrap();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_left_to_others_loses_its_buttons_when_it_is_settled() {
    let bed = beside().await;
    let call = bed.deploy("one");
    let review = asked(&bed).await;
    let approver = bed.approver.clone();
    let kept = tokio::spawn(async move { approver.review(review).await });
    let message = bed.message(2).await;
    bed.approver.0.shared.fall_deaf("no socket for ten minutes".to_owned());
    assert!(kept.await.unwrap().is_err(), "it leaves, and says so");
    assert_eq!(labels(&message).len(), 2, "others may still decide");
    call.abort();
    let message = bed.says(&message, "withdrawn").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "Withdrawn").await;
}

#[tokio::test]
async fn an_end_that_was_found_after_a_restart_is_told() {
    let bed = beside().await;
    let call = bed.deploy("one");
    let review = asked(&bed).await;
    let id = review.id();
    let before = alone(&bed.slack);
    let kept = tokio::spawn(async move { before.review(review).await });
    let message = bed.message(2).await;
    while bed.guardrail.review(id, "slack").await.unwrap().receipts().is_empty() {
        tokio::task::yield_now().await;
    }
    // That process is gone, and then the call.
    kept.abort();
    assert!(kept.await.is_err());
    call.abort();
    while bed.waiting().await.is_some() {
        tokio::task::yield_now().await;
    }
    let review = bed.guardrail.review(id, "slack").await.unwrap();
    bed.approver.review(review).await.unwrap();
    let message = bed.says(&message, "withdrawn").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "Withdrawn").await;
}

#[tokio::test]
async fn a_review_that_is_dropped_keeps_its_request() {
    let bed = beside().await;
    let call = bed.deploy("one");
    let review = asked(&bed).await;
    let approver = bed.approver.clone();
    let kept = tokio::spawn(async move { approver.review(review).await });
    // Dropped while its message is on the way.
    bed.slack.until("a post", |state| (state.called("chat.postMessage") > 0).then_some(())).await;
    kept.abort();
    let message = bed.message(2).await;
    call.abort();
    let message = bed.says(&message, "withdrawn").await;
    assert_eq!(labels(&message), Vec::<String>::new());
    bed.thread(&message, "Withdrawn").await;
}

#[tokio::test]
async fn an_end_is_told_after_a_long_outage() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let shared = &bed.approver.0.shared;
    assert!(shared.config.give_up_after < Duration::from_secs(3_600));
    assert!(crate::approver::tail::OUTAGE > Duration::from_secs(3_600), "the hour of the promise");
    // No answer of Slack's, from something in between.
    bed.slack.break_down("chat.update", Fault::Status(403));
    call.abort();
    bed.slack.until("a try", |state| (state.called("chat.update") > 0).then_some(())).await;
    bed.slack.heal("chat.update");
    let message = bed.says(&message, "withdrawn").await;
    assert_eq!(labels(&message), Vec::<String>::new());
}

#[tokio::test]
async fn a_greeting_that_failed_is_said_again() {
    let slack = Slack::start().await;
    slack.fault("auth.test", Fault::Status(403));
    slack.fault("auth.test", Fault::Code("account_inactive".into()));
    let clock = Arc::new(ManualClock::new());
    let log = Arc::new(MemoryLog::with_clock(Arc::clone(&clock) as _, &SeededEntropy::new(1)));
    let people = policies(&slack);
    let bed = Bed::over(slack, clock, log, people, |config| config).await;
    let shared = &bed.approver.0.shared;
    assert!(shared.deaf().await.contains("account_inactive"));
    shared.hears().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
}

/// No click could be told to be for us, so there is nothing to click on.
#[tokio::test]
async fn nothing_is_shown_before_it_is_known_what_is_for_us() {
    let slack = Slack::start().await;
    slack.break_down("auth.test", Fault::Status(503));
    let config = Config::builder(slack.bot_token().to_owned(), "#approvals")
        .signing_secret(slack.signing_secret().to_owned())
        .api_url(slack.api_url());
    let clock = Arc::new(ManualClock::new());
    let log = Arc::new(MemoryLog::with_clock(Arc::clone(&clock) as _, &SeededEntropy::new(1)));
    let people = policies(&slack);
    let bed = Bed::over(slack, clock, log, people, move |_| config).await;
    let call = bed.deploy("one");
    asked(&bed).await;
    let greetings = |state: &State| {
        let greeting = |call: &&Call| call.method == "auth.test";
        (state.calls.iter().filter(greeting).count() > 1).then(|| state.posts().count())
    };
    assert_eq!(bed.slack.until("a second greeting", greetings).await, 0);
    bed.slack.heal("auth.test");
    let message = bed.message(2).await;
    bed.click("bob", &message, "Approve").await;
    call.await.unwrap().unwrap();
}
