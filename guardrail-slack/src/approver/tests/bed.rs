//! A guardrail with a Slack approver, a Slack, and people whose hands deliver to it directly.

use std::sync::Arc;

use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::{AuditLog, MemoryLog};
use guardrail_core::gate::{Context, Error, Guardrail};
use guardrail_core::model::{
    AuditEvent, Intent, IntentBuilder, RequestId, Sequence, VoteRefusal, Voted,
};
use guardrail_core::policy::PolicySet;
use guardrail_test_slack::{Hand, Message, Road, Slack, View, buttons, read};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::approver::SlackApprover;
use crate::config::{Config, SlackBuilder};
use crate::delivery::{Delivery, Kind};

pub(super) type Call = JoinHandle<Result<(), Error>>;

const POLICIES: &str = r#"
[policies.one]
risk = "low"
approvers = ["group:sre"]
[policies.two]
approvers = ["group:sre"]
approvals = 2
[policies.risky]
risk = "high"
requester = "optional"
approvers = ["group:sre"]
[policies.reasons]
approvers = ["group:sre"]
reason_required = ["deny"]
[policies.hidden]
approvers = ["group:sre"]
[policies.named]
approvers = ["person:bob"]
"#;

pub(super) struct Bed {
    pub(super) slack: Slack,
    pub(super) approver: SlackApprover,
    pub(super) guardrail: Guardrail,
    pub(super) clock: Arc<ManualClock>,
    pub(super) log: Arc<MemoryLog>,
}

/// The people: alice, bob and carol are of sre; mallory is nobody.
pub(super) fn policies(slack: &Slack) -> PolicySet {
    let people = ["alice", "bob", "carol"].map(|name| {
        format!("[people.{name}]\nemail = \"{name}@example.com\"\n{}\n", slack.link(name))
    });
    let groups = "[groups]\nsre = [\"alice\", \"bob\", \"carol\"]\n";
    PolicySet::parse(format!("{}{groups}{POLICIES}", people.concat())).unwrap()
}

impl Bed {
    pub(super) async fn new() -> Self {
        Self::with(|config| config).await
    }

    pub(super) async fn with(configure: impl FnOnce(SlackBuilder) -> SlackBuilder) -> Self {
        let slack = Slack::start().await;
        let clock = Arc::new(ManualClock::new());
        let now: Arc<dyn guardrail_core::clock::Clock> = Arc::clone(&clock) as _;
        let log = Arc::new(MemoryLog::with_clock(now, &SeededEntropy::new(1)));
        let policies = policies(&slack);
        Self::over(slack, clock, log, policies, configure).await
    }

    pub(super) async fn over(
        slack: Slack,
        clock: Arc<ManualClock>,
        log: Arc<MemoryLog>,
        policies: PolicySet,
        configure: impl FnOnce(SlackBuilder) -> SlackBuilder,
    ) -> Self {
        let config = Config::builder(slack.bot_token().to_owned(), "#approvals")
            .signing_secret(slack.signing_secret().to_owned())
            .policy_arguments("hidden", crate::config::Arguments::BehindReview)
            .team(slack.team())
            .api_url(slack.api_url());
        let approver = SlackApprover::new(configure(config).build().unwrap()).unwrap();
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(policies)
            .audit_log(Arc::clone(&log))
            .approver(approver.clone())
            .build()
            .await
            .unwrap();
        Self { slack, approver, guardrail, clock, log }
    }

    /// The next process, over the same log and the same Slack.
    pub(super) async fn restarted(self) -> Self {
        let Self { slack, clock, log, .. } = self;
        let policies = policies(&slack);
        Self::over(slack, clock, log, policies, |config| config).await
    }

