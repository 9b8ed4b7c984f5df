//! How long a socket lives, what comes after it, and what is told meanwhile.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::slack::{Slack, click, disconnect};
use crate::client::tests::script::{Reply, refuses};
use crate::socket::Link;

const MINUTE: Duration = Duration::from_secs(60);

/// Lets the program do what it has to, without time passing that anybody waits for.
async fn settle() {
    sleep(Duration::from_millis(1)).await; // Paused: the tasks run until nothing is left to do.
}

#[tokio::test(start_paused = true)]
async fn the_new_socket_is_up_before_the_old_one_is_let_go() {
    for reason in ["warning", "refresh_requested"] {
        let mut slack = Slack::start().await;
        let mut old = slack.socket().await;
        let served = timeout(MINUTE, old.acknowledged()).await;
        assert!(served.is_err(), "the socket has lived a minute");
        let asked = Instant::now();
        old.says(&disconnect(reason)).await;
        let mut new = slack.socket().await;
        assert!(asked.elapsed() < Duration::from_millis(10));
        settle().await;
        // Both are read, and what comes over both is taken once.
        for socket in [&mut old, &mut new] {
            socket.says(&click("e1")).await;
            assert_eq!(socket.acknowledged().await, "e1");
        }
        assert_eq!(slack.taken().len(), 1);
        drop(old);
        settle().await;
        assert_eq!(slack.watcher.now(), Link::Up);
        new.says(&click("e2")).await;
        assert_eq!(new.acknowledged().await, "e2");
        assert_eq!(slack.dials(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn the_old_socket_is_let_go_though_slack_does_not_close_it() {
    let mut slack = Slack::start().await;
    let mut old = slack.socket().await;
    drop(timeout(MINUTE, old.acknowledged()).await);
    old.says(&disconnect("warning")).await;
    let _new = slack.socket().await;
    assert!(timeout(Duration::from_secs(31), old.stays()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_breaks_is_replaced_soon() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    drop(timeout(MINUTE, socket.acknowledged()).await);
    assert_eq!(slack.watcher.now(), Link::Up);
    let broke = Instant::now();
    drop(socket);
    settle().await;
    assert!(matches!(slack.watcher.now(), Link::Down { .. }));
    let _next = slack.socket().await;
    assert!(broke.elapsed() <= Duration::from_secs(1), "{:?}", broke.elapsed());
    settle().await;
    assert_eq!(slack.watcher.now(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_end_at_a_minute() {
    let mut slack = Slack::start().await;
    slack.is_down(true);
    sleep(10 * MINUTE).await; // Paused.
    let dials = slack.dials();
    // 1, 2, 4, 8, 16, 32 and then 60 seconds, each shortened by up to a half.
    assert!((14..=30).contains(&dials), "{dials}");
    slack.is_down(false);
    let back = Instant::now();
    let mut socket = slack.socket().await;
    assert!(back.elapsed() <= MINUTE);
    socket.says(&click("e1")).await;
    assert_eq!(socket.acknowledged().await, "e1");
}

#[tokio::test(start_paused = true)]
async fn a_slack_that_sends_everyone_away_is_not_stormed() {
    let mut slack = Slack::start().await;
    let start = Instant::now();
    let mut sockets = Vec::new();
    while start.elapsed() < 5 * MINUTE {
        let mut socket = slack.socket().await;
        socket.says(&disconnect("refresh_requested")).await;
        settle().await;
        sockets.push(socket);
    }
    assert!(slack.dials() <= 20, "{}", slack.dials());
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_socket_and_an_answered_ping_does_not() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    // Reading is what answers pings.
    drop(timeout(10 * MINUTE, socket.acknowledged()).await);
    assert_eq!((slack.dials(), slack.watcher.now()), (1, Link::Up));
    let silent = Instant::now();
    let _next = slack.socket().await;
    let waited = silent.elapsed().as_secs();
    assert!((20..=32).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn slacks_ping_is_answered() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    socket.0.send(Message::Ping(b"Ping from wss".to_vec().into())).await.unwrap();
    let answer = timeout(Duration::from_secs(5), socket.0.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(answer, Message::Pong(b"Ping from wss".to_vec().into()));
}

#[tokio::test(start_paused = true)]
async fn no_hello_is_not_waited_for() {
    let mut slack = Slack::start().await;
    let _mute = slack.dialled().await;
    let waited = Instant::now();
    let mut rude = slack.dialled().await;
    assert!((10..=11).contains(&waited.elapsed().as_secs()), "{:?}", waited.elapsed());
    rude.says(&click("e1")).await;
    rude.stays().await;
    assert!(slack.taken().is_empty());
    let mut good = slack.socket().await;
    good.says(&click("e1")).await;
    assert_eq!(good.acknowledged().await, "e1");
}

#[tokio::test(start_paused = true)]
async fn an_hour_without_slack_is_told_after_the_bound() {
    let mut slack = Slack::start().await;
    let socket = slack.socket().await;
    settle().await;
    let mut watcher = slack.watcher.clone();
    drop(socket);
    slack.is_down(true);
    let down = Instant::now();
    let lost = timeout(60 * MINUTE, watcher.lost(10 * MINUTE)).await;
    let reason = lost.expect("nothing was told for an hour");
    assert!(reason.contains("out of reach") && reason.contains("the connection broke"), "{reason}");
    let waited = down.elapsed().as_secs();
    assert!((599..=601).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_is_not_told_as_the_end() {
    let mut slack = Slack::start().await;
    let mut watcher = slack.watcher.clone();
    slack.is_down(true);
    sleep(9 * MINUTE).await; // Paused.
    slack.is_down(false);
    let mut socket = slack.socket().await;
    let lost = timeout(60 * MINUTE, async {
        tokio::select! {
            reason = watcher.lost(10 * MINUTE) => reason,
            () = socket.stays() => "the socket ended".to_owned(),
        }
    });
    assert!(lost.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_is_told_at_once_and_tried_on() {
    let link = json!({ "ok": true, "url": "wss://wss.slack.com/" });
    let answers = vec![refuses("invalid_auth"), refuses("invalid_auth"), Reply::Json(link)];
    let mut slack = Slack::answering(answers).await;
    let start = Instant::now();
    let reason = slack.watcher.clone().lost(10 * MINUTE).await;
    assert!(reason.contains("invalid_auth"), "{reason}");
    assert!(start.elapsed() < Duration::from_secs(1));
    let _mended = slack.socket().await;
    settle().await;
    assert_eq!(slack.watcher.now(), Link::Up);
    assert_eq!(slack.script.asked()[0].token.as_deref(), Some("xapp-app"));
}

#[tokio::test(start_paused = true)]
async fn socket_mode_switched_off_is_told_at_once() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    socket.says(&disconnect("link_disabled")).await;
    let reason = slack.watcher.clone().lost(10 * MINUTE).await;
    assert!(reason.contains("switched off"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_no_socket_is_not_dialled() {
    let link = json!({ "ok": true, "url": "ws://wss.slack.com/link/?ticket=1" });
    let slack = Slack::answering(vec![Reply::Json(link); 9]).await;
    settle().await;
    let Link::Down { error, .. } = slack.watcher.now() else { unreachable!("it is not up") };
    assert!(error.contains("neither encrypted") && !error.contains("ticket"), "{error}");
    assert_eq!(slack.dials(), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_wants_it_any_more() {
    let mut slack = Slack::start().await;
    let mut socket = slack.socket().await;
    settle().await;
    slack.running.abort();
    assert!(timeout(MINUTE, socket.stays()).await.is_ok());
    assert!(slack.watcher.lost(MINUTE).await.contains("nobody listens"));
}
