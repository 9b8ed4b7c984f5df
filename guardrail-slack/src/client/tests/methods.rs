//! Each method: what it sends, and what it reads.

use serde_json::json;

use super::script::{Script, refuses, says};
use crate::client::{Error, Me, Post, Sent};

fn post() -> Post {
    Post {
        channel: "C1".to_owned(),
        thread: Some("1.2".to_owned()),
        text: "a <!channel>".to_owned(),
        blocks: vec![json!({ "type": "divider" })],
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_is_posted_as_it_is() {
    let script = Script::new([says(json!({ "ok": true, "channel": "C1", "ts": "5.6" }))]);
    let sent = script.client().post_message(&post()).await.unwrap();
    assert_eq!(sent, Sent { channel: "C1".to_owned(), ts: "5.6".to_owned() });
    let [asked] = &script.asked()[..] else { panic!("one call") };
    assert_eq!((asked.method, asked.token.as_deref()), ("chat.postMessage", Some("xoxb-bot")));
    assert_eq!(
        asked.body,
        json!({
            "channel": "C1", "thread_ts": "1.2", "text": "a <!channel>",
            "blocks": [{ "type": "divider" }], "mrkdwn": false, "parse": "none",
            "link_names": false, "unfurl_links": false, "unfurl_media": false,
        })
    );
}

#[tokio::test(start_paused = true)]
async fn messages_are_updated_whispered_and_opened() {
    let script = Script::new([
        says(json!({ "ok": true })),
        says(json!({ "ok": true, "message_ts": "1" })),
        says(json!({ "ok": true, "view": {} })),
    ]);
    let client = script.client();
    let sent = Sent { channel: "C1".to_owned(), ts: "5.6".to_owned() };
    client.update(&sent, "done", &[]).await.unwrap();
    client.post_ephemeral("C1", "U1", Some("5.6"), "*no* <@U1>").await.unwrap();
    client.views_open("1.2.3", &json!({ "type": "modal" })).await.unwrap();
    let asked = script.asked();
    let methods: Vec<_> = asked.iter().map(|asked| asked.method).collect();
    assert_eq!(methods, ["chat.update", "chat.postEphemeral", "views.open"]);
    assert_eq!((&asked[0].body["ts"], &asked[0].body["blocks"]), (&json!("5.6"), &json!([])));
    // What is said in private is shown and not read as markup.
    let text = &asked[1].body["blocks"][0]["text"];
    assert_eq!(text, &json!({ "type": "plain_text", "text": "*no* <@U1>", "emoji": false }));
    assert_eq!(asked[1].body["user"], "U1");
    assert_eq!(asked[2].body, json!({ "trigger_id": "1.2.3", "view": { "type": "modal" } }));
}

#[tokio::test(start_paused = true)]
async fn people_are_told_apart() {
    let user = json!({
        "id": "U1", "team_id": "T1", "deleted": false, "is_bot": false, "is_restricted": false,
        "is_ultra_restricted": false, "is_email_confirmed": true,
        "profile": { "email": "a@example.com" },
        "enterprise_user": { "enterprise_id": "E1", "teams": ["T1", "T2"] },
    });
    let alice = |key: &str, value: serde_json::Value| {
        let mut user = user.clone();
        user[key] = value;
        says(json!({ "ok": true, "user": user }))
    };
    let script = Script::new([
        alice("name", json!("alice")),
        alice("deleted", json!(true)),
        alice("is_bot", json!(true)),
        alice("is_workflow_bot", json!(true)),
        alice("is_restricted", json!(true)),
        alice("is_ultra_restricted", json!(true)),
        alice("is_stranger", json!(true)),
        alice("is_bot", json!(null)),
        alice("is_restricted", json!(null)),
        alice("is_email_confirmed", json!(false)),
        alice("is_email_confirmed", json!(null)),
        alice("id", json!("U2")),
    ]);
    let client = script.client();
    let info = client.users_info("U1").await.unwrap();
    assert!(info.is_full_member());
    assert_eq!(info.verified_email.as_deref(), Some("a@example.com"));
    assert_eq!(info.enterprise.unwrap().teams, ["T1", "T2"]);
    assert_eq!(script.asked()[0].body, json!({ "user": "U1" }));
    for _ in 0..8 {
        assert!(!client.users_info("U1").await.unwrap().is_full_member());
    }
    for _ in 0..2 {
        assert_eq!(client.users_info("U1").await.unwrap().verified_email, None);
    }
    // An answer about somebody else is none.
    assert!(matches!(client.users_info("U1").await, Err(Error::Unreadable { .. })));
}

#[tokio::test(start_paused = true)]
async fn people_and_groups_are_found() {
    let user = json!({ "id": "U1", "team_id": "T1", "is_bot": false });
    let script = Script::new([
        says(json!({ "ok": true, "user": user })),
        refuses("users_not_found"),
        says(json!({ "ok": true, "users": ["U1", "U2"] })),
        says(json!({ "ok": true, "users": "U1" })),
    ]);
    let client = script.client();
    assert_eq!(client.lookup_by_email("a@example.com").await.unwrap().id, "U1");
    let nobody = client.lookup_by_email("b@example.com").await.unwrap_err();
    assert_eq!(nobody.code(), Some("users_not_found"));
    assert_eq!(client.usergroup_users("S1").await.unwrap(), ["U1", "U2"]);
    assert!(matches!(client.usergroup_users("S1").await, Err(Error::Unreadable { .. })));
    let asked = script.asked();
    assert_eq!(asked[0].body, json!({ "email": "a@example.com" }));
    assert_eq!(asked[2].body, json!({ "usergroup": "S1", "include_disabled": "false" }));
}

#[tokio::test(start_paused = true)]
async fn the_workspace_answers() {
    let script = Script::new([
        says(json!({ "ok": true, "team_id": "T1", "user_id": "U0", "bot_id": "B0", "url": "x" })),
        says(json!({ "ok": true, "channel": { "id": "D1" } })),
        says(json!({ "ok": true, "url": "wss://wss.slack.com/?ticket=secret" })),
    ]);
    let client = script.client();
    let me = Me {
        team: "T1".to_owned(),
        enterprise: None,
        is_enterprise_install: false,
        user: "U0".to_owned(),
        bot: Some("B0".to_owned()),
        app: None,
    };
    assert_eq!(client.auth_test().await.unwrap(), me);
    assert_eq!(client.conversations_open("U1").await.unwrap(), "D1");
    let url = client.connections_open().await.unwrap();
    assert_eq!(url.expose(), "wss://wss.slack.com/?ticket=secret");
    let asked = script.asked();
    assert_eq!(asked[1].body, json!({ "users": "U1" }));
    assert_eq!(asked[2].token.as_deref(), Some("xapp-app"));
}

#[tokio::test(start_paused = true)]
async fn one_message_a_second_in_a_channel() {
    let sent = says(json!({ "ok": true, "channel": "C1", "ts": "5.6" }));
    let script = Script::new(vec![sent; 3]);
    let client = script.client();
    for _ in 0..3 {
        client.post_message(&post()).await.unwrap();
    }
    assert_eq!(script.times(), [0, 1000, 2000]);
}
