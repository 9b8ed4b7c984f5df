//! One thing a reviewer is shown, ready to be laid out by any channel.

use super::visible::isolated;
use super::warning::{Warning, WarningKind};
use crate::clock::Timestamp;

/// Stands between the parts of a notice.
pub(super) const BETWEEN: &str = " · ";

/// What a [`Fact`] is about. Facts come in the order of these kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FactKind {
    /// Where the request stands, in words; with an icon.
    State,
    /// Who ended it and why, once it is decided.
    Decision,
    /// How much harm the action can do, in words; with an icon.
    Risk,
    /// The guarded function.
    Action,
    /// What the deed is done to.
    Resource,
    /// The developer's one line, with values filled in.
    Summary,
    /// One value the body will receive. The label is its way: `plan`, `options.force`, `ids[0]`.
    Argument,
    /// How many values this list leaves out. Its place is where they would stand.
    Hidden,
    /// Text made before the request: a diff, a plan. Shown, not bound by the digest.
    Preview,
    /// The agent, by the name it gives itself.
    Agent,
    /// The person it says it acts for.
    OnBehalfOf,
    /// One link of the delegation chain.
    Through,
    /// The session or run.
    Session,
    /// The language model.
    Model,
    /// `prod`, `staging` and the like.
    Environment,
    /// Host and place in the source.
    Place,
    /// When it was asked.
    Asked,
    /// Id of the request and digest of the intent.
    Request,
    /// The policy that asks.
    Policy,
    /// A document of the policy; the label is its title.
    Reference,
    /// Controls of compliance frameworks.
    Controls,
    /// How long people have, and what happens then.
    Deadline,
    /// How many approvals there are, of how many, from whom.
    Approvals,
    /// One vote that counts.
    Vote,
    /// The agent's reason: last, capped, not verified.
    Claim,
}

/// Where a stretch of text comes from. A channel writes only `Own` text into fields with markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Words and numbers of guardrail.
    Own,
    /// Names and texts of the policy, the directory and the log.
    Verified,
    /// Whatever an agent or a person typed: values, reasons, labels of values.
    Untrusted,
}

/// A stretch of safe text of one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    trust: Trust,
    text: String,
}

impl Run {
    pub(super) fn own(text: impl Into<String>) -> Self {
        Self { trust: Trust::Own, text: text.into() }
    }

    pub(super) fn verified(text: impl Into<String>) -> Self {
        Self { trust: Trust::Verified, text: text.into() }
    }

    pub(super) fn untrusted(text: impl Into<String>) -> Self {
        Self { trust: Trust::Untrusted, text: text.into() }
    }

    /// Where it comes from.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// The text, safe as [`Visible`](super::Visible) says; it may hold line breaks.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text with right-to-left lines isolated, see
    /// [`Visible::isolated`](super::Visible::isolated).
    pub fn isolated(&self) -> String {
        isolated(&self.text)
    }
}

/// One thing a reviewer is shown. Everything in it is safe to show as plain text; a channel lays
/// it out and adds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub(super) kind: FactKind,
    pub(super) icon: Option<&'static str>,
    pub(super) label: Run,
    pub(super) runs: Vec<Run>,
    pub(super) remarks: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    pub(super) cut: bool,
    pub(super) masked: bool,
    pub(super) skipped: bool,
    pub(super) time: Option<Timestamp>,
    pub(super) link: Option<String>,
}

impl Fact {
    pub(super) fn new(kind: FactKind, label: impl Into<String>) -> Self {
        Self {
            kind,
            icon: None,
            label: Run::own(label),
            runs: Vec::new(),
            remarks: Vec::new(),
            warnings: Vec::new(),
            cut: false,
            masked: false,
            skipped: false,
            time: None,
            link: None,
        }
    }

    pub(super) fn run(mut self, run: Run) -> Self {
        self.runs.push(run);
        self
    }

    /// What it is about.
    pub fn kind(&self) -> FactKind {
        self.kind
    }

    /// A sign that says the same as the words, for state and risk.
    pub fn icon(&self) -> Option<&'static str> {
        self.icon
    }

    /// What to write beside the value. The label of an argument is untrusted like its value.
    pub fn label(&self) -> &Run {
        &self.label
    }

    /// The value, to be written without a gap between the runs.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The value as one text.
    pub fn text(&self) -> String {
        self.runs.iter().map(Run::text).collect()
    }

    /// Whether any of it, label included, came from an agent or was typed by a person. Such a fact
    /// stands in a frame that its text cannot leave.
    pub fn is_untrusted(&self) -> bool {
        self.runs.iter().chain([&self.label]).any(|run| run.trust == Trust::Untrusted)
    }

    /// One line of our own about the value, printable ASCII but for the dots: that it is cut, how
    /// long it is, its hash, and every warning in few words. To be shown beside the value.
    pub fn notice(&self) -> Option<String> {
        let mut parts = self.remarks.clone();
        if !self.warnings.is_empty() {
            let kinds: Vec<String> = self.warnings.iter().map(Warning::brief).collect();
            parts.push(format!("warning: {}", kinds.join(", ")));
        }
        (!parts.is_empty()).then(|| parts.join(BETWEEN))
    }

    /// What a reader should know about label and value, in full.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether it holds this kind of warning.
    pub fn warns_of(&self, kind: WarningKind) -> bool {
        self.warnings.iter().any(|warning| warning.kind() == kind)
    }

    /// Whether a part of the label or the value is left out; opening shows it.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether a secret in it is shown as length and commitment only.
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// Whether the developer left the value out of the request.
    pub fn is_skipped(&self) -> bool {
        self.skipped
    }

    /// The time it speaks of, for channels that write times in the reader's zone.
    pub fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// Where its title leads: an `https` or `http` address of the policy file, at most 500 bytes
    /// of ASCII. Never from an agent.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}
