//! Everything of a request, on as many modals as it takes: each leads to the next, the last one
//! approves.

use guardrail_core::clock::Timestamp;
use guardrail_core::model::{ApprovalRequest, Choice, Digest};
use guardrail_core::view::{FactKind, open};
use serde_json::Value;
use slackblocks::{
    Block, InputBlock, ModalView, PlainTextInputElement, SectionBlock, ValidationError,
};

use super::error::Error;
use super::forms::{approve_word, reason_input};
use super::layout::groups;
use super::measure::{PAGE_BLOCKS, PAGE_BYTES, PAGES};
use super::message::{is_risky, reason_required};
use super::pack::Pack;
use super::part::plain;
use crate::token::{Carried, Page, REVIEW, Token, WORD};

/// What the last page asks of whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// To approve.
    Approve,
    /// Nothing: they may read it, and that is all.
    Nothing,
}

/// Characters of the hash of a layout: 128 bits.
const LAYOUT: usize = 32;

/// A request laid out whole.
#[derive(Debug)]
pub(crate) struct Pages<'r> {
    request: &'r ApprovalRequest,
    pages: Vec<Vec<Block>>,
    whole: bool,
    layout: String,
}

impl<'r> Pages<'r> {
    pub(crate) fn new(request: &'r ApprovalRequest, now: Timestamp) -> Result<Self, Error> {
        let facts = open(request, now);
        let mut pack = Pack::default();
        // The blocks of what changes while people decide.
        let (mut moving, mut from) = (Vec::new(), None);
        for fact in &facts {
            if moves(fact.kind()) != from.is_some() || fact.kind() == FactKind::Claim {
                pack.close()?;
                match from.take() {
                    Some(from) => moving.push(from..pack.closed()),
                    None if moves(fact.kind()) => from = Some(pack.closed()),
                    None => {}
                }
            }
            for group in groups(fact)? {
                pack.add(group)?;
            }
        }
        let mut pages: Vec<Vec<Block>> = Vec::new();
        pack.close()?;
        moving.extend(from.map(|from| from..pack.closed()));
        let (mut bytes, mut fixed) = (0, Vec::new());
        for (nth, block) in pack.finish()?.into_iter().enumerate() {
            let json = serde_json::to_vec(&block)?;
            let size = json.len();
            match pages.last_mut() {
                Some(page) if page.len() < PAGE_BLOCKS && bytes + size <= PAGE_BYTES => {
                    page.push(block);
                    bytes += size;
                }
                _ => {
                    pages.push(vec![block]);
                    bytes = size;
                }
            }
            if !moving.iter().any(|blocks| blocks.contains(&nth)) {
                fixed.extend_from_slice(format!("{} {size} ", pages.len()).as_bytes());
                fixed.extend_from_slice(&json);
            }
        }
        let whole = facts.is_whole() && pages.len() <= PAGES;
        pages.truncate(PAGES);
        let layout = Digest::of(&fixed).to_string().chars().take(LAYOUT).collect();
        Ok(Self { request, pages, whole, layout })
    }

    /// What stands on which page, as a hash; without what changes while people decide, since nobody
    /// has to begin anew because another has voted.
    pub(crate) fn layout(&self) -> &str {
        &self.layout
    }

    /// Whether these pages show everything: only then the last one may approve.
    pub(crate) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// The first of them.
    pub(crate) fn first(&self) -> Page {
        Page { number: 1, of: self.pages.len().max(1) }
    }

    /// One page as a modal. Its token is of this page and this reader alone.
    pub(crate) fn view(&self, page: Page, ask: Ask, token: Token) -> Result<Value, Error> {
        let mut blocks = vec![self.place(page, ask)?];
        blocks.extend(self.pages.get(page.number.saturating_sub(1)).cloned().unwrap_or_default());
        let ask = if self.whole { ask } else { Ask::Nothing };
        let mut view = ModalView::builder()
            .title(plain("Review a request")?)
            .close(plain("Close")?)
            .callback_id(REVIEW)
            .private_metadata(Carried { token, page }.expose());
        match (page.is_last(), ask) {
            (false, _) => view = view.submit(plain("Next page")?),
            (true, Ask::Nothing) => {}
            (true, Ask::Approve) => {
                if reason_required(self.request, Choice::Approve) {
                    blocks.push(reason_input("Why do you approve?", true)?);
                }
                if is_risky(self.request) {
                    blocks.push(word_input()?);
                }
                view = view.submit(plain("Approve")?);
            }
        }
        Ok(serde_json::to_value(view.blocks(blocks).build()?)?)
    }

    /// Where in the request the reader is, and what comes.
    fn place(&self, page: Page, ask: Ask) -> Result<Block, ValidationError> {
        let id = self.request.id();
        let mut text = format!("Page {} of {} of request {id}.", page.number, page.of);
        text.push_str(match (self.whole, ask, page.is_last()) {
            (false, ..) => {
                " It cannot be shown whole in Slack, so it cannot be approved in Slack: use \
                 another channel. It can be denied here."
            }
            (true, Ask::Nothing, _) => " You may read it; another vote of yours would not count.",
            (true, Ask::Approve, true) => " Approve lets it run as it stands on these pages.",
            (true, Ask::Approve, false) => " Approve stands on the last page.",
        });
        Ok(SectionBlock::builder().text(plain(&text)?).build()?.into())
    }
}

/// Whether it changes while people decide.
const fn moves(kind: FactKind) -> bool {
    matches!(kind, FactKind::Deadline | FactKind::Approvals | FactKind::Vote)
}

fn word_input() -> Result<Block, Error> {
    let word = approve_word();
    let input = PlainTextInputElement::builder().action_id(WORD).max_length(40).build()?;
    Ok(InputBlock::builder()
        .label(plain(&format!("The risk is high. Type \"{word}\" to approve."))?)
        .element(input)
        .block_id(WORD)
        .build()?
        .into())
}
