//! The facts of a request as lines for a window: in brief, or everything.

use unicode_width::UnicodeWidthChar as _;

use crate::clock::Timestamp;
use crate::model::ApprovalRequest;
use crate::view::{self, Facts, Limits};

/// Rows that one value may fill before it is cut, where all of them do not fit.
const ROWS: usize = 6;

/// The narrowest window a request is shown in: what keys do fits there.
pub(super) const LEAST_COLUMNS: u16 = 60;

/// Most lines that are laid out anew each second to keep a clock right.
const LIVELY: usize = 2_000;

/// A request laid out for a window.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) lines: Vec<String>,
    /// Whether every value stands in these lines entirely.
    pub(super) whole: bool,
    /// How wide they were laid out.
    pub(super) width: usize,
}

impl Card {
    /// What a reviewer takes in within ten seconds: long values are cut, and say so, but none for
    /// which a window of this height has room.
    pub(super) fn brief(
        request: &ApprovalRequest,
        now: Timestamp,
        columns: u16,
        height: usize,
    ) -> Self {
        let columns = usize::from(columns);
        let lay = |rows: usize| {
            let total = Limits::LEAST.max(height * columns);
            let limits = Limits::new(rows * columns, total, view::columns);
            Self::lay(&view::facts(request, now, &limits), columns)
        };
        let cut = lay(ROWS);
        if cut.whole || cut.lines.len() >= height {
            return cut;
        }
        let roomy = [height, height * 3 / 4, height / 2, height / 3];
        let roomy = roomy.into_iter().filter(|rows| *rows > ROWS).map(lay);
        roomy.into_iter().find(|card| card.lines.len() <= height).unwrap_or(cut)
    }

    /// Every value entirely.
    pub(super) fn everything(request: &ApprovalRequest, now: Timestamp, columns: u16) -> Self {
        Self::lay(&view::open(request, now), usize::from(columns))
    }

    /// Whether it is small enough to be laid out again each second.
    pub(super) fn is_lively(lines: usize) -> bool {
        lines <= LIVELY
    }

    /// Terminals disagree about the width of what is not ASCII. Lines are made so short that no
    /// terminal has to leave anything of them out.
    fn lay(facts: &Facts, columns: usize) -> Self {
        let (mut lines, mut width) = (Vec::new(), columns);
        for narrower in [columns, columns * 3 / 4, columns / 2] {
            width = narrower;
            lines = view::text(facts, width).lines().map(str::to_owned).collect();
            if lines.iter().all(|line: &String| widest(line) <= columns) {
                break;
            }
        }
        Self { lines, whole: facts.is_whole(), width }
    }
}

/// How wide a terminal could take this line to be. The frame in front is known.
fn widest(line: &str) -> usize {
    let mut chars = line.chars();
    let frame = chars.next().map_or(0, |c| c.width().unwrap_or(1));
    frame + chars.map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::widest;

    #[test]
    fn what_is_not_ascii_is_taken_to_be_wide() {
        assert_eq!(widest("│ plan = x"), 10);
        assert_eq!(widest("│ ★★"), 6);
        assert_eq!(widest(""), 0);
    }
}
