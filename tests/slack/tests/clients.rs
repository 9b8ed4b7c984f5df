//! The Socket Mode of the tests is Slack's: clients that others wrote connect to it, receive, acknowledge, and come
//! back when they are told to.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up should fail")]

#[path = "clients/morphism.rs"]
mod morphism;

use std::process::Command;

use guardrail_test_counterparts::{Counterparts, Running};
use guardrail_test_slack::{Ack, Hand, Message, Road, Slack, sign};
use serde_json::json;

fn script(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

/// A message with a button, which nobody had to post.
fn message(slack: &Slack) -> Message {
    let text = json!({ "type": "plain_text", "text": "Approve" });
    let button = json!({ "type": "button", "action_id": "approve", "text": text, "value": "v" });
    Message {
        channel: slack.channel().to_owned(),
        ts: "1790000000.000001".to_owned(),
        thread: None,
        text: "a request".to_owned(),
        blocks: vec![json!({ "type": "actions", "block_id": "b", "elements": [button] })],
        updates: 0,
    }
}

/// Whatever a client hears is acknowledged; told to go, it comes back and hears again.
pub(crate) async fn certified(slack: &Slack) {
    slack.connected(1).await;
    let (hand, message) = (Hand::of(slack, "alice", Road::Socket), message(slack));
    assert!(taken(&hand.click(&message, "Approve").await));
    assert!(taken(&hand.say(&message, "looks fine").await));
    slack.disconnect("refresh_requested");
    let second = |state: &guardrail_test_slack::State| (state.opened > 1).then_some(());
    slack.until("a second socket", second).await;
    slack.connected(1).await;
    assert!(taken(&hand.click(&message, "Approve").await));
}

/// Acknowledged, with nothing: one of them sends an empty payload along.
fn taken(ack: &Ack) -> bool {
    match ack {
        Ack::Taken(payload) => payload.as_ref().is_none_or(|payload| *payload == json!({})),
        Ack::Refused(_) | Ack::Never => false,
    }
}

fn run(slack: &Slack, mut command: Command) -> Running {
    command.env("API", slack.api_url());
    command.env("BOT_TOKEN", slack.bot_token()).env("APP_TOKEN", slack.app_token());
    Running::start(command, |line| (line == "connected").then_some(())).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn bolt_connects_receives_and_acknowledges() {
    let Some(parts) = Counterparts::find("our Socket Mode against @slack/bolt") else { return };
    let slack = Slack::start().await;
    let command = parts.node(script("bolt.js"));
    let running = tokio::task::spawn_blocking({
        let slack = slack.clone();
        move || run(&slack, command)
    });
    let _running = running.await.unwrap();
    certified(&slack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_sdk_connects_receives_and_acknowledges() {
    let Some(parts) = Counterparts::find("our Socket Mode against slack_sdk") else { return };
    let slack = Slack::start().await;
    let mut command = parts.python();
    command.arg(script("sdk.py"));
    let running = tokio::task::spawn_blocking({
        let slack = slack.clone();
        move || run(&slack, command)
    });
    let _running = running.await.unwrap();
    certified(&slack).await;
}

/// The signature of the tests is that of Slack's page on it.
#[test]
fn a_body_is_signed_as_slack_signs_it() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
                96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = sign("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body.as_bytes());
    assert_eq!(signature, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}
