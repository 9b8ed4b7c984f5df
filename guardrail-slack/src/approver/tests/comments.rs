//! What people of the directory say in the thread is on record.

use guardrail_core::model::AuditEvent;
use serde_json::json;

use super::bed::Bed;
use crate::delivery::Kind;

#[tokio::test]
async fn people_of_the_directory_comment_in_the_thread() {
    let bed = Bed::new().await;
    let call = bed.deploy("one");
    let message = bed.message(2).await;
    let said = |user: &str, thread: &str, event: &str| {
        json!({
            "type": "event_callback", "team_id": "T0CORP", "api_app_id": "A0GUARD",
            "event_id": event,
            "event": {
                "type": "message", "channel": message.channel, "user": user,
                "text": "is &lt;this&gt; ok?", "ts": "1790000001.000009", "thread_ts": thread,
                "team": "T0CORP", "channel_type": "channel"
            }
        })
    };
    for (user, thread, event) in [
        ("U0BOB", &*message.ts, "Ev1"),
        ("U0BOB", &*message.ts, "Ev1"),
        ("U0MALLORY", &*message.ts, "Ev2"),
        ("U0BOB", "1.2", "Ev3"),
    ] {
        bed.hear(Kind::Event, &said(user, thread, event)).await;
    }
    let events = bed.events().await;
    let comments: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            AuditEvent::Commented { person, text, channel, .. } => {
                Some((person.as_ref().unwrap().to_string(), text.to_string(), channel.to_string()))
            }
            _ => None,
        })
        .collect();
    let expected = ("bob".to_owned(), "is <this> ok?".to_owned(), "slack".to_owned());
    assert_eq!(comments, [expected], "once, and of nobody else");
    call.abort();
    bed.says(&message, "withdrawn").await;
    bed.approver.idle().await;
    bed.hear(Kind::Event, &said("U0CAROL", &message.ts, "Ev4")).await;
    let late = bed.events().await.into_iter().any(|event| {
        matches!(event, AuditEvent::Commented { person: Some(person), .. } if person.as_str() == "carol")
    });
    assert!(late, "people talk on when it is over");
}
