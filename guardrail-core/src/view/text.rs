//! Facts as plain text for terminals and logs: no escape, no control, nothing leaves its frame.

use unicode_width::UnicodeWidthChar as _;

use super::codes::is_rtl;
use super::fact::{Fact, FactKind, Trust};
use super::facts::Facts;

/// Least number of columns a line may be given.
const LEAST: usize = 24;

/// What stands before a line. The first column alone says what the line is, and no value reaches
/// it.
const FACT: &str = "│ ";
const BREAK: &str = "┊ ";
const WRAP: &str = "↳ ";
const OURS: &str = "  ";
const NOTICE: &str = "! ";

/// The facts as lines of at most `columns` columns (24 at least) of printable characters.
///
/// Ours stand as `label: value`. Whatever came from an agent or was typed by a person stands in a
/// frame: `│` begins a fact, `┊` is a line break of the value, `↳` goes on where the line was
/// full, `!` says what to beware of. There `label: value` is a fact of ours, and `label = value` an
/// argument, whose label the agent may have chosen: none passes for the resource or the agent.
/// Right-to-left text has lines of its own, so that a terminal which reorders lines moves nothing but the
/// value.
pub fn text(facts: &Facts, columns: usize) -> String {
    let mut page = Page { out: String::new(), columns: columns.max(LEAST) };
    for fact in facts {
        page.fact(fact);
    }
    page.out
}

struct Page {
    out: String,
    columns: usize,
}

impl Page {
    fn fact(&mut self, fact: &Fact) {
        let value = fact.text();
        let label = fact.label().text();
        // No label of an agent holds a `:`, but in quotes.
        let sign = if fact.label().trust() == Trust::Own { ":" } else { " =" };
        let icon = fact.icon().map(|icon| format!("{icon} ")).unwrap_or_default();
        if !fact.is_untrusted() {
            self.block("", OURS, OURS, &format!("{icon}{label}: {value}"));
        } else if matches!(fact.kind(), FactKind::Claim | FactKind::Preview) {
            self.block("", OURS, OURS, &format!("{label}:"));
            self.block(FACT, BREAK, WRAP, &value);
        } else if value.chars().chain(label.chars()).any(is_rtl) {
            self.block(FACT, BREAK, WRAP, &format!("{label}{sign}"));
            self.block(BREAK, BREAK, WRAP, &value);
        } else {
            self.block(FACT, BREAK, WRAP, &format!("{label}{sign} {value}"));
        }
        if let Some(notice) = fact.notice() {
            self.block(NOTICE, OURS, OURS, &notice);
        }
    }

    /// Writes text, each line behind the frame that its cause asks for.
    fn block(&mut self, first: &str, line_break: &str, wrap: &str, text: &str) {
        for (n, line) in text.split('\n').enumerate() {
            self.line(if n == 0 { first } else { line_break }, wrap, line);
        }
    }

    fn line(&mut self, first: &str, wrap: &str, line: &str) {
        self.out.push_str(first);
        let mut used = width(first);
        for c in line.chars() {
            let own = c.width().unwrap_or(0);
            if used + own > self.columns {
                self.out.push('\n');
                self.out.push_str(wrap);
                used = width(wrap);
            }
            self.out.push(c);
            used += own;
        }
        self.out.push('\n');
    }
}

fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}
