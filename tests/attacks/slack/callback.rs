//! Callbacks to the endpoint, as they stand in the corpus; and those that Slack did sign again about a request of ours,
//! so that what is wrong with them is all that is wrong.

use guardrail_test_slack::{Message, form, sign};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::world::{Callback, SECRET, World, token};
use crate::corpus::Entry;
use crate::ensure;
use crate::trial::Check;
use crate::words::Expect;

const NOW: i64 = 1_790_000_000;
/// The request that the corpus speaks of.
const REQUEST: &str = "01J8ZQ0000000000000000000A";
const DIGEST: &str = "sha256:intent";
const NONCE: &str = "n-1";
const CHANNEL: &str = "C_OPS";
const MESSAGE: &str = "1790000000.000100";

pub(crate) async fn run(entry: &Entry) -> Check {
    let line: Value = serde_json::from_str(&entry.line).map_err(|error| error.to_string())?;
    let callback = Callback::read(&line["payload"])?;
    let now = line["assert"]["now"].as_i64().unwrap_or(NOW);
    let met = World::new(now, "attacks").await?.meets(&callback, None).await?;
    ensure!(met.votes.is_empty() && !met.decided, "as it stands it votes: {:?}", met.votes);
    match entry.expect {
        Expect::Accept => ensure!(met.status == 200, "as it stands it is refused: {}", met.status),
        _ if !callback.is_signed() => {
            ensure!((400..500).contains(&met.status), "as it stands: {}", met.status);
        }
        _ => ensure!(met.status < 500, "as it stands: {}", met.status),
    }
    // What Slack has not signed ends there.
    if callback.is_signed() && callback.payload().is_some() {
        about_ours(entry, &callback, now).await?;
    }
    Ok(())
}

