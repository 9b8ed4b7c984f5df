//! The hand of a person: clicks, submits and writes, and Slack delivers it by socket or by HTTP.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::Clock;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::payload;
use crate::screen::{buttons, read};
use crate::sign::sign;
use crate::slack::Slack;
use crate::state::{Message, State, View};

/// How long Slack waits for an acknowledgement.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(3);

/// How Slack delivers to the app.
#[derive(Debug, Clone)]
pub enum Road {
    /// Over an open socket.
    Socket,
    /// By a signed request to this address, which ends without a slash, at the time this clock tells.
    Http(String, Arc<dyn Clock>),
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// Acknowledged, with what came along, if anything did.
    Taken(Option<Value>),
    /// Refused with this status.
    Refused(u16),
    /// No acknowledgement within three seconds.
    Never,
}

/// One person's hand.
#[derive(Debug, Clone)]
pub struct Hand {
    slack: Slack,
    user: String,
    road: Road,
}

impl Hand {
    /// The hand of the person with this name.
    #[must_use]
    pub fn of(slack: &Slack, name: &str, road: Road) -> Self {
        Self { slack: slack.clone(), user: slack.user(name), road }
    }

    pub(crate) const fn slack(&self) -> &Slack {
        &self.slack
    }

    /// The id of the account.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Clicks the button with this label in a message.
    ///
    /// # Panics
    /// When the message, as it stands in `on`, has no such button.
    pub async fn click(&self, on: &Message, label: &str) -> Ack {
        let payload = self.clicked(on, label).await;
        self.deliver("interactive", &payload).await
    }

    /// The payload of that click, not delivered.
    pub async fn clicked(&self, on: &Message, label: &str) -> Value {
        let button = button(&Value::Array(on.blocks.clone()), label);
        payload::click(&self.slack, &self.user, on, &button, &self.trigger().await)
    }

    /// Clicks the button with this label in a modal.
    pub async fn click_in(&self, view: &View, label: &str) -> Ack {
        let button = button(&view.view, label);
        let payload = payload::click_in(&self.slack, view, &button, &self.trigger().await);
        self.deliver("interactive", &payload).await
    }

    /// Submits a modal with these texts in its inputs.
    pub async fn submit(&self, view: &View, texts: &[&str]) -> Ack {
        let payload = self.submitted(view, texts).await;
        self.deliver("interactive", &payload).await
    }

    /// The payload of that submission, not delivered.
    pub async fn submitted(&self, view: &View, texts: &[&str]) -> Value {
        payload::submit(&self.slack, view, texts, &self.trigger().await)
    }

    /// Writes into the thread of a message.
    pub async fn say(&self, thread: &Message, text: &str) -> Ack {
        let payload = payload::say(&self.slack, &self.user, thread, text);
        self.deliver("events_api", &payload).await
    }

    /// Waits for the modal that opens in front of this person behind the first `seen` of theirs.
    pub async fn modal(&self, seen: usize) -> View {
        let mine = |state: &State| {
            state.views.iter().filter(|view| view.user == self.user).nth(seen).cloned()
        };
        self.slack.until("a modal", mine).await
    }

    /// How many modals opened in front of this person so far.
    #[must_use]
    pub fn modals(&self) -> usize {
        self.slack.look(|state| state.views.iter().filter(|view| view.user == self.user).count())
    }

    /// What this person alone was told, all of it.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.slack.look(|state| {
            let mine = state.ephemerals.iter().filter(|told| told.user == self.user);
            mine.map(|told| format!("{}\n{}", told.text, read(&told.blocks))).collect()
        })
    }

    /// Delivers a payload, whoever made it: `interactive` or `events_api`.
    pub async fn deliver(&self, kind: &str, payload: &Value) -> Ack {
        match &self.road {
            Road::Socket => {
                let id = format!("envelope-{}", self.slack.change(State::next));
                self.envelope(&id, kind, payload).await
            }
            Road::Http(url, clock) => {
                let body = match kind {
                    "interactive" => form(&payload.to_string()),
                    _ => payload.to_string(),
                };
                let seconds = clock.now().as_micros().div_euclid(1_000_000);
                let signature = sign(self.slack.signing_secret(), seconds, body.as_bytes());
                let url = match kind {
                    "interactive" => format!("{url}/interactivity"),
                    _ => format!("{url}/events"),
                };
                self.post(&url, kind, seconds, &signature, body).await
            }
        }
    }

    /// Delivers a payload as often as it is called, each time in the envelope with this id, or in the same request.
    pub async fn again(&self, id: &str, kind: &str, payload: &Value) -> Ack {
        match &self.road {
            Road::Socket => self.envelope(id, kind, payload).await,
            Road::Http(..) => self.deliver(kind, payload).await,
        }
    }

    /// Delivers a payload in an envelope with this id, again if it was delivered before.
    pub async fn envelope(&self, id: &str, kind: &str, payload: &Value) -> Ack {
        let envelope = json!({
            "envelope_id": id, "type": kind, "payload": payload,
            "accepts_response_payload": kind == "interactive",
        });
        let acknowledged = async {
            // Without a socket Slack waits as well.
            let open = |state: &State| (state.connections > 0).then_some(());
            self.slack.sooner_or_later(open).await;
            self.slack.send(&envelope).await
        };
        match tokio::time::timeout(ACKNOWLEDGED_WITHIN, acknowledged).await {
            Ok(Ok(answer)) => Ack::Taken(answer.get("payload").cloned()),
            Ok(Err(_)) | Err(_) => Ack::Never,
        }
    }

    async fn post(&self, url: &str, kind: &str, seconds: i64, sign: &str, body: String) -> Ack {
        let content = match kind {
            "interactive" => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        let request = Client::new()
            .post(url)
            .header(CONTENT_TYPE, content)
            .header("x-slack-request-timestamp", seconds.to_string())
            .header("x-slack-signature", sign)
            .body(body)
            .timeout(ACKNOWLEDGED_WITHIN)
            .send();
        let Ok(answer) = request.await else { return Ack::Never };
        match answer.status().as_u16() {
            200 => Ack::Taken(answer.json().await.ok()),
            status => Ack::Refused(status),
        }
    }

    async fn trigger(&self) -> String {
        trigger(&self.slack, &self.user).await
    }
}

/// What lets an app open one modal in front of this person, for three seconds.
pub async fn trigger(slack: &Slack, user: &str) -> String {
    match slack.emulator() {
        None => slack.change(|state| state.trigger(user)),
        Some(emulator) => {
            let id = emulator.trigger(user).await;
            slack.change(|state| {
                let made = state.trigger(user);
                let whose = state.triggers.remove(&made);
                whose.map(|whose| state.triggers.insert(id.clone(), whose))
            });
            id
        }
    }
}

/// `payload=…`, every byte that could mean something escaped.
#[must_use]
pub fn form(payload: &str) -> String {
    let mut body = "payload=".to_owned();
    for byte in payload.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            body.push(char::from(byte));
        } else {
            body.push_str(&format!("%{byte:02X}"));
        }
    }
    body
}

fn button(of: &Value, label: &str) -> Value {
    let found = buttons(of).into_iter().find(|button| button["text"]["text"] == label);
    found.unwrap_or_else(|| panic!("there is no button `{label}` in {of:#}"))
}
