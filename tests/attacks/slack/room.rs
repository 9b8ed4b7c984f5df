//! A Slack in which one request is brought before alice.

use guardrail::model::IntentBuilder;
use guardrail::{Error, Guardrail, MemoryLog, PolicySet};
use guardrail_slack::{Arguments, Config, SlackApprover};
use guardrail_test_slack::{Hand, Message, Road, Slack, State, buttons};
use serde_json::Value;
use tokio::task::JoinHandle;

const POLICIES: &str = "[policies.attacks]\napprovers = [\"person:alice\", \"person:bob\"]\n";

pub(crate) struct Room {
    pub(crate) slack: Slack,
    pub(crate) guardrail: Guardrail,
}

/// What the body was given, or why it did not run.
pub(crate) type Call = JoinHandle<Result<(), Error>>;

impl Room {
    pub(crate) async fn new(arguments: Arguments) -> Result<Self, String> {
        let slack = Slack::start().await;
        let config = Config::builder(slack.bot_token().to_owned(), slack.channel())
            .api_url(slack.api_url())
            .app_token(slack.app_token().to_owned())
            .arguments(arguments)
            .build()
            .map_err(|error| error.to_string())?;
        let approver = SlackApprover::new(config).map_err(|error| error.to_string())?;
        let people =
            ["alice", "bob"].map(|name| format!("[people.{name}]\n{}\n", slack.link(name)));
        let policies = PolicySet::parse(format!("{}{POLICIES}", people.concat()));
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(policies.map_err(|error| error.to_string())?)
            .audit_log(MemoryLog::new())
            .approver(approver)
            .build()
            .await
            .map_err(|error| error.to_string())?;
        slack.connected(1).await;
        Ok(Self { slack, guardrail })
    }

    pub(crate) fn call(&self, intent: IntentBuilder) -> Call {
        let guardrail = self.guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        })
    }

    pub(crate) async fn asked(&self) -> Message {
        self.slack.until("a message with buttons", |state| open(state).cloned()).await
    }

    /// Waits until the buttons are gone.
    pub(crate) async fn closed(&self) {
        let closed = |state: &State| open(state).is_none().then_some(());
        self.slack.until("a message without buttons", closed).await;
    }

    pub(crate) fn alice(&self) -> Hand {
        Hand::of(&self.slack, "alice", Road::Socket)
    }

    /// Everything that was sent to Slack for people: the arguments of each call.
    pub(crate) fn sent(&self) -> Vec<Value> {
        let shown = ["chat.postMessage", "chat.update", "chat.postEphemeral", "views.open"];
        self.slack.look(|state| {
            let calls = state.calls.iter().filter(|call| shown.contains(&call.method.as_str()));
            calls.map(|call| call.arguments.clone()).collect()
        })
    }
}

fn open(state: &State) -> Option<&Message> {
    let buttons = |message: &&Message| !buttons(&Value::Array(message.blocks.clone())).is_empty();
    state.posts().find(buttons)
}
