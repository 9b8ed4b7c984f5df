//! What a workspace holds: messages, modals, what was said to one person alone, and every call that was made.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Instant;

use serde_json::Value;

use crate::account::Account;

/// A message in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The channel's id.
    pub channel: String,
    /// Its time, which names it.
    pub ts: String,
    /// The message whose thread it stands in.
    pub thread: Option<String>,
    /// The fallback.
    pub text: String,
    /// What is shown.
    pub blocks: Vec<Value>,
    /// How often it was updated.
    pub updates: usize,
}

/// What one person alone was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Ephemeral {
    /// Where.
    pub channel: String,
    /// Who.
    pub user: String,
    /// In which thread.
    pub thread: Option<String>,
    /// The fallback.
    pub text: String,
    /// What is shown.
    pub blocks: Vec<Value>,
}

/// A modal in front of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its id, made by Slack.
    pub id: String,
    /// Who sees it.
    pub user: String,
    /// As the app sent it.
    pub view: Value,
}

/// One call of the Web API.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `chat.postMessage`.
    pub method: String,
    /// Its arguments, from JSON or a form.
    pub arguments: Value,
    /// What was answered; none where a fault answered.
    pub answer: Option<Value>,
}

/// What Slack does instead of answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `{"ok": false, "error": CODE}`.
    Code(String),
    /// This status, with a page that is no JSON.
    Status(u16),
    /// 429, and to come back after so many seconds.
    RateLimited(u64),
    /// Does as it is told, and its answer is lost.
    Lost,
    /// Never answers.
    Hang,
}

/// Everything in a workspace.
#[derive(Debug, Default)]
pub struct State {
    /// In the order in which they were posted.
    pub messages: Vec<Message>,
    /// In order.
    pub ephemerals: Vec<Ephemeral>,
    /// In the order in which they were opened.
    pub views: Vec<View>,
    /// In order.
    pub calls: Vec<Call>,
    /// What of all that Slack would not have taken, or a reviewer should not have been sent.
    pub complaints: Vec<String>,
    /// Open sockets.
    pub connections: usize,
    /// Sockets that were ever opened.
    pub opened: usize,
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Id by name.
    pub(crate) channels: BTreeMap<String, String>,
    pub(crate) user_groups: BTreeMap<String, Vec<String>>,
    /// Who may open one modal with it, until when.
    pub(crate) triggers: HashMap<String, (String, Instant)>,
    pub(crate) faults: HashMap<String, VecDeque<Fault>>,
    pub(crate) lasting: HashMap<String, Fault>,
    pub(crate) tickets: Vec<String>,
    pub(crate) serial: u64,
}

impl State {
    /// The first message of each thread, in order.
    pub fn posts(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.thread.is_none())
    }

    /// The messages of a thread without its first.
    pub fn replies<'a>(&'a self, to: &'a Message) -> impl Iterator<Item = &'a Message> {
        self.messages.iter().filter(|message| message.thread.as_ref() == Some(&to.ts))
    }

    /// The message as it stands now.
    #[must_use]
    pub fn now(&self, of: &Message) -> Option<&Message> {
        self.messages.iter().find(|message| message.channel == of.channel && message.ts == of.ts)
    }

    /// How often a method was called.
    #[must_use]
    pub fn called(&self, method: &str) -> usize {
        self.calls.iter().filter(|call| call.method == method).count()
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}
