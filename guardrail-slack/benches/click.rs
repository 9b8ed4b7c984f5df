//! How fast a click is acknowledged, beside a bare handler in the same run, and how long until the body resumes.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use guardrail_core::audit::MemoryLog;
use guardrail_core::clock::{Clock, SystemClock};
use guardrail_core::gate::{Error, Guardrail};
use guardrail_core::model::Intent;
use guardrail_core::policy::PolicySet;
use guardrail_slack::{Config, SlackApprover};
use guardrail_test_slack::{Hand, Message, Road, Slack, buttons, form, sign};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Clicks a second, to each of the two.
const RATE: u64 = 200;
const SECONDS: u64 = 10;
/// Calls that are asked at a time, each in a channel of its own, since Slack takes one message a second in each.
const CHANNELS: usize = 20;
const ROUNDS: usize = 10;

fn main() {
    let ours = Builder::new_multi_thread().enable_all().build().unwrap();
    // Slack and whoever clicks are elsewhere: they do not share the threads that are measured.
    let slack = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    ours.block_on(async {
        let (state, _guardrail, url) = approver(slack.handle()).await;
        let bare = serve(Router::new().route("/interactivity", post(|_: Bytes| async {}))).await;
        slack.spawn(acknowledged(state, url, bare)).await.unwrap();
        resumed(slack.handle()).await;
    });
}

/// A click is sent to the approver and to a handler that reads the body and does nothing, in turns.
async fn acknowledged(slack: Slack, url: String, bare: String) {
    let client = reqwest::Client::new();
    let mut ticks = tokio::time::interval(Duration::from_micros(500_000 / RATE));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sent = JoinSet::new();
    for n in 0..2 * RATE * SECONDS {
        ticks.tick().await;
        let ours = n % 2 == 0;
        let base = if ours { &url } else { &bare };
        let request = click(&client, base, &slack, n);
        sent.spawn(async move {
            let start = Instant::now();
            let status = request.send().await.unwrap().status();
            (ours, status.as_u16(), start.elapsed())
        });
    }
    let (mut approver, mut handler, mut refused) = (Vec::new(), Vec::new(), 0);
    while let Some(answer) = sent.join_next().await {
        match answer.unwrap() {
            (_, status, _) if status != 200 => refused += 1,
            (true, _, took) => approver.push(took),
            (false, _, took) => handler.push(took),
        }
    }
    let (ours, bare) = (Times::of(approver), Times::of(handler));
    println!(
        "acknowledged, {RATE} clicks/s: {ours}; bare axum handler: {bare}; not taken: {refused}"
    );
    println!("ratio at p99: {:.2} (bar: 2)", ours.p99.as_secs_f64() / bare.p99.as_secs_f64());
}

/// From the click that approves to the first line of the body, in one process.
async fn resumed(elsewhere: &Handle) {
    let (slack, guardrail, url) = approver(elsewhere).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let alice = Hand::of(&slack, "alice", Road::Http(url, clock));
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let mut calls = Vec::new();
        for n in 0..CHANNELS {
            let guardrail = guardrail.clone();
            calls.push(tokio::spawn(async move {
                let intent = Intent::builder("deploy").policy(format!("p{n}")).arg("version", &7);
                let permit = guardrail.authorize(intent).await.unwrap();
                permit.run(async { Ok::<_, Error>(Instant::now()) }).await.unwrap()
            }));
        }
        for (n, call) in calls.into_iter().enumerate() {
            let channel = format!("C0{n:03}");
            let waits = |state: &guardrail_test_slack::State| {
                let mut posts = state.posts().filter(|message| message.channel == channel);
                posts.nth(round).filter(|message| labelled(message)).cloned()
            };
            let message = slack.until("a message with buttons", waits).await;
            let start = Instant::now();
            alice.click(&message, "Approve").await;
            times.push(call.await.unwrap().saturating_duration_since(start));
        }
    }
    println!("click to resumed body: {}", Times::of(times));
}

fn labelled(message: &Message) -> bool {
    !buttons(&Value::Array(message.blocks.clone())).is_empty()
}

/// An approver that hears over HTTP, with a policy and a channel for each call at a time.
async fn approver(elsewhere: &Handle) -> (Slack, Guardrail, String) {
    let slack = elsewhere.spawn(Slack::start()).await.unwrap();
    let mut config = Config::builder(slack.bot_token().to_owned(), slack.channel())
        .api_url(slack.api_url())
        .signing_secret(slack.signing_secret().to_owned());
    let mut policies = format!("[people.alice]\n{}\n", slack.link("alice"));
    for n in 0..CHANNELS {
        let channel = format!("C0{n:03}");
        slack.add_channel(&channel, &format!("approvals-{n}"));
        config = config.policy_channel(format!("p{n}"), channel);
        policies.push_str(&format!("[policies.p{n}]\napprovers = [\"person:alice\"]\n"));
    }
    let approver = SlackApprover::new(config.build().unwrap()).unwrap();
    let url = serve(approver.router()).await;
    let guardrail = Guardrail::builder()
        .policies(PolicySet::parse(policies).unwrap())
        .audit_log(MemoryLog::new())
        .approver(approver)
        .build()
        .await
        .unwrap();
    (slack, guardrail, url)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

/// A signed click about a request that is not known: it is read and looked up, and no two are the same.
fn click(client: &reqwest::Client, base: &str, slack: &Slack, n: u64) -> reqwest::RequestBuilder {
    let token = format!("01996b2c-4e10-7abc-8def-0123456789ab {} {n:032x}", "ab".repeat(32));
    let channel = slack.channel();
    let payload = json!({
        "type": "block_actions", "api_app_id": slack.app(), "trigger_id": "1.2.trigger",
        "team": { "id": slack.team() }, "user": { "id": slack.user("alice"), "team_id": slack.team() },
        "container": { "type": "message", "channel_id": channel, "message_ts": "1790000000.000001" },
        "channel": { "id": channel }, "message": { "ts": "1790000000.000001", "text": "x".repeat(4_000) },
        "actions": [{
            "type": "button", "action_id": "guardrail.approve", "value": token,
            "action_ts": format!("1790000001.{n:06}"),
        }],
    });
    let body = form(&payload.to_string());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seconds = i64::try_from(now.as_secs()).unwrap();
    client
        .post(format!("{base}/interactivity"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", seconds.to_string())
        .header("x-slack-signature", sign(slack.signing_secret(), seconds, body.as_bytes()))
        .body(body)
}

/// The middle and the slow end of what was measured.
struct Times {
    p50: Duration,
    p99: Duration,
    count: usize,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        Self { p50: at(50), p99: at(99), count: times.len() }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p50 {:.2?}, p99 {:.2?} of {}", self.p50, self.p99, self.count)
    }
}
