//! The message of a request, while it waits and once it is over.

use guardrail_core::clock::Timestamp;
use guardrail_core::model::{ApprovalRequest, Choice, Risk, State};
use guardrail_core::view::{Budget, Fact, FactKind, Facts, Style, cut, facts};
use serde_json::Value;
use slackblocks::{
    ActionsBlock, Block, ButtonElement, ButtonStyle, ConfirmationDialogue, HeaderBlock,
    MessagePayload, SectionBlock, Text,
};

use super::Shown;
use super::error::Error;
use super::fallback::neutral;
use super::layout::{field, groups};
use super::measure::{limits, measure};
use super::pack::{Pack, Piece};
use super::part::{code, line, mention, moment, plain, words};
use crate::token::{APPROVE, DENY, REVIEW, Token};

/// Most argument names that stand in a message whose values stand behind Review.
const NAMES: usize = 20;

/// How much of a request its message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Everything that fits.
    InChannel,
    /// Names only: values, summary, preview and reason are for whoever may vote, behind Review.
    BehindReview,
}

/// The message of one request at one time.
#[derive(Debug)]
pub(crate) struct Sheet<'r> {
    request: &'r ApprovalRequest,
    facts: Facts,
    state: State,
    shape: Shape,
    group: Option<&'r str>,
}

impl<'r> Sheet<'r> {
    /// `group` is the user group that hears of it.
    pub(crate) fn new(
        request: &'r ApprovalRequest,
        now: Timestamp,
        shape: Shape,
        group: Option<&'r str>,
    ) -> Self {
        let state = request.state(now);
        Self { request, facts: facts(request, now, &limits()), state, shape, group }
    }

    /// Whether every value stands in the message, so that it may be approved there.
    pub(crate) fn is_whole(&self) -> bool {
        self.shape == Shape::InChannel && self.facts.is_whole()
    }

    /// Whether Approve stands in the message: else it is behind Review, where a reason can be given.
    pub(crate) fn approves(&self) -> bool {
        self.is_whole() && !reason_required(self.request, Choice::Approve)
    }

    /// The message; with buttons where it waits and there is a token for them.
    pub(crate) fn message(&self, token: Option<&Token>) -> Result<Shown, Error> {
        let mut blocks = vec![self.header()?];
        blocks.extend(self.body()?);
        let token = token.filter(|_| self.state == State::Pending);
        if let Some(token) = token {
            blocks.push(self.buttons(token)?);
        }
        // Checked once more as a whole; the channel is put in later.
        let payload = MessagePayload::builder("C0").blocks(blocks).build()?;
        let blocks = serde_json::to_value(payload.blocks())?;
        let blocks = match blocks {
            Value::Array(blocks) => blocks,
            _ => Vec::new(),
        };
        Ok(Shown { text: self.text(), blocks })
    }

    fn header(&self) -> Result<Block, Error> {
        let part = |kind| {
            let fact = self.facts.get(kind)?;
            Some((fact.icon().unwrap_or_default(), fact.text()))
        };
        let (icon, state) = part(FactKind::State).unwrap_or_default();
        let mut text = format!("{icon} {state}");
        if let Some((icon, risk)) = part(FactKind::Risk) {
            text.push_str(&format!(" · {icon} {risk} risk"));
        }
        Ok(HeaderBlock::builder().text(plain(&text)?).build()?.into())
    }

    fn body(&self) -> Result<Vec<Block>, Error> {
        let mut pack = Pack::default();
        let mut fields: Vec<Text> = Vec::new();
        if let Some(group) = self.group.filter(|_| self.state == State::Pending) {
            pack.add(vec![Piece::new(line(vec![mention(group)?])?, &[group])])?;
        }
        let mut below = Pack::default();
        for fact in &self.facts {
            use FactKind as K;
            let kind = fact.kind();
            if self.shape == Shape::BehindReview && is_behind_review(kind) {
                continue;
            }
            match kind {
                K::State if fact.notice().is_none() => continue,
                K::Risk => continue,
                K::Agent | K::OnBehalfOf | K::Environment | K::Policy | K::Request => {
                    if let Some(text) = field(fact) {
                        fields.push(plain(&text)?.into());
                        continue;
                    }
                }
                K::Deadline => {
                    if let Some(time) = fact.time() {
                        let label = match self.state {
                            State::Pending => "expires, then refused",
                            _ => "lapses, then will not run",
                        };
                        fields.push(moment(label, time)?.into());
                        continue;
                    }
                }
                K::Claim => below.close()?,
                _ => {}
            }
            let pack = if kind < K::Agent { &mut pack } else { &mut below };
            for group in groups(fact)? {
                pack.add(group)?;
            }
        }
        if self.shape == Shape::BehindReview {
            self.names(&mut pack)?;
        }
        self.advice(&mut below)?;
        let mut blocks = pack.finish()?;
        if !fields.is_empty() {
            blocks.push(SectionBlock::builder().fields(fields).build()?.into());
        }
        blocks.extend(below.finish()?);
        Ok(blocks)
    }

