//! How much of a request a channel can show.

use super::cut::{Budget, Measure, characters, cut};
use super::fact::Fact;
use super::style::Style;

/// Most that a label may cost; a longer one is cut, and must be opened like a value.
const LABEL: usize = 120;

/// What the longest name of an action or a policy costs.
const BOUND: usize = 128;

/// How much of a request a channel can show at once. What does not fit is cut or left out, and
/// the list says so; nothing is cut in silence.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub(super) value: usize,
    pub(super) total: usize,
    pub(super) facts: usize,
    pub(super) each: usize,
    pub(super) measure: Measure,
    pub(super) style: Style,
}

impl Limits {
    /// Least total; to it comes the cost of 48 empty facts.
    pub const LEAST: usize = 8_000;
    /// Least number of facts.
    pub const FACTS: usize = 48;

    /// Everything, whole. For whoever opens a request and pages what comes: about ten times the
    /// size of the intent at most.
    pub const OPEN: Self = Self {
        value: usize::MAX,
        total: usize::MAX,
        facts: usize::MAX,
        each: 0,
        measure: characters,
        style: Style::BLOCK,
    };

    /// At most `value` for one value and `total` for labels, values and notices together, both by
    /// `measure`. Both are raised to the least that shows every fact a little.
    pub fn new(value: usize, total: usize, measure: Measure) -> Self {
        Self { facts: 128, measure, style: Style::BLOCK, ..Self::OPEN }.sized(value, total)
    }

    /// What a fact costs beside its text: the markup around it. Raises the total if need be.
    #[must_use]
    pub fn each(mut self, cost: usize) -> Self {
        self.each = cost;
        let (value, total) = (self.value, self.total);
        self.sized(value, total)
    }

    /// At most this many facts, at least [`FACTS`](Self::FACTS).
    #[must_use]
    pub fn facts(mut self, most: usize) -> Self {
        self.facts = most.max(Self::FACTS);
        self
    }

    /// How blanks and line breaks in values are shown; [`Style::BLOCK`] where nothing is said.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// What this fact costs.
    pub fn cost(&self, fact: &Fact) -> usize {
        let notice = fact.notice();
        let texts = fact.runs().iter().chain([fact.label()]).map(super::fact::Run::text);
        let icon = fact.icon().into_iter().chain(notice.as_deref());
        texts.chain(icon).fold(self.each, |sum, text| sum.saturating_add(self.text(text)))
    }

    pub(super) fn text(&self, text: &str) -> usize {
        self.budget(0).cost(text)
    }

    pub(super) fn budget(&self, most: usize) -> Budget {
        Budget::new(most, self.measure)
    }

    /// The least that any value is given.
    pub(super) fn least(&self) -> usize {
        self.budget(0).most()
    }

    /// A share of the total for text that is worth less than the values.
    pub(super) fn share(&self, part: usize) -> usize {
        (self.total / part).min(self.value)
    }

    /// How much a label may cost.
    pub(super) fn label(&self) -> usize {
        if self.total == usize::MAX { usize::MAX } else { LABEL }
    }

    /// The name of an action or a policy. It is bound by the digest and nobody could open the rest of it, so it is
    /// shown whole; it is short by its rule.
    pub(super) fn bound(&self, text: &str) -> String {
        let most = if self.total == usize::MAX { usize::MAX } else { BOUND };
        cut(text, Style::LINE, &self.budget(most)).text()
    }

    /// A name of the policy or the directory, safe and short.
    pub(super) fn name(&self, text: &str) -> String {
        let most = if self.total == usize::MAX { usize::MAX } else { Budget::LEAST };
        cut(text, Style::LINE, &self.budget(most)).text()
    }

    /// A line of the policy, safe and not too long.
    pub(super) fn brief(&self, text: &str) -> String {
        cut(text, Style::LINE, &self.budget(self.share(32))).text()
    }

    fn sized(mut self, value: usize, total: usize) -> Self {
        self.value = value.max(Budget::LEAST);
        self.total = total.max(self.each.saturating_mul(Self::FACTS).saturating_add(Self::LEAST));
        self
    }
}
