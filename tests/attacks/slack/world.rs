//! The workspace of the corpus, with a request that waits in it, and what a callback meets there.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use guardrail::{
    AuditEvent, AuditRecord, Cast, Guardrail, Identity, MemoryLog, PolicySet, Seen, Sequence, Vote,
};
use guardrail_conformance::ManualClock;
use guardrail_slack::{Config, SlackApprover};
use guardrail_test_slack::{Account, Message, Slack, buttons, form, sign};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::ensure;
use crate::trial::{Check, intent};

/// What the corpus was made with.
pub(super) const SECRET: &str = "guardrail-corpus-slack-secret";
pub(super) const TEAM: &str = "T_CORP";
pub(super) const APP: &str = "A_GUARD";
const GROUP: &str = "[groups]\nops = [\"alice\", \"bob\", \"carol\"]\n";
const POLICIES: &str = "[policies.attacks]\napprovers = [\"group:ops\"]\n[policies.two]\n\
    approvers = [\"group:ops\"]\napprovals = 2\n[policies.soon]\napprovers = [\"group:ops\"]\n\
    timeout = \"2s\"\n";
const PEOPLE: &str = "[people.bob]\nslack = \"T_CORP/U_BOB\"\n[people.carol]\n[people.alice]\nslack = \
    \"T_CORP/U_ALICE\"\n";

/// Longer than a vote takes, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One callback, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    pub(super) method: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) repeat: u64,
    pub(super) precondition: String,
}

/// What a callback met.
pub(super) struct Met {
    pub(super) status: u16,
    /// The votes that counted for people of Slack.
    pub(super) votes: Vec<String>,
    pub(super) decided: bool,
}

/// The workspace of the corpus, and a request that waits in it.
pub(super) struct World {
    pub(super) slack: Slack,
    guardrail: Guardrail,
    router: axum::Router,
    call: std::sync::Mutex<Option<tokio::task::JoinHandle<bool>>>,
}

impl World {
    pub(super) async fn new(now: i64, policy: &str) -> Result<Self, String> {
        let slack = Slack::start_as(TEAM, APP, SECRET).await;
        for (id, name) in [("U_ALICE", "anna"), ("U_BOB", "bert"), ("U_AGENT_BOT", "agent")] {
            let mut account = Account::member(id, name, TEAM);
            account.bot = id == "U_AGENT_BOT";
            slack.add(account);
        }
        let clock = ManualClock::at(guardrail::clock::Timestamp::from_micros(now * 1_000_000));
        let config = Config::builder(slack.bot_token().to_owned(), slack.channel())
            .api_url(slack.api_url())
            .team(TEAM)
            .app(APP)
            .signing_secret(SECRET.to_owned())
            .clock(Arc::new(clock));
        let config = config.build().map_err(|error| error.to_string())?;
        let approver = SlackApprover::new(config).map_err(|error| error.to_string())?;
        let router = approver.router();
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(
                PolicySet::parse(format!("{PEOPLE}{GROUP}{POLICIES}"))
                    .map_err(|e| e.to_string())?,
            )
            .audit_log(MemoryLog::new())
            .approver(approver)
            .build()
            .await
            .map_err(|error| error.to_string())?;
        let asked = guardrail.clone();
        let deed = intent("deed", policy).arg("value", "x");
        let call = tokio::spawn(async move { asked.authorize(deed).await.is_ok() });
        let world = Self { slack, guardrail, router, call: Some(call).into() };
        world.asked().await;
        Ok(world)
    }

    pub(super) async fn asked(&self) -> Message {
        let open = |state: &guardrail_test_slack::State| {
            let open = |one: &&Message| !buttons(&Value::Array(one.blocks.clone())).is_empty();
            state.posts().find(open).cloned()
        };
        self.slack.until("a message with buttons", open).await
    }

    /// Sends it, as often as it says; then looks at what came of it. A vote that is to count is waited for.
    pub(super) async fn meets(
        &self,
        callback: &Callback,
        votes: Option<&str>,
    ) -> Result<Met, String> {
        let mut status = 0;
        for round in 0..callback.repeat {
            status = self.send(callback, round).await?;
        }
        if let Some(person) = votes {
            // Whoever never votes is found missing below.
            let _ = tokio::time::timeout(PATIENCE, self.voted(person)).await;
        }
        self.settle().await;
        let records = self.records().await?;
        let decided = records.iter().any(|record| record.event().name() == "approved");
        Ok(Met { status, votes: voters(&records).collect(), decided })
    }

    /// Waits until this person's vote is on record.
    async fn voted(&self, person: &str) -> Check {
        loop {
            let records = self.records().await?;
            if voters(&records).any(|voter| voter == person) {
                return Ok(());
            }
            let seen = records.last().map_or(Sequence::START, |record| record.sequence());
            self.guardrail.audit_log().grown(seen).await.map_err(|error| error.to_string())?;
        }
    }

    async fn records(&self) -> Result<Vec<Arc<AuditRecord>>, String> {
        let records = self.guardrail.audit_log().read(Sequence::START, 1_000).await;
        records.map_err(|error| error.to_string())
    }

