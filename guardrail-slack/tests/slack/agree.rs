//! Signatures: `@slack/bolt` and we agree on every callback, but where we refuse more, and the reasons stand here.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use guardrail_conformance::ManualClock;
use guardrail_core::clock::Timestamp;
use guardrail_slack::{Config, SlackApprover};
use guardrail_test_counterparts::{Counterparts, Dialogue};
use guardrail_test_slack::{Slack, sign};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::parts::script;

const SECRET: &str = "guardrail-corpus-slack-secret";
const NOW: i64 = 1_790_000_000;

/// One callback.
#[derive(Debug, Clone)]
struct Callback {
    name: String,
    time: Option<String>,
    signature: Option<String>,
    body: String,
}

/// Every callback of the corpus.
fn corpus() -> Vec<Callback> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("GUARDRAIL_ATTACKS").filter(|folder| !folder.is_empty());
    let folder = root.join(named.unwrap_or_else(|| "tests/data/attacks".into()));
    let lines = std::fs::read_to_string(folder.join("attacks.jsonl")).unwrap();
    let entries = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let callbacks = entries.filter(|entry| entry["class"] == "slack_callback");
    let header =
        |entry: &Value, name: &str| entry["payload"]["headers"][name].as_str().map(str::to_owned);
    let read = |entry: Value| Callback {
        name: entry["id"].as_str().unwrap_or_default().to_owned(),
        time: header(&entry, "x-slack-request-timestamp"),
        signature: header(&entry, "x-slack-signature"),
        body: entry["payload"]["body"].as_str().unwrap_or_default().to_owned(),
    };
    callbacks.map(read).collect()
}

/// Callbacks a little off: every time around the borders, and one byte changed at many places.
fn made() -> Vec<Callback> {
    let body = "payload=%7B%22type%22%3A%22block_actions%22%7D";
    let good = |seconds: i64| Callback {
        name: format!("{} s off", seconds - NOW),
        time: Some(seconds.to_string()),
        signature: Some(sign(SECRET, seconds, body.as_bytes())),
        body: body.to_owned(),
    };
    let offsets = [-100_000, -301, -300, -299, 0, 1, 299, 300, 301, 100_000];
    let mut all: Vec<Callback> = offsets.map(|offset| good(NOW + offset)).to_vec();
    for at in 0..body.len() {
        let mut changed = good(NOW);
        changed.name = format!("byte {at} of the body");
        let byte = if changed.body.as_bytes()[at] == b'x' { "y" } else { "x" };
        changed.body.replace_range(at..=at, byte);
        all.push(changed);
    }
    for at in 0..67 {
        let mut changed = good(NOW);
        changed.name = format!("byte {at} of the signature");
        let signature = changed.signature.as_mut().unwrap();
        let byte = if signature.as_bytes()[at] == b'e' { "f" } else { "e" };
        signature.replace_range(at..=at, byte);
        all.push(changed);
    }
    all
}

/// Why we refuse what bolt takes; nothing where we should agree.
fn stricter(callback: &Callback) -> Option<&'static str> {
    let time = callback.time.as_deref().unwrap_or_default();
    let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    match time.parse::<i64>() {
        _ if !digits => Some("a time is digits and nothing else"),
        Err(_) => Some("a time is a number of seconds"),
        Ok(seconds) if seconds > NOW + 300 => Some("the future is five minutes at most, too"),
        Ok(_) => None,
    }
}

async fn ours(router: &Router, callback: &Callback) -> Response<Body> {
    let mut request =
        Request::post("/interactivity").header("content-type", "application/x-www-form-urlencoded");
    let headers =
        [("x-slack-request-timestamp", &callback.time), ("x-slack-signature", &callback.signature)];
    for (name, value) in headers {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request.body(Body::from(callback.body.clone())).unwrap();
    router.clone().oneshot(request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bolt_and_we_agree_on_every_signature() {
    let Some(parts) = Counterparts::find("Slack signatures against @slack/bolt") else { return };
    let mut bolt = Dialogue::start(parts.node(script("verify.js"))).unwrap();
    let slack = Slack::start().await;
    let clock = Arc::new(ManualClock::at(Timestamp::from_micros(NOW * 1_000_000)));
    let config = Config::builder(slack.bot_token().to_owned(), slack.channel())
        .api_url(slack.api_url())
        .team("T_CORP")
        .signing_secret(SECRET.to_owned())
        .clock(clock)
        .build()
        .unwrap();
    let router = SlackApprover::new(config).unwrap().router();
    let (mut agreed, mut more) = (0, 0);
    for callback in corpus().into_iter().chain(made()) {
        let question = json!({
            "secret": SECRET, "time": callback.time, "signature": callback.signature,
            "body": callback.body, "now": NOW,
        });
        let theirs = bolt.ask(&question.to_string()).unwrap();
        // 401 is said of signatures and times alone; what is wrong with the rest comes after.
        let taken = ours(&router, &callback).await.status() != 401;
        match (theirs == "good", taken, stricter(&callback)) {
            (true, false, Some(_)) => more += 1,
            (true, true, None) | (false, false, _) => agreed += 1,
            other => panic!("{}: {other:?}, bolt says {theirs}", callback.name),
        }
    }
    assert!(agreed > 130 && more > 2, "{agreed} and {more}");
}
