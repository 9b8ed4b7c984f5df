//! The methods of the Web API, in memory.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::account::Account;
use crate::limits::complaints;
use crate::slack::Slack;
use crate::state::{Ephemeral, Message, State, View};

/// How long a person's click lets an app open a modal.
const TRIGGER: Duration = Duration::from_secs(3);

/// A call as it came.
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) token: &'a str,
    /// The type of its content.
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
}

/// Answers one call, in memory or by the emulator behind us.
pub(crate) async fn answer(slack: &Slack, call: Sent<'_>, arguments: &Value) -> Value {
    let Sent { method, token, kind, body } = call;
    let own = method == "apps.connections.open";
    let expected = if own { slack.app_token() } else { slack.bot_token() };
    if token != expected {
        let code = if token.is_empty() { "not_authed" } else { "invalid_auth" };
        return json!({ "ok": false, "error": code });
    }
    // What the emulator does not know, it says itself.
    let ours = own || method.starts_with("usergroups.");
    let answer = match slack.emulator().filter(|_| !ours) {
        None => slack.change(|state| alone(slack, state, method, arguments)),
        Some(emulator) => {
            let answer = emulator.pass(method, &kind, body).await;
            if answer["ok"] == true {
                slack.change(|state| mirror(state, method, arguments, &answer));
            }
            answer
        }
    };
    slack.change(|state| inspect(state, method, arguments));
    answer
}

/// The emulator answered; what it holds is held here too.
fn mirror(state: &mut State, method: &str, arguments: &Value, answer: &Value) {
    let (channel, ts) = (text(answer, "channel"), text(answer, "ts"));
    match method {
        "chat.postMessage" => post(state, channel, ts, arguments),
        "chat.update" => drop(update(state, channel, &ts, arguments)),
        "chat.postEphemeral" => ephemeral(state, arguments),
        "views.open" => {
            let user = state.triggers.remove(&text(arguments, "trigger_id"));
            let user = user.map(|(user, _)| user).unwrap_or_default();
            let id = text(&answer["view"], "id");
            state.views.push(View { id, user, view: view(arguments) });
        }
        _ => {}
    }
}

fn alone(slack: &Slack, state: &mut State, method: &str, arguments: &Value) -> Value {
    let refuse = |code: &str| json!({ "ok": false, "error": code });
    match method {
        "auth.test" => json!({
            "ok": true, "url": "https://corp.slack.com/", "team": "Corp", "user": "guardrail",
            "team_id": slack.team(), "user_id": slack.bot_user(), "bot_id": "B0GUARD",
            "is_enterprise_install": false,
        }),
        "chat.postMessage" | "chat.postEphemeral" => {
            let named = text(arguments, "channel");
            let Some(channel) = state.channel(&named) else { return refuse("channel_not_found") };
            if blocks(arguments).is_empty() && text(arguments, "text").is_empty() {
                return refuse("no_text");
            }
            if !complaints(&Value::Array(blocks(arguments))).is_empty() {
                return refuse("invalid_blocks");
            }
            let ts = format!("1790000000.{:06}", state.next());
            if method == "chat.postEphemeral" {
                if !state.accounts.contains_key(&text(arguments, "user")) {
                    return refuse("user_not_in_channel");
                }
                ephemeral(state, arguments);
                return json!({ "ok": true, "message_ts": ts });
            }
            post(state, channel.clone(), ts.clone(), arguments);
            json!({ "ok": true, "channel": channel, "ts": ts, "message": { "type": "message", "ts": ts } })
        }
        "chat.update" => {
            if !complaints(&Value::Array(blocks(arguments))).is_empty() {
                return refuse("invalid_blocks");
            }
            let (channel, ts) = (text(arguments, "channel"), text(arguments, "ts"));
            match update(state, channel.clone(), &ts, arguments) {
                true => json!({ "ok": true, "channel": channel, "ts": ts }),
                false => refuse("message_not_found"),
            }
        }
        "views.open" => {
            let Some((user, until)) = state.triggers.remove(&text(arguments, "trigger_id")) else {
                return refuse("invalid_trigger_id");
            };
            if until < Instant::now() {
                return refuse("expired_trigger_id");
            }
            let view = view(arguments);
            if !complaints(&view).is_empty() {
                return refuse("invalid_arguments");
            }
            let id = format!("V{:08}", state.next());
            state.views.push(View { id: id.clone(), user, view });
            json!({ "ok": true, "view": { "id": id, "type": "modal" } })
        }
        "users.info" => match state.accounts.get(&text(arguments, "user")) {
            Some(account) => json!({ "ok": true, "user": account.info() }),
            None => refuse("user_not_found"),
        },
        "users.lookupByEmail" => {
            let email = text(arguments, "email");
            let of = |account: &&Account| account.email.as_ref() == Some(&email);
            match state.accounts.values().find(of) {
                Some(account) => json!({ "ok": true, "user": account.info() }),
                None => refuse("users_not_found"),
            }
        }
        "usergroups.users.list" => match state.user_groups.get(&text(arguments, "usergroup")) {
            Some(users) => json!({ "ok": true, "users": users }),
            None => refuse("no_such_subteam"),
        },
        "conversations.open" => {
            let user = text(arguments, "users");
            let channel = format!("D{}", user.trim_start_matches('U'));
            state.channels.insert(channel.clone(), channel.clone());
            json!({ "ok": true, "channel": { "id": channel } })
        }
        "apps.connections.open" => {
            let ticket = format!("ticket-{}", state.next());
            state.tickets.push(ticket.clone());
            json!({ "ok": true, "url": format!("{}?ticket={ticket}", slack.socket_url()) })
        }
        _ => refuse("unknown_method"),
    }
}

