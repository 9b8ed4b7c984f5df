//! A guardrail that asks in a Slack of the tests, by either road.

use std::sync::Arc;

use guardrail_core::audit::{AuditLog, AuditRecord, MemoryLog};
use guardrail_core::clock::{Clock, SystemClock};
use guardrail_core::gate::{Error, Guardrail};
use guardrail_core::model::{AuditEvent, Intent, IntentBuilder, Sequence, Voted};
use guardrail_core::policy::PolicySet;
use guardrail_slack::{Config, SlackApprover, SlackBuilder};
use guardrail_test_slack::{Hand, Message, Road, Slack, buttons};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// alice, bob and carol are linked; mallory has an account, and is in no directory.
const POLICIES: &str = r#"
[policies.one]
approvers = ["person:alice", "person:bob"]
[policies.two]
approvers = ["person:alice", "person:bob"]
approvals = 2
[policies.risky]
risk = "high"
requester = "optional"
approvers = ["person:alice"]
[policies.reasons]
approvers = ["person:alice"]
reason_required = ["approve", "deny"]
[policies.short]
approvers = ["person:alice"]
timeout = "10s"
"#;

/// How clicks reach the approver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Socket,
    Http,
}

pub(crate) const MODES: [Mode; 2] = [Mode::Socket, Mode::Http];

pub(crate) type Call = JoinHandle<Result<(), Error>>;

/// An approver in front of a Slack.
#[derive(Debug)]
pub(crate) struct Seated {
    pub(crate) approver: SlackApprover,
    pub(crate) road: Road,
}

/// A guardrail that asks there.
#[derive(Debug)]
pub(crate) struct Bed {
    pub(crate) slack: Slack,
    pub(crate) guardrail: Guardrail,
    pub(crate) road: Road,
}

/// Brings up an approver whose clicks come this way.
pub(crate) async fn seat(slack: &Slack, mode: Mode) -> Seated {
    seat_with(slack, mode, Arc::new(SystemClock::new()), |builder| builder).await
}

/// The same by this clock, configured further.
pub(crate) async fn seat_with(
    slack: &Slack,
    mode: Mode,
    clock: Arc<dyn Clock>,
    more: impl FnOnce(SlackBuilder) -> SlackBuilder,
) -> Seated {
    let builder = Config::builder(slack.bot_token().to_owned(), slack.channel())
        .api_url(slack.api_url())
        .app(slack.app())
        .clock(Arc::clone(&clock));
    let builder = match mode {
        Mode::Socket => builder.app_token(slack.app_token().to_owned()),
        Mode::Http => builder.signing_secret(slack.signing_secret().to_owned()),
    };
    let approver = SlackApprover::new(more(builder).build().unwrap()).unwrap();
    let road = match mode {
        Mode::Socket => Road::Socket,
        Mode::Http => Road::Http(serve(&approver).await, clock),
    };
    Seated { approver, road }
}

/// Serves the approver's endpoints on a port of their own, and says where.
async fn serve(approver: &SlackApprover) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().nest("/slack", approver.router());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}/slack")
}

/// The directory of the people of that Slack, and the policies above.
pub(crate) fn policies(slack: &Slack) -> String {
    let people = ["alice", "bob", "carol"];
    let people = people.map(|name| format!("[people.{name}]\n{}\n", slack.link(name)));
    format!("{}{POLICIES}", people.concat())
}

impl Bed {
    pub(crate) async fn new(mode: Mode) -> Self {
        Self::on(Slack::start().await, mode, MemoryLog::new()).await
    }

    pub(crate) async fn on(slack: Slack, mode: Mode, log: impl AuditLog) -> Self {
        let seated = seat(&slack, mode).await;
        Self::seated(slack, seated, log).await
    }

    pub(crate) async fn seated(slack: Slack, seated: Seated, log: impl AuditLog) -> Self {
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(PolicySet::parse(policies(&slack)).unwrap())
            .audit_log(log)
            .approver(seated.approver)
            .build()
            .await
            .unwrap();
        if matches!(seated.road, Road::Socket) {
            slack.connected(1).await;
        }
        Self { slack, guardrail, road: seated.road }
    }

