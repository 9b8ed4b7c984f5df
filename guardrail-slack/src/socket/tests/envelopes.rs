//! What is taken, what is acknowledged, and in which order.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::SinkExt as _;
use serde_json::json;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::slack::{Slack, click, event};
use crate::audience::Audience;
use crate::client::tests::script::Reply;
use crate::counts::Refusal;
use crate::delivery::Kind;
use crate::socket::Link;

#[tokio::test(start_paused = true)]
async fn a_click_is_acknowledged_and_taken_as_it_came() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    let payload = r#"{"type":"block_actions", "team":{"id":"T0"}, "api_app_id":"A0", "n":1.0}"#;
    let frame = format!(r#"{{"envelope_id":"e1","type":"interactive","payload":{payload}}}"#);
    socket.0.send(Message::text(frame)).await.unwrap();
    assert_eq!(socket.acknowledged().await, "e1");
    let delivery = slack.read.recv().await.unwrap();
    assert_eq!(delivery.kind, Kind::Interaction);
    assert_eq!(String::from_utf8(delivery.payload).unwrap(), payload);
    socket.says(&event("e2", "Ev1")).await;
    assert_eq!(socket.acknowledged().await, "e2");
    assert_eq!(slack.read.recv().await.unwrap().kind, Kind::Event);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_not_acknowledged_and_taken_later() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    for id in ["e1", "e2"] {
        socket.says(&click(id)).await;
        assert_eq!(socket.acknowledged().await, id);
    }
    socket.says(&click("e3")).await;
    socket.acknowledges_nothing().await;
    assert_eq!(slack.counts.of(Refusal::InboxFull), 1);
    assert_eq!(slack.taken().len(), 2);
    socket.says(&click("e3")).await;
    assert_eq!(socket.acknowledged().await, "e3");
    assert_eq!(
        slack.read.recv().await.unwrap().payload,
        click("e3")["payload"].to_string().as_bytes()
    );
}

#[tokio::test(start_paused = true)]
async fn what_comes_twice_is_acknowledged_twice_and_taken_once() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    for frame in [click("e1"), click("e1"), event("e2", "Ev1"), event("e3", "Ev1")] {
        socket.says(&frame).await;
        assert_eq!(socket.acknowledged().await, frame["envelope_id"]);
    }
    assert_eq!(slack.taken().len(), 2);
    assert_eq!(slack.counts.of(Refusal::Duplicate), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_for_us_or_not_understood_is_acknowledged_and_left() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    let mut other_team = click("e1");
    other_team["payload"]["team"]["id"] = json!("T1");
    let mut other_app = click("e2");
    other_app["payload"]["api_app_id"] = json!("A1");
    let mut shapeless = click("e3");
    shapeless["payload"] = json!("text");
    let mut empty = click("e4");
    empty.as_object_mut().unwrap().remove("payload");
    let command = json!({ "type": "slash_commands", "envelope_id": "e5", "payload": {} });
    let news = json!({ "type": "something_new", "envelope_id": "e6", "payload": {} });
    for frame in [other_team, other_app, shapeless, empty, command, news] {
        socket.says(&frame).await;
        assert_eq!(socket.acknowledged().await, frame["envelope_id"]);
    }
    assert!(slack.taken().is_empty());
    let counts = [Refusal::NotOurs, Refusal::Shape, Refusal::Unused].map(|of| slack.counts.of(of));
    assert_eq!(counts, [2, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn frames_that_are_none_of_slacks_are_counted_and_the_socket_stays() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    socket.0.send(Message::text("{")).await.unwrap();
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    socket.says(&json!({ "type": "interactive", "payload": {} })).await;
    socket.says(&json!({ "type": "news" })).await;
    socket.says(&click("e1")).await;
    assert_eq!(socket.acknowledged().await, "e1");
    assert_eq!(slack.counts.of(Refusal::Shape), 3);
    assert_eq!(slack.taken().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_frame_too_long_ends_the_socket_and_another_is_opened() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    let long = "x".repeat(2 << 20);
    // The program stops reading, so that not all of it may get through.
    drop(socket.0.send(Message::text(long)).await);
    let sent = Instant::now();
    let mut next = slack.socket().await;
    assert!(sent.elapsed() < Duration::from_secs(5), "it was read, and silence ended the socket");
    next.says(&click("e1")).await;
    assert_eq!(next.acknowledged().await, "e1");
}

#[tokio::test(start_paused = true)]
async fn without_a_configured_workspace_it_is_the_one_of_the_token() {
    let me = json!({ "ok": true, "team_id": "T0", "user_id": "U0" });
    let link = json!({ "ok": true, "url": "wss://wss.slack.com/" });
    let answers = vec![Reply::Json(me), Reply::Json(link)];
    let mut slack = Slack::with(answers, Audience::new(BTreeSet::new(), None, None)).await;
    let mut socket = slack.socket().await;
    let mut other = click("e1");
    other["payload"]["team"]["id"] = json!("T1");
    let mut other_app = click("e2");
    other_app["payload"]["api_app_id"] = json!("A1");
    for frame in [other, other_app, click("e3")] {
        socket.says(&frame).await;
        socket.acknowledged().await;
    }
    assert_eq!(slack.taken(), [click("e3")["payload"].to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_app_is_refused() {
    let mut slack = Slack::start().await;
    let mut socket = slack.dialled().await;
    socket.says(&json!({ "type": "hello", "connection_info": { "app_id": "A1" } })).await;
    socket.stays().await;
    // The next one is on its way; how it stands is told before.
    assert!(matches!(slack.watcher.now(), Link::Refused { error } if error.contains("`A1`")));
}