/// The same about a request that waits here, signed anew.
async fn about_ours(entry: &Entry, callback: &Callback, now: i64) -> Check {
    let spent = callback.precondition.contains("nonce");
    let told = callback.precondition.as_str();
    let expired = told.contains("expired");
    let policy = if spent {
        "two"
    } else if expired {
        "soon"
    } else {
        "attacks"
    };
    let world = World::new(now, policy).await?;
    let before = world.asked().await;
    if spent {
        // Bob's vote spends the nonce of this version.
        world.click("U_BOB", &before, now).await?;
        world
            .slack
            .until("the next version", |state| {
                state.now(&before).filter(|now| now.updates > before.updates).map(drop)
            })
            .await;
    } else if told.contains("denied") {
        world.decide(false).await?;
    } else if ["approved", "started", "executed"].iter().any(|word| told.contains(word)) {
        world.decide(true).await?;
    } else if expired {
        world.slack.until("a message without buttons", |state| closed(state, &before)).await;
    } else if told.contains("deactivated") {
        world.leaves(true).await?;
    } else if told.contains("removed") || told.contains("policy") {
        world.leaves(false).await?;
    } else if told.contains("cancel") || told.contains("withdrawn") {
        world.cancel().await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let lure = listener.local_addr().map_err(|error| error.to_string())?;
    let ours = callback.translated(&before, entry, lure.port())?;
    let counts = match entry.expect {
        Expect::Accept => true,
        // The first of the repeated is a good one.
        Expect::NoStateChange => callback.repeat > 1,
        _ => false,
    };
    let met = world.meets(&ours, counts.then_some("alice")).await?;
    let alice = met.votes.iter().filter(|person| *person == "alice").count();
    match entry.expect {
        Expect::Accept => ensure!(alice == 1, "a good click did not count: {}", met.status),
        Expect::NoStateChange if callback.repeat > 1 => {
            ensure!(alice == 1, "repeated, it counts {alice} times");
        }
        Expect::NoStateChange => ensure!(alice == 0, "it counts"),
        // A good click with a bad address in it: the address is not used.
        Expect::SsrfBlocked => {
            let visited =
                tokio::time::timeout(std::time::Duration::from_millis(200), listener.accept());
            ensure!(visited.await.is_err(), "the address of a callback was called");
        }
        // A vote of somebody who may vote no more is found out at the latest where the call would start.
        _ if told.contains("removed") || told.contains("policy") => {
            ensure!(!world.released().await, "it was let through on a vote of nobody");
        }
        _ => ensure!(alice == 0, "it counts: {}", met.status),
    }
    Ok(())
}

impl Callback {
    fn read(payload: &Value) -> Result<Self, String> {
        let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        let known = ["method", "path", "headers", "body", "repeat", "precondition"];
        let unknown = payload
            .as_object()
            .into_iter()
            .flatten()
            .find(|(key, _)| !known.contains(&key.as_str()));
        ensure!(
            unknown.is_none(),
            "nobody knows what `{:?}` of a callback means",
            unknown.map(|one| one.0)
        );
        let mut headers = Vec::new();
        for (name, value) in payload["headers"].as_object().into_iter().flatten() {
            let values = match value {
                Value::Array(all) => all.clone(),
                one => vec![one.clone()],
            };
            for value in values {
                let value = value.as_str().ok_or("a header is text")?.to_owned();
                headers.push((name.to_lowercase(), value));
            }
        }
        let path = text("path");
        let query = path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        Ok(Self {
            method: text("method"),
            query,
            headers,
            body: text("body"),
            repeat: payload["repeat"].as_u64().unwrap_or(1),
            precondition: text("precondition"),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether its signature is Slack's, of this very time and body.
    fn is_signed(&self) -> bool {
        let (time, signature) =
            (self.header("x-slack-request-timestamp"), self.header("x-slack-signature"));
        let seconds = time.and_then(|time| time.parse::<i64>().ok());
        seconds.is_some_and(|seconds| {
            Some(sign(SECRET, seconds, self.body.as_bytes()).as_str()) == signature
        })
    }

    /// The last payload in the form, where it is JSON.
    fn payload(&self) -> Option<Value> {
        let last = self.body.split('&').rev().find_map(|pair| pair.strip_prefix("payload="))?;
        serde_json::from_str(&unescape(last)).ok().filter(Value::is_object)
    }

    /// The same callback about the request that waits in this world, signed by its Slack.
    fn translated(&self, on: &Message, entry: &Entry, lure: u16) -> Result<Self, String> {
        let mut payload = self.payload().ok_or("there is no payload in it")?;
        payload["trigger_id"] = json!("1.2.trigger");
        payload["channel"] = json!({ "id": on.channel });
        // Another place stays another one.
        for (name, theirs, ours) in
            [("channel_id", CHANNEL, &on.channel), ("message_ts", MESSAGE, &on.ts)]
        {
            if payload["container"][name] == theirs {
                payload["container"][name] = json!(ours);
            }
        }
        let token = token(on)?;
        for action in payload["actions"].as_array_mut().into_iter().flatten() {
            let name = action["action_id"].as_str().unwrap_or_default().to_owned();
            action["action_id"] = json!(format!("guardrail.{name}"));
            if action["type"].is_null() {
                action["type"] = json!("button");
            }
            if let Some(value) = action["value"].as_str() {
                action["value"] = json!(translate(value, &token, &self.precondition));
            }
        }
        if entry.expect == Expect::SsrfBlocked {
            payload["response_url"] = json!(format!("http://127.0.0.1:{lure}/actions"));
        }
        let mut ours = self.clone();
        let last = self.body.rfind("payload=").ok_or("there is no payload in it")?;
        let head = self.body.get(..last).unwrap_or_default();
        // Fields behind it stay.
        let tail = self.body.get(last..).and_then(|body| body.find('&').map(|end| last + end));
        let tail = tail.and_then(|end| self.body.get(end..)).unwrap_or_default();
        ours.body = format!("{head}{}{tail}", form(&payload.to_string()));
        let seconds = self.header("x-slack-request-timestamp").and_then(|time| time.parse().ok());
        let signature = sign(SECRET, seconds.ok_or("it is signed")?, ours.body.as_bytes());
        for (name, value) in &mut ours.headers {
            if name == "x-slack-signature" {
                value.clone_from(&signature);
            }
        }
        Ok(ours)
    }
}

/// The corpus's `{"i": request, "d": digest, "n": nonce}` as our button carries it.
fn translate(value: &str, [request, digest, nonce]: &[String; 3], precondition: &str) -> String {
    let Ok(read) = serde_json::from_str::<Value>(value) else { return value.to_owned() };
    let other = |text: &str| text.chars().rev().collect::<String>();
    let request = match read["i"].as_str() {
        Some(REQUEST) => request.clone(),
        _ => "01996b2c-4e10-7abc-8def-0123456789ab".to_owned(),
    };
    // An edit gives the request another digest, so the old one is another than it has now.
    let digest = match read["d"].as_str() {
        Some(DIGEST) if !precondition.contains("digest") => digest.clone(),
        _ => other(digest),
    };
    let nonce = match read["n"].as_str() {
        // Of a used one the precondition has seen to it that it is.
        Some(NONCE) => nonce.clone(),
        _ if precondition.contains("nonce") => nonce.clone(),
        _ => other(nonce),
    };
    // What else stands in it, or stands in it twice, stays something else.
    let members = value.matches("\":").count();
    let more = if members > 3 { " 0" } else { "" };
    format!("{request} {digest} {nonce}{more}")
}

/// Once the buttons of this message are gone.
fn closed(state: &guardrail_test_slack::State, message: &Message) -> Option<()> {
    let now = state.now(message)?;
    guardrail_test_slack::buttons(&Value::Array(now.blocks.clone())).is_empty().then_some(())
}

/// Percent decoding of a form.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&hex, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
