//! A fact before it is known how much room there is for it.

use std::borrow::Cow;

use super::cut::{Cut, cut_parts};
use super::fact::{BETWEEN, Fact, FactKind, Run};
use super::limits::Limits;
use super::piece::Part;
use super::style::Style;
use super::warning::merge;

/// How a fact is treated when room is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    /// Small and ours: always there, never cut.
    Fixed,
    /// Cut to this cost at once, so that it takes no room from the values.
    Prose(usize),
    /// Bound by the digest: cut only where all values are; a cut one must be opened.
    Bound,
    /// The same, and some of many may be left out, with their number said.
    Argument,
}

impl Grade {
    /// Text that is shown, but may not take room from what is approved.
    pub(super) fn prose(limits: &Limits) -> Self {
        Self::Prose(limits.share(32))
    }
}

/// The part of a fact that may be long.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) style: Style,
    /// Stands between quotation marks of ours.
    pub(super) quoted: bool,
}

/// A fact before it is known how much room there is for it.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) fact: Fact,
    pub(super) grade: Grade,
    /// Replaces the fact's label. Its parts are never split.
    pub(super) label: Vec<Part<'a>>,
    pub(super) body: Option<Body<'a>>,
}

/// An item with what it costs.
#[derive(Debug)]
pub(super) struct Sized<'a> {
    item: Item<'a>,
    probe: Option<Cut>,
    /// Costs that no cut changes: label, markup, notices.
    fixed: usize,
    /// What the body would cost, at most the cap.
    want: usize,
}

impl<'a> Item<'a> {
    pub(super) fn fixed(fact: Fact) -> Self {
        Self { fact, grade: Grade::Fixed, label: Vec::new(), body: None }
    }

    /// One text of an agent or a person.
    pub(super) fn text(
        fact: Fact,
        grade: Grade,
        text: impl Into<Cow<'a, str>>,
        style: Style,
    ) -> Self {
        let parts = vec![Part::Text(text.into())];
        let body = Body { parts, style, quoted: true };
        Self { fact, grade, label: Vec::new(), body: Some(body) }
    }

    /// The same without quotation marks: names.
    pub(super) fn name(fact: Fact, grade: Grade, text: &'a str) -> Self {
        let mut item = Self::text(fact, grade, text, Style::LINE);
        if let Some(body) = &mut item.body {
            body.quoted = false;
        }
        item
    }

    /// Cuts the label, and measures.
    pub(super) fn sized(mut self, limits: &Limits) -> Sized<'a> {
        if !self.label.is_empty() {
            let cut = cut_parts(&self.label, Style::LINE, &limits.budget(limits.label()));
            self.fact.cut |= !cut.is_whole();
            self.fact.label = Run::untrusted(cut.text());
        }
        let mut fixed = 0;
        let mut want = 0;
        let probe = self.body.as_ref().map(|body| {
            let budget = limits.budget(match self.grade {
                Grade::Prose(cap) => cap,
                _ => limits.value,
            });
            let cut = cut_parts(&body.parts, body.style, &budget);
            merge(&mut self.fact.warnings, cut.warnings());
            want = if cut.is_whole() { limits.text(cut.head()) } else { budget.most() };
            if want > limits.least() || !cut.is_whole() {
                // It is cut or may have to be, and that is said.
                fixed += limits.text(&remark(&cut)) + limits.text(BETWEEN);
            }
            if body.quoted {
                fixed += limits.text("\"\"");
            }
            cut
        });
        fixed = limits.cost(&self.fact).saturating_add(fixed);
        Sized { item: self, probe, fixed, want }
    }
}

impl Sized<'_> {
    pub(super) fn grade(&self) -> Grade {
        self.item.grade
    }

    /// Whether a cut of it must be opened before anyone approves.
    pub(super) fn counts(&self) -> bool {
        match self.item.grade {
            Grade::Bound | Grade::Argument => true,
            Grade::Prose(_) => self.item.fact.kind() == FactKind::Preview,
            Grade::Fixed => false,
        }
    }

    /// What it costs if its body may cost this much. Prose is cut already.
    pub(super) fn cost(&self, cap: usize) -> usize {
        let cap = if matches!(self.item.grade, Grade::Prose(_)) { usize::MAX } else { cap };
        self.fixed.saturating_add(self.want.min(cap))
    }

    /// The fact, its body cut to this cost.
    pub(super) fn fact(self, limits: &Limits, cap: usize) -> Fact {
        let Item { mut fact, grade, body, .. } = self.item;
        let (Some(body), Some(probe)) = (body, self.probe) else { return fact };
        let cut = if self.want <= cap || matches!(grade, Grade::Prose(_)) {
            probe
        } else {
            cut_parts(&body.parts, body.style, &limits.budget(cap))
        };
        if !cut.is_whole() {
            fact.cut = true;
            fact.remarks.push(remark(&cut));
        }
        let quote = body.quoted.then(|| Run::own("\""));
        fact.runs.extend(quote.clone());
        fact.runs.push(Run::untrusted(cut.text()));
        fact.runs.extend(quote);
        fact
    }
}

fn remark(cut: &Cut) -> String {
    format!("cut: {}", cut.measures())
}