    pub(crate) fn hand(&self, name: &str) -> Hand {
        Hand::of(&self.slack, name, self.road.clone())
    }

    pub(crate) fn deploy(&self, policy: &str) -> Call {
        self.call(Intent::builder("deploy").policy(policy).arg("version", &7))
    }

    pub(crate) fn call(&self, intent: IntentBuilder) -> Call {
        let guardrail = self.guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        })
    }

    /// The only message with buttons, as soon as there is one.
    pub(crate) async fn asked(&self) -> Message {
        self.slack.until("a message with buttons", open).await
    }

    /// What the message of a request says once it has no buttons any more.
    pub(crate) async fn closed(&self) -> String {
        let closed = |state: &guardrail_test_slack::State| {
            let first = state.posts().next()?;
            buttons(&Value::Array(first.blocks.clone())).is_empty().then(|| said(&first.blocks))
        };
        self.slack.until("a message without buttons", closed).await
    }

    /// The message in its next version, buttons or none.
    pub(crate) async fn next(&self, before: &Message) -> Message {
        let next = |state: &guardrail_test_slack::State| {
            state.now(before).filter(|now| now.updates > before.updates).cloned()
        };
        self.slack.until("the next version of a message", next).await
    }

    /// Waits until this person was told something with these words in it.
    pub(crate) async fn told(&self, name: &str, words: &str) {
        let hand = self.hand(name);
        let what = format!("`{words}` to {name}");
        self.slack
            .until(&what, |state| {
                let mine = state.ephemerals.iter().filter(|told| told.user == hand.user());
                mine.clone().any(|told| said(&told.blocks).contains(words)).then_some(())
            })
            .await;
    }

    /// Waits until the thread of a message says this.
    pub(crate) async fn thread(&self, of: &Message, words: &str) {
        let says = |state: &guardrail_test_slack::State| {
            state.replies(of).any(|reply| said(&reply.blocks).contains(words)).then_some(())
        };
        self.slack.until(&format!("`{words}` in the thread"), says).await;
    }

    pub(crate) async fn records(&self) -> Vec<Arc<AuditRecord>> {
        self.guardrail.audit_log().read(Sequence::START, 1_000).await.unwrap()
    }

    pub(crate) async fn names(&self) -> Vec<String> {
        self.records().await.iter().map(|record| record.event().name().to_owned()).collect()
    }

    /// How often an event of this name is on record.
    pub(crate) async fn count(&self, name: &str) -> usize {
        self.names().await.iter().filter(|other| *other == name).count()
    }

    /// Waits until an event of this name is on record.
    pub(crate) async fn on_record(&self, name: &str) {
        loop {
            let records = self.records().await;
            if records.iter().any(|record| record.event().name() == name) {
                return;
            }
            // Behind the very records that were looked at, so that nothing is missed.
            let seen = records.last().map_or(Sequence::START, |record| record.sequence());
            self.guardrail.audit_log().grown(seen).await.unwrap();
        }
    }

    /// The votes that counted.
    pub(crate) async fn votes(&self) -> Vec<Voted> {
        let records = self.records().await;
        let voted = records.iter().filter_map(|record| match record.event() {
            AuditEvent::Voted(voted) => Some((**voted).clone()),
            _ => None,
        });
        voted.collect()
    }

    /// Slack would have taken everything it was sent.
    pub(crate) fn without_complaint(&self) {
        assert_eq!(self.slack.look(|state| state.complaints.clone()), [""; 0]);
    }
}

pub(crate) fn said(blocks: &[Value]) -> String {
    guardrail_test_slack::read(blocks)
}

/// The first message with buttons.
pub(crate) fn open(state: &guardrail_test_slack::State) -> Option<Message> {
    let buttons = |message: &&Message| !buttons(&Value::Array(message.blocks.clone())).is_empty();
    state.posts().find(buttons).cloned()
}