fn post(state: &mut State, channel: String, ts: String, arguments: &Value) {
    let thread = arguments["thread_ts"].as_str().map(str::to_owned);
    let (text, blocks) = (text(arguments, "text"), blocks(arguments));
    state.messages.push(Message { channel, ts, thread, text, blocks, updates: 0 });
}

fn update(state: &mut State, channel: String, ts: &str, arguments: &Value) -> bool {
    let of = |message: &&mut Message| message.channel == channel && message.ts == ts;
    let Some(message) = state.messages.iter_mut().find(of) else { return false };
    message.text = text(arguments, "text");
    message.blocks = blocks(arguments);
    message.updates += 1;
    true
}

fn ephemeral(state: &mut State, arguments: &Value) {
    state.ephemerals.push(Ephemeral {
        channel: text(arguments, "channel"),
        user: text(arguments, "user"),
        thread: arguments["thread_ts"].as_str().map(str::to_owned),
        text: text(arguments, "text"),
        blocks: blocks(arguments),
    });
}

/// Whatever answers, Slack's limits hold, and nothing has a name or a link made of it.
fn inspect(state: &mut State, method: &str, arguments: &Value) {
    let found = match method {
        "chat.postMessage" | "chat.update" | "chat.postEphemeral" => {
            let mut found = complaints(&Value::Array(blocks(arguments)));
            if text(arguments, "text").is_empty() {
                found.push("no fallback text".to_owned());
            }
            if arguments["parse"] == "full" || arguments["link_names"] == true {
                found.push("names and links are made of plain text".to_owned());
            }
            found
        }
        "views.open" => complaints(&view(arguments)),
        _ => Vec::new(),
    };
    state.complaints.extend(found.into_iter().map(|what| format!("{method}: {what}")));
}

fn text(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_owned()
}

fn blocks(arguments: &Value) -> Vec<Value> {
    arguments["blocks"].as_array().cloned().unwrap_or_default()
}

/// A view comes as an object, or as JSON in a string.
fn view(arguments: &Value) -> Value {
    match &arguments["view"] {
        Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.clone(),
    }
}

impl State {
    /// The id of a channel, by id or `#name`; a person's own conversation is one.
    fn channel(&self, named: &str) -> Option<String> {
        if let Some(name) = named.strip_prefix('#') {
            return self.channels.get(name).cloned();
        }
        self.channels.values().find(|id| *id == named).cloned()
    }

    /// Lets an app open one modal for this person.
    pub(crate) fn trigger(&mut self, user: &str) -> String {
        let id = format!("{}.trigger", self.next());
        self.triggers.insert(id.clone(), (user.to_owned(), Instant::now() + TRIGGER));
        id
    }
}
