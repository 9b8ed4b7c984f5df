//! What is said in the thread of a request, and to the person it is done for.

use guardrail_core::audit::proof::Checkpoint;
use guardrail_core::model::{
    ApprovalRequest, Choice, CountedVote, Decision, Outcome, State, Tally,
};
use guardrail_core::view::{Budget, Style, cut};
use slackblocks::{Block, RichTextBlock, RichTextBlockElement};

use super::Shown;
use super::error::Error;
use super::fallback::neutral;
use super::measure::measure;
use super::part::{code, framed, line, mention, words};

/// Most of what somebody said that stands in the thread; the log has it all.
const SAID: usize = 1_500;

/// One thing said in the thread: our words, a name, and what somebody said, in a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// A name of the directory or of an action, before the words.
    who: Option<String>,
    words: String,
    said: Option<String>,
    /// A user group that hears of it.
    group: Option<String>,
}

impl Note {
    fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }

    fn by(mut self, who: &str) -> Self {
        self.who = Some(name(who));
        self
    }

    fn saying(mut self, said: Option<&str>) -> Self {
        self.said = said.map(|said| cut(said, Style::BLOCK, &Budget::new(SAID, measure)).text());
        self
    }

    /// A vote that counts, `nth` of those on record.
    pub(crate) fn vote(vote: &CountedVote, tally: Tally) -> Self {
        let of = vote.voted();
        let how = match of.choice {
            Choice::Approve => "approves",
            Choice::Deny => "denies",
        };
        let place = if &*of.channel == "slack" {
            String::new()
        } else {
            format!(", {}", place(&of.channel))
        };
        Self::new(format!(" {how}{place} · {tally}"))
            .by(of.person.as_str())
            .saying(of.reason.as_deref())
    }

    /// Where the request stands now.
    pub(crate) fn state(request: &ApprovalRequest) -> Option<Self> {
        Some(match request.recorded_state() {
            State::New | State::Pending => return None,
            State::Approved => Self::new("Approved: it may start now."),
            State::Started => Self::new("Started."),
            State::Refused | State::Denied => match request.decision() {
                Some(Decision::Denied { by: Some(by), .. }) => {
                    Self::new(" has denied it: it will not run.").by(by.as_str())
                }
                Some(Decision::Denied { by: None, reason }) => {
                    Self::new("Denied: it will not run.").saying(reason.as_deref())
                }
                _ => Self::new("Denied: it will not run."),
            },
            State::Expired => Self::new("Expired: nobody decided in time, it will not run."),
            State::Withdrawn => Self::new("Withdrawn: the call went away, it will not run."),
            State::Lapsed => {
                Self::new("Lapsed: approved, but not started in time, it will not run.")
            }
            State::Completed => Self::new("Completed."),
            State::Failed => match request.outcome() {
                Some(Outcome::Failed { panicked: true }) => Self::new("Failed: it panicked."),
                _ => Self::new("Failed."),
            },
            State::Aborted | State::Unknown => match request.outcome() {
                Some(Outcome::Aborted { why }) => Self::new("It did not begin.").saying(Some(why)),
                Some(Outcome::Unknown { why }) => {
                    Self::new("It started, and nobody knows how it ended.").saying(Some(why))
                }
                _ => Self::new("It started, and nobody knows how it ended."),
            },
            State::Resolved => match request.resolved() {
                Some(resolved) => Self::new(format!(" has looked into it: {}.", resolved.found))
                    .by(resolved.by.as_str())
                    .saying(Some(&resolved.why)),
                None => Self::new("A person has found out how it ended."),
            },
        })
    }

    /// Time is running out.
    pub(crate) fn reminder(left: &str, tally: Tally, group: Option<&str>) -> Self {
        let words = format!("Still waiting, {tally} approvals: {left} left, then it is refused.");
        Self { group: group.map(str::to_owned), ..Self::new(words) }
    }

    /// How far an audit log has come.
    pub(crate) fn head(head: &Checkpoint) -> Self {
        let (size, root) = (head.size(), head.root());
        Self::new(format!(" holds {size} records, root {root}.")).by(head.origin())
    }

    /// What the person hears for whom it is done.
    pub(crate) fn result(request: &ApprovalRequest) -> Option<Self> {
        let mut note = Self::state(request)?;
        if let Some(Decision::Denied { by: Some(by), reason }) = request.decision() {
            let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            note = Self::new("Denied: it will not run.").saying(Some(&format!("{by}{why}")));
        }
        note.words = format!(" (done for you): {}", note.words);
        Some(note.by(request.intent().action()))
    }

    /// As a message.
    pub(crate) fn shown(&self) -> Result<Shown, Error> {
        let mut elements = Vec::new();
        if let Some(group) = &self.group {
            elements.push(mention(group)?);
            elements.push(words(" ", false)?);
        }
        if let Some(who) = &self.who {
            elements.push(code(who)?);
        }
        elements.push(words(&self.words, false)?);
        let mut lines: Vec<RichTextBlockElement> = vec![line(elements)?];
        if let Some(said) = &self.said {
            lines.push(framed(said)?);
        }
        let block: Block = RichTextBlock::builder().elements(lines).build()?.into();
        let group = self.group.as_deref().map(|group| format!("<!subteam^{}> ", neutral(group)));
        let text = format!("{}{}", group.unwrap_or_default(), self.text());
        Ok(Shown { text, blocks: vec![serde_json::to_value(block)?] })
    }

    /// The notification: our words, and names with nothing left that Slack would follow.
    fn text(&self) -> String {
        match &self.who {
            Some(who) => format!("{}{}", neutral(who), self.words),
            None => self.words.clone(),
        }
    }
}

/// A name, safe and short.
fn name(text: &str) -> String {
    cut(text, Style::LINE, &Budget::new(0, measure)).text()
}

/// Where else somebody voted.
fn place(channel: &str) -> String {
    match channel {
        "teams" => "in Teams".to_owned(),
        "web" | "console" => "on the web".to_owned(),
        "api" => "over the API".to_owned(),
        "terminal" => "in the terminal".to_owned(),
        other => format!("in {}", neutral(other)),
    }
}