    /// The names of the arguments alone.
    fn names(&self, pack: &mut Pack) -> Result<(), Error> {
        let arguments = self.request.intent().arguments();
        if arguments.is_empty() {
            return Ok(());
        }
        let mut elements = vec![words("arguments:", true)?];
        let mut texts = vec!["arguments:".to_owned()];
        for argument in arguments.iter().take(NAMES) {
            let name = cut(argument.name(), Style::LINE, &Budget::new(0, measure)).text();
            elements.push(words(" ", false)?);
            elements.push(code(&name)?);
            texts.push(name);
        }
        let more = arguments.len().saturating_sub(NAMES);
        if more > 0 {
            elements.push(words(&format!(" and {more} more"), false)?);
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        pack.close()?;
        pack.add(vec![Piece::new(line(elements)?, &texts)])
    }

    /// What to do, where the message alone does not do.
    fn advice(&self, pack: &mut Pack) -> Result<(), Error> {
        if self.state != State::Pending || self.approves() {
            return Ok(());
        }
        let text = match (self.shape, self.is_whole()) {
            (Shape::BehindReview, _) => "Review shows the values to whoever may vote.",
            (Shape::InChannel, false) => "Not everything fits here: Review shows it, then approve.",
            (Shape::InChannel, true) => "An approval takes a reason: Review asks for it.",
        };
        pack.close()?;
        pack.add(vec![Piece::new(line(vec![words(text, false)?])?, &[text])])
    }

    fn buttons(&self, token: &Token) -> Result<Block, Error> {
        let value = token.expose();
        let button = |text: &str, id: &str| {
            Ok::<_, Error>(ButtonElement::builder().text(plain(text)?).action_id(id).value(&*value))
        };
        let mut elements = Vec::new();
        if self.approves() {
            let mut approve = button("Approve", APPROVE)?.style(ButtonStyle::Primary);
            if is_risky(self.request) {
                approve = approve.confirm(self.confirmation()?);
            }
            elements.push(approve.build()?);
            // Words beside the values: a long reason or summary, what a voter wrote.
            if self.facts.iter().any(Fact::is_cut) {
                elements.push(button("Review", REVIEW)?.build()?);
            }
        } else {
            elements.push(button("Review", REVIEW)?.style(ButtonStyle::Primary).build()?);
        }
        elements.push(button("Deny", DENY)?.style(ButtonStyle::Danger).build()?);
        Ok(ActionsBlock::builder().elements(elements).block_id("guardrail").build()?.into())
    }

    fn confirmation(&self) -> Result<ConfirmationDialogue, Error> {
        let risk = match risk(self.request) {
            Risk::Critical => "CRITICAL",
            _ => "HIGH",
        };
        let text = "You have read every value, and this is to run as it stands.";
        Ok(ConfirmationDialogue::builder()
            .title(plain(&format!("Approve? The risk is {risk}"))?)
            .text(plain(text)?)
            .confirm(plain("Approve")?)
            .deny(plain("Go back")?)
            .style(ButtonStyle::Danger)
            .build()?)
    }

    fn text(&self) -> String {
        let action = neutral(self.request.intent().action());
        let state = self.facts.get(FactKind::State).map(|fact| fact.text()).unwrap_or_default();
        let mut text = match self.state {
            State::Pending => format!("Approval needed: {action}"),
            _ => format!("{action}: {state}"),
        };
        if let Some(fact) = self.facts.get(FactKind::Risk) {
            text.push_str(&format!(" · {} risk", fact.text()));
        }
        if let Some(group) = self.group.filter(|_| self.state == State::Pending) {
            text.push_str(&format!(" <!subteam^{}>", neutral(group)));
        }
        text
    }
}

/// How risky the policy says it is.
pub(super) fn risk(request: &ApprovalRequest) -> Risk {
    request.requirement().map_or(Risk::Medium, |requirement| requirement.risk())
}

/// Whether an approval takes one more deliberate step.
pub(super) fn is_risky(request: &ApprovalRequest) -> bool {
    risk(request) >= Risk::High
}

/// Whether the policy asks for a reason with such a vote.
pub(super) fn reason_required(request: &ApprovalRequest, choice: Choice) -> bool {
    request.requirement().is_some_and(|requirement| requirement.reason_required(choice))
}

/// What may hold values, or words about them.
fn is_behind_review(kind: FactKind) -> bool {
    use FactKind as K;
    matches!(kind, K::Resource | K::Summary | K::Argument | K::Hidden | K::Preview | K::Claim)
}
