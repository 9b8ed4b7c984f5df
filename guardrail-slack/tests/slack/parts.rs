//! Before programs that others wrote: `emulate` answers the Web API, `@slack-wrench/fixtures` makes the clicks,
//! `slack_sdk` signs them.

use std::path::PathBuf;

use guardrail_core::audit::MemoryLog;
use guardrail_test_counterparts::{Counterparts, Dialogue};
use guardrail_test_slack::{Deed, Hand, Message, Road, Slack, State, View, buttons, trigger};
use reqwest::Client;
use serde_json::{Value, json};

use crate::bed::{Bed, Mode};

/// A person whose clicks are made and signed by others.
struct Others {
    slack: Slack,
    url: String,
    clicks: Dialogue,
    signs: Dialogue,
}

pub(crate) fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/parts").join(name)
}

impl Others {
    fn new(parts: &Counterparts, bed: &Bed) -> Self {
        let Road::Http(url, _) = &bed.road else { panic!("clicks come over HTTP") };
        let mut sign = parts.python();
        sign.arg(script("sign.py"));
        Self {
            slack: bed.slack.clone(),
            url: url.clone(),
            clicks: Dialogue::start(parts.node(script("clicks.js"))).unwrap(),
            signs: Dialogue::start(sign).unwrap(),
        }
    }

    async fn common(&self, user: &str) -> Value {
        json!({
            "team": { "id": self.slack.team(), "domain": "corp" },
            "user": { "id": user, "name": "somebody" },
            "api_app_id": self.slack.app(),
            "trigger_id": trigger(&self.slack, user).await,
        })
    }

    async fn click(&mut self, name: &str, on: &Message, label: &str) -> u16 {
        let labels = buttons(&Value::Array(on.blocks.clone()));
        let button = labels.iter().find(|button| button["text"]["text"] == label).unwrap();
        let user = self.slack.user(name);
        let mut options = self.common(&user).await;
        options["channel"] = json!({ "id": on.channel, "name": "approvals" });
        options["container"] =
            json!({ "type": "message", "message_ts": on.ts, "channel_id": on.channel });
        self.send(&json!({ "kind": "click", "what": button, "options": options })).await
    }

    async fn submit(&mut self, view: &View, text: &str) -> u16 {
        let input = view.view["blocks"].as_array().unwrap();
        let input = input.iter().find(|block| block["type"] == "input").unwrap();
        let (block, action) = (&input["block_id"], &input["element"]["action_id"]);
        let typed =
            json!({ action.as_str().unwrap(): { "type": "plain_text_input", "value": text } });
        let mut what = view.view.clone();
        what["id"] = json!(view.id);
        what["app_id"] = json!(self.slack.app());
        what["state"] = json!({ "values": { block.as_str().unwrap(): typed } });
        let options = self.common(&view.user).await;
        self.send(&json!({ "kind": "submit", "what": what, "options": options })).await
    }

    async fn send(&mut self, order: &Value) -> u16 {
        let payload = self.clicks.ask(&order.to_string()).unwrap();
        let body = guardrail_test_slack::form(&payload);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let time = now.as_secs().to_string();
        let asked = json!({ "secret": self.slack.signing_secret(), "time": time, "body": body });
        let signature = self.signs.ask(&asked.to_string()).unwrap();
        let request = Client::new()
            .post(format!("{}/interactivity", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", time)
            .header("x-slack-signature", signature)
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }
}

/// Everything that was asked of the emulator, strict about scopes as it is, it has granted.
fn granted(slack: &Slack) {
    let refused = |state: &State| {
        let calls = state
            .calls
            .iter()
            .filter(|call| call.answer.as_ref().is_none_or(|answer| answer["ok"] != true));
        calls.cloned().collect::<Vec<_>>()
    };
    assert_eq!(slack.look(refused), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_of_two_over_parts_of_others() {
    let Some(parts) = Counterparts::find("Slack: emulate, slack-wrench and slack_sdk") else {
        return;
    };
    let bed = Bed::on(Slack::emulated(&parts).await, Mode::Http, MemoryLog::new()).await;
    let mut others = Others::new(&parts, &bed);
    let call = bed.deploy("two");
    let first = bed.asked().await;
    assert_eq!(others.click("alice", &first, "Approve").await, 200);
    let second = bed.next(&first).await;
    assert_eq!(others.click("bob", &second, "Approve").await, 200);
    call.await.unwrap().unwrap();
    bed.thread(&first, "Completed").await;
    bed.without_complaint();
    granted(&bed.slack);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_by_modal_over_parts_of_others() {
    let Some(parts) = Counterparts::find("Slack: a modal in emulate") else { return };
    let bed = Bed::on(Slack::emulated(&parts).await, Mode::Http, MemoryLog::new()).await;
    let mut others = Others::new(&parts, &bed);
    let call = bed.deploy("one");
    let message = bed.asked().await;
    assert_eq!(others.click("alice", &message, "Deny").await, 200);
    let view = bed.hand("alice").modal(0).await;
    assert_eq!(others.submit(&view, "not today").await, 200);
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("not today"), "{error}");
    bed.without_complaint();
    granted(&bed.slack);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_socket_with_the_emulator_behind_it() {
    let Some(parts) = Counterparts::find("Slack: Socket Mode in front of emulate") else { return };
    let bed = Bed::on(Slack::emulated(&parts).await, Mode::Socket, MemoryLog::new()).await;
    let command = format!("echo ok # {}; rm -rf /", "A".repeat(12_000));
    let intent =
        guardrail_core::model::Intent::builder("run").policy("one").arg("command", &command);
    let call = bed.call(intent);
    let message = bed.asked().await;
    Hand::of(&bed.slack, "alice", Road::Socket).act(&message, &Deed::Approve).await;
    call.await.unwrap().unwrap();
    bed.without_complaint();
    granted(&bed.slack);
}