    pub(super) fn call(&self, intent: IntentBuilder) -> Call {
        let guardrail = self.guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        })
    }

    pub(super) fn deploy(&self, policy: &str) -> Call {
        self.call(Intent::builder("deploy").policy(policy).arg("version", &7))
    }

    pub(super) fn deploy_for(&self, policy: &str, person: &str) -> Call {
        let intent = Intent::builder("deploy").policy(policy).arg("version", &7);
        let guardrail = self.guardrail.clone();
        let context = Context::new().on_behalf_of(person);
        let intent = intent.on_behalf_of(person);
        tokio::spawn(context.scope(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        }))
    }

    /// The only message, once it has these many buttons.
    pub(super) async fn message(&self, with: usize) -> Message {
        let found = |state: &guardrail_test_slack::State| {
            let post = state.posts().last()?;
            (buttons(&Value::Array(post.blocks.clone())).len() == with).then(|| post.clone())
        };
        let message = self.slack.until("a message", found).await;
        // Its receipt follows.
        let id = self.waiting().await;
        if let Some(id) = id {
            drop(self.approver.0.shared.live.turn(id).lock_owned().await);
        }
        message
    }

    /// The message as it stands once it says this.
    pub(super) async fn says(&self, message: &Message, text: &str) -> Message {
        let what = format!("`{text}`");
        self.slack
            .until(&what, |state| {
                state.now(message).filter(|now| read(&now.blocks).contains(text)).cloned()
            })
            .await
    }

    /// Waits for this line of the thread.
    pub(super) async fn thread(&self, message: &Message, text: &str) {
        let what = format!("`{text}` in the thread");
        let said = |state: &guardrail_test_slack::State| {
            state.replies(message).any(|reply| read(&reply.blocks).contains(text)).then_some(())
        };
        self.slack.until(&what, said).await;
    }

    pub(super) fn hand(&self, name: &str) -> Hand {
        Hand::of(&self.slack, name, Road::Socket)
    }

    /// This person clicks; waits until the work on it is done.
    pub(super) async fn click(&self, name: &str, message: &Message, label: &str) {
        let payload = self.hand(name).clicked(message, label).await;
        self.deliver(&payload).await;
    }

    pub(super) async fn submit(&self, name: &str, view: &View, texts: &[&str]) {
        let payload = self.hand(name).submitted(view, texts).await;
        self.deliver(&payload).await;
    }

    /// Delivers an interaction, and waits until the work on it is done.
    pub(super) async fn deliver(&self, payload: &Value) {
        self.hear(Kind::Interaction, payload).await;
    }

    pub(super) async fn hear(&self, kind: Kind, payload: &Value) {
        let delivery = Delivery { kind, payload: payload.to_string().into_bytes() };
        let inner = &self.approver.0;
        crate::approver::hear::one(&inner.shared, &inner.counts, &delivery).await;
    }

    /// What this person was told privately last.
    pub(super) async fn told(&self, name: &str) -> String {
        let hand = self.hand(name);
        let told = |_: &guardrail_test_slack::State| Some(());
        self.slack.until("nothing", told).await;
        hand.told().last().cloned().unwrap_or_default()
    }

    pub(super) async fn waiting(&self) -> Option<RequestId> {
        self.log.open(None, 1).await.unwrap().first().copied()
    }

    pub(super) async fn events(&self) -> Vec<AuditEvent> {
        let records = self.log.read(Sequence::START, 10_000).await.unwrap();
        records.iter().map(|record| record.event().clone()).collect()
    }

    pub(super) async fn votes(&self) -> Vec<Voted> {
        let events = self.events().await;
        let voted = events.into_iter().filter_map(|event| match event {
            AuditEvent::Voted(voted) => Some((*voted).clone()),
            _ => None,
        });
        voted.collect()
    }

    pub(super) async fn refused(&self) -> Vec<VoteRefusal> {
        let events = self.events().await;
        let why = events.into_iter().filter_map(|event| match event {
            AuditEvent::VoteRefused { why, .. } => Some(why),
            _ => None,
        });
        why.collect()
    }

    /// Everything that was sent keeps Slack's limits.
    pub(super) fn sound(&self) {
        let complaints = self.slack.look(|state| state.complaints.clone());
        assert_eq!(complaints, Vec::<String>::new());
    }
}

pub(super) fn labels(message: &Message) -> Vec<String> {
    let blocks = Value::Array(message.blocks.clone());
    buttons(&blocks).iter().map(|b| b["text"]["text"].as_str().unwrap().to_owned()).collect()
}
