//! Payloads as Slack makes them: a click in a message or a modal, a modal submitted, a message in a thread.

use serde_json::{Map, Value, json};

use crate::screen::find;
use crate::slack::Slack;
use crate::state::{Message, State, View};

/// A click on a button of a message.
pub(crate) fn click(
    slack: &Slack,
    user: &str,
    on: &Message,
    button: &Value,
    trigger: &str,
) -> Value {
    let mut payload = base(slack, "block_actions", user, trigger);
    payload["container"] = json!({
        "type": "message", "message_ts": on.ts, "channel_id": on.channel, "is_ephemeral": false,
    });
    payload["channel"] = json!({ "id": on.channel, "name": "approvals" });
    payload["message"] = json!({
        "user": slack.bot_user(), "type": "message", "ts": on.ts, "bot_id": "B0GUARD",
        "app_id": slack.app(), "text": on.text, "team": slack.team(), "blocks": on.blocks,
    });
    payload["state"] = json!({ "values": {} });
    payload["response_url"] = json!("https://hooks.slack.com/actions/T0CORP/1/x");
    payload["actions"] = json!([action(slack, button, &Value::Array(on.blocks.clone()))]);
    payload
}

/// A click on a button inside of a modal.
pub(crate) fn click_in(slack: &Slack, view: &View, button: &Value, trigger: &str) -> Value {
    let mut payload = base(slack, "block_actions", &view.user, trigger);
    payload["container"] = json!({ "type": "view", "view_id": view.id });
    payload["view"] = shown(slack, view, json!({}));
    payload["actions"] = json!([action(slack, button, &view.view)]);
    payload
}

/// A modal submitted with this text in each of its inputs, by the order in which they stand there.
pub(crate) fn submit(slack: &Slack, view: &View, texts: &[&str], trigger: &str) -> Value {
    let mut payload = base(slack, "view_submission", &view.user, trigger);
    let mut values = Map::new();
    let blocks = view.view["blocks"].as_array().cloned().unwrap_or_default();
    let inputs = blocks.iter().filter(|block| block["type"] == "input");
    for (at, input) in inputs.enumerate() {
        let element = &input["element"];
        // An empty input is sent as null.
        let text = texts.get(at).filter(|text| !text.is_empty());
        let answer = json!({ "type": element["type"], "value": text });
        let (block, action) = (word(&input["block_id"]), word(&element["action_id"]));
        values.insert(block, json!({ action: answer }));
    }
    payload["view"] = shown(slack, view, Value::Object(values));
    payload["response_urls"] = json!([]);
    payload
}

/// A message of a person in a thread, as an event.
pub(crate) fn say(slack: &Slack, user: &str, thread: &Message, text: &str) -> Value {
    let serial = slack.change(State::next);
    let ts = format!("1790000001.{serial:06}");
    json!({
        "token": "verification", "team_id": slack.team(), "context_team_id": slack.team(),
        "context_enterprise_id": null, "api_app_id": slack.app(), "type": "event_callback",
        "event_id": format!("Ev{serial:08}"), "event_time": 1_790_000_001,
        "authorizations": [{
            "enterprise_id": null, "team_id": slack.team(), "user_id": slack.bot_user(),
            "is_bot": true, "is_enterprise_install": false,
        }],
        "is_ext_shared_channel": false, "event_context": "4-context",
        "event": {
            "type": "message", "user": user, "ts": ts, "client_msg_id": format!("{serial:08}"),
            "text": text, "team": slack.team(), "thread_ts": thread.ts,
            "parent_user_id": slack.bot_user(), "channel": thread.channel, "event_ts": ts,
            "channel_type": "channel",
            "blocks": [{ "type": "rich_text", "block_id": "b", "elements": [{
                "type": "rich_text_section", "elements": [{ "type": "text", "text": text }],
            }] }],
        },
    })
}

fn base(slack: &Slack, kind: &str, user: &str, trigger: &str) -> Value {
    let account = slack.look(|state| state.accounts.get(user).cloned());
    let team = account.as_ref().map_or(slack.team(), |account| &account.team).to_owned();
    let name = account.map(|account| account.name).unwrap_or_default();
    json!({
        "type": kind, "api_app_id": slack.app(), "token": "verification", "trigger_id": trigger,
        "team": { "id": slack.team(), "domain": "corp" }, "enterprise": null,
        "is_enterprise_install": false,
        "user": { "id": user, "username": name, "name": name, "team_id": team },
    })
}

fn action(slack: &Slack, button: &Value, of: &Value) -> Value {
    let mut action = button.clone();
    action["block_id"] = json!(block_of(of, &word(&button["action_id"])));
    action["action_ts"] = json!(format!("1790000002.{:06}", slack.change(State::next)));
    action
}

/// The view as Slack sends it back.
fn shown(slack: &Slack, view: &View, values: Value) -> Value {
    let mut shown = view.view.clone();
    let extras = json!({
        "id": view.id, "team_id": slack.team(), "app_id": slack.app(), "bot_id": "B0GUARD",
        "app_installed_team_id": slack.team(), "hash": "1790000000.hash", "root_view_id": view.id,
        "previous_view_id": null, "external_id": view.view["external_id"].as_str().unwrap_or_default(),
        "clear_on_close": false, "notify_on_close": false,
        "state": { "values": values },
    });
    for (key, value) in extras.as_object().into_iter().flatten() {
        shown[key] = value.clone();
    }
    for key in ["close", "submit"] {
        if shown.get(key).is_none() {
            shown[key] = Value::Null;
        }
    }
    shown
}

/// The block in which a button stands.
fn block_of(of: &Value, action: &str) -> String {
    let blocks = if of.is_array() { of } else { &of["blocks"] };
    let holds = |block: &&Value| {
        let mut found = Vec::new();
        find(block, "button", &mut found);
        found.iter().any(|button| button["action_id"] == action)
    };
    let block = blocks.as_array().into_iter().flatten().find(holds);
    block.and_then(|block| block["block_id"].as_str()).unwrap_or("generated").to_owned()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
