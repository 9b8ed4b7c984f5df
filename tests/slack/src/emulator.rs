//! The `emulate` counterpart: a stateful Web API that somebody else wrote.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;

use guardrail_test_counterparts::{Counterparts, Running};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// The bot's token there and here.
pub(crate) const TOKEN: &str = "xoxb-0000000000-tests";

/// A seeded emulator; it ends with the last handle on it.
#[derive(Debug)]
pub struct Emulator {
    api: String,
    http: Client,
    team: String,
    users: BTreeMap<String, String>,
    channel: String,
    _running: Running,
}

impl Emulator {
    /// Starts it with these people and the channel `approvals`, strict about scopes: the app has those that
    /// `docs/slack.md` asks for.
    pub async fn start(parts: &Counterparts, people: &[&str]) -> Self {
        let port = free_port();
        let seed = std::env::temp_dir().join(format!("guardrail-slack-{port}.yaml"));
        fs::write(&seed, seeded(people)).expect("a temporary file");
        let mut command = parts.node(parts.npm("emulate/dist/index.js"));
        command.args(["--service", "slack", "--port", &port.to_string(), "--seed"]).arg(&seed);
        let ready = |line: &str| (line.trim() == "Ready.").then_some(());
        let (running, ()) = Running::start(command, ready).expect("the emulator starts");
        fs::remove_file(&seed).expect("it was read");
        let mut emulator = Self {
            api: format!("http://127.0.0.1:{port}/api"),
            http: Client::new(),
            team: String::new(),
            users: BTreeMap::new(),
            channel: String::new(),
            _running: running,
        };
        emulator.team = word(&emulator.call("auth.test", &json!({})).await["team_id"]);
        let listed = emulator.call("users.list", &json!({})).await;
        for user in listed["members"].as_array().expect("members") {
            emulator.users.insert(word(&user["name"]), word(&user["id"]));
        }
        let hello = json!({ "channel": "approvals", "text": "hello" });
        emulator.channel = word(&emulator.call("chat.postMessage", &hello).await["channel"]);
        emulator
    }

    /// Calls a method with arguments as JSON.
    pub async fn call(&self, method: &str, arguments: &Value) -> Value {
        self.pass(method, "application/json", arguments.to_string().into_bytes()).await
    }

    /// Calls a method with the very bytes that somebody sent.
    pub(crate) async fn pass(&self, method: &str, kind: &str, body: Vec<u8>) -> Value {
        let call = self.http.post(format!("{}/{method}", self.api)).bearer_auth(TOKEN);
        let answer = call.header(CONTENT_TYPE, kind).body(body).send().await;
        let bytes = answer.expect("the emulator answers").bytes().await.expect("an answer");
        let mut answer: Value = serde_json::from_slice(&bytes).expect("JSON");
        if method.starts_with("users.") && answer["user"].is_object() {
            // What Slack says of every live account, and the emulator leaves out.
            for flag in ["is_restricted", "is_ultra_restricted"] {
                answer["user"][flag] = json!(false);
            }
            answer["user"]["is_email_confirmed"] = json!(true);
        }
        answer
    }

    /// The workspace's id.
    #[must_use]
    pub fn team(&self) -> &str {
        &self.team
    }

    /// The channel's id.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Ids of people by name.
    #[must_use]
    pub const fn users(&self) -> &BTreeMap<String, String> {
        &self.users
    }

    /// What may open one modal in front of this person.
    pub(crate) async fn trigger(&self, user: &str) -> String {
        let answer = self.call("views.generateTriggerId", &json!({ "user_id": user })).await;
        word(&answer["trigger_id"])
    }
}

fn seeded(people: &[&str]) -> String {
    let mut users = String::new();
    for name in people {
        users.push_str(&format!("    - name: {name}\n      email: {name}@example.com\n"));
    }
    format!(
        "slack:\n  strict_scopes: true\n  users:\n    - name: guardrail\n{users}  channels:\n    - name: approvals\n  \
         tokens:\n    - token: {TOKEN}\n      type: bot\n      user: guardrail\n      app_id: A0GUARD\n      \
         bot_id: B0GUARD\n      scopes: [\"chat:write\", \"users:read\", \"users:read.email\", \"im:write\"]\n"
    )
}

/// A port nobody uses now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a word, not {value}")).to_owned()
}