    async fn send(&self, callback: &Callback, round: u64) -> Result<u16, String> {
        let path = format!("/interactivity?{}", callback.query);
        let mut request = Request::builder().method(callback.method.as_str()).uri(path);
        for (name, value) in &callback.headers {
            request = request.header(name, value);
        }
        if round > 0 {
            request = request.header("x-slack-retry-num", round.to_string());
        }
        let request = request.body(Body::from(callback.body.clone()));
        let request = request.map_err(|error| error.to_string())?;
        let answer = self.router.clone().oneshot(request).await;
        Ok(answer.map_err(|error| error.to_string())?.status().as_u16())
    }

    /// Waits until everything that was delivered has been worked on: a click of nobody, sent after it, was answered.
    async fn settle(&self) {
        let quiet = || self.slack.look(|state| (state.calls.len(), state.ephemerals.len()));
        let mut last = (usize::MAX, 0);
        while last != quiet() {
            last = quiet();
            // Nothing tells that an approver has nothing to do; a while without a call does.
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
    }

    /// A good click by this account.
    pub(super) async fn click(&self, user: &str, on: &Message, now: i64) -> Check {
        let [request, digest, nonce] = token(on)?;
        let payload = json!({
            "type": "block_actions", "api_app_id": APP, "team": { "id": TEAM },
            "user": { "id": user, "team_id": TEAM }, "trigger_id": "1.2.trigger",
            "container": { "type": "message", "channel_id": on.channel, "message_ts": on.ts },
            "channel": { "id": on.channel },
            "actions": [{
                "type": "button", "action_id": "guardrail.approve", "action_ts": "1790000001.000100",
                "value": format!("{request} {digest} {nonce}"),
            }],
        });
        let body = form(&payload.to_string());
        let signature = sign(SECRET, now, body.as_bytes());
        let callback = Callback {
            method: "POST".to_owned(),
            query: String::new(),
            headers: vec![
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                ("x-slack-request-timestamp".to_owned(), now.to_string()),
                ("x-slack-signature".to_owned(), signature),
            ],
            body,
            repeat: 1,
            precondition: String::new(),
        };
        let met = self.meets(&callback, Some("bob")).await?;
        ensure!(met.votes == ["bob"], "a good click is not taken: {} {:?}", met.status, met.votes);
        Ok(())
    }

    /// Alice may vote no more: she is not active, or no longer in the group.
    pub(super) async fn leaves(&self, inactive: bool) -> Check {
        let (alice, group) = match inactive {
            true => ("active = false\n", GROUP.to_owned()),
            false => ("", GROUP.replace("\"alice\", ", "")),
        };
        let policies = PolicySet::parse(format!("{PEOPLE}{alice}{group}{POLICIES}"));
        let policies = policies.map_err(|error| error.to_string())?;
        self.guardrail.reload(policies).await.map_err(|error| error.to_string())
    }

    /// Carol approves or denies it in another channel.
    pub(super) async fn decide(&self, approves: bool) -> Check {
        let id = self.guardrail.audit_log().open(None, 1).await.map_err(|e| e.to_string())?;
        let id = *id.first().ok_or("nothing waits")?;
        let review = self.guardrail.review(id, "web").await.map_err(|e| e.to_string())?;
        let nonce = review.show("").await.map_err(|e| e.to_string())?;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let carol = Identity::person("carol");
        let vote = if approves { Vote::approve(carol, seen) } else { Vote::deny(carol, seen) };
        let cast = review.cast(vote).await;
        let cast = cast.map_err(|e| e.to_string())?;
        ensure!(matches!(cast, Cast::Counted(_)), "carol's vote is {cast:?}");
        Ok(())
    }

    /// Whether the call was let through; one that still waits was not.
    pub(super) async fn released(&self) -> bool {
        let call = self.call.lock().unwrap().take();
        let Some(call) = call else { return false };
        let ended = tokio::time::timeout(Duration::from_secs(1), call).await;
        matches!(ended, Ok(Ok(true)))
    }

    /// The call goes away.
    pub(super) async fn cancel(&self) {
        let call = self.call.lock().unwrap().take();
        if let Some(call) = call {
            call.abort();
        }
        self.settle().await;
    }
}

/// Whose votes of Slack count.
fn voters(records: &[Arc<AuditRecord>]) -> impl Iterator<Item = String> {
    records.iter().filter_map(|record| match record.event() {
        AuditEvent::Voted(voted) if &*voted.channel == "slack" => Some(voted.person.to_string()),
        _ => None,
    })
}

/// Request, digest and nonce that the button of a message carries.
pub(super) fn token(on: &Message) -> Result<[String; 3], String> {
    let labels = buttons(&Value::Array(on.blocks.clone()));
    let value = labels.first().and_then(|button| button["value"].as_str()).unwrap_or_default();
    let parts: Vec<String> = value.split(' ').map(str::to_owned).collect();
    <[String; 3]>::try_from(parts).map_err(|parts| format!("a button carries {parts:?}"))
}
