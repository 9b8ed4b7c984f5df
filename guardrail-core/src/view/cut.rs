//! A long value cut to a budget: its head, its tail, and enough to tell what is missing.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use unicode_width::UnicodeWidthChar as _;

use super::piece::{Part, Piece};
use super::style::Style;
use super::visible::{Visible, isolated, judge};
use super::warning::{Warning, Warnings};
use super::words;

/// What one shown character costs in a channel: Slack spends five on `&`, a terminal two on `漢`.
///
/// It is asked about characters of the safe text only, so never about a control, except U+000A in
/// [`Style::BLOCK`], which should cost a whole line. A `Measure` that answers 0 is taken to answer 1.
pub type Measure = fn(char) -> usize;

/// [`Measure`] of channels that count characters.
pub fn characters(_: char) -> usize {
    1
}

/// [`Measure`] of terminals: columns; a line break costs 80 of them.
pub fn columns(c: char) -> usize {
    if c == '\n' { 80 } else { c.width().unwrap_or(1) }
}

/// How much of one value may be shown.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    most: usize,
    measure: Measure,
}

impl Budget {
    /// Least budget of a channel that counts characters: below it head and tail say nothing.
    pub const LEAST: usize = 96;

    /// At most `most` by `measure`; raised to [`LEAST`](Self::LEAST), and to twice what the words
    /// for a gap cost.
    pub fn new(most: usize, measure: Measure) -> Self {
        let budget = Self { most, measure };
        let least = budget.cost(&gap(usize::MAX)).saturating_mul(2).max(Self::LEAST);
        Self { most: most.max(least), measure }
    }

    /// The budget, in units of its measure.
    pub fn most(&self) -> usize {
        self.most
    }

    /// What `text` costs.
    pub fn cost(&self, text: &str) -> usize {
        text.chars().map(|c| (self.measure)(c).max(1)).sum()
    }

    fn piece(&self, piece: &Piece<'_>, scratch: &mut String) -> usize {
        match piece {
            Piece::Plain(text) => self.cost(text),
            _ => {
                scratch.clear();
                let _ = write!(scratch, "{piece}");
                self.cost(scratch)
            }
        }
    }
}

/// A value shown within a budget: whole, or head and tail with what is left out between them.
///
/// Head, tail and notice together cost no more than the budget, counted on the safe text, and no
/// marker or letter with marks is ever split. Length and hash are those of the original bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    head: String,
    tail: String,
    omitted: usize,
    characters: usize,
    bytes: usize,
    sha256: [u8; 32],
    warnings: Vec<Warning>,
}

impl Cut {
    /// Whether nothing is left out. Then all of it is in [`head`](Self::head).
    pub fn is_whole(&self) -> bool {
        self.omitted == 0
    }

    /// The safe text of the beginning, or of everything.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The safe text of the end; empty where nothing is left out.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// Characters of the original between head and tail.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Length of the original in characters (Unicode scalar values).
    pub fn characters(&self) -> usize {
        self.characters
    }

    /// Length of the original in bytes of UTF-8.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// SHA-256 of the original bytes.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// The first 16 hexadecimal digits of [`sha256`](Self::sha256).
    pub fn short_hash(&self) -> String {
        self.sha256.iter().take(8).fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    }

    /// What a reader should know about the whole original, the part left out included.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Between head and tail: `⟨1200 characters left out⟩`. `None` where nothing is.
    pub fn gap(&self) -> Option<String> {
        (self.omitted > 0).then(|| gap(self.omitted))
    }

    /// Beside a cut value: `5210 characters, 5214 bytes, sha256 9c1f…`. `None` where it is whole.
    pub fn notice(&self) -> Option<String> {
        (self.omitted > 0).then(|| self.measures())
    }

    pub(super) fn measures(&self) -> String {
        let (characters, bytes) = (self.characters, self.bytes);
        format!("{characters} characters, {bytes} bytes, sha256 {}…", self.short_hash())
    }

    /// Head, gap and tail in one: still safe, still telling two originals apart unless they differ
    /// only in what is left out.
    pub fn text(&self) -> String {
        match self.gap() {
            Some(gap) => format!("{}{gap}{}", self.head, self.tail),
            None => self.head.clone(),
        }
    }

    /// [`text`](Self::text) with right-to-left lines isolated, see [`Visible::isolated`].
    pub fn isolated(&self) -> String {
        isolated(&self.text())
    }

    /// The same as a [`Visible`].
    pub fn visible(&self) -> Visible {
        Visible::new(self.text(), self.warnings.clone())
    }
}

/// Makes a value safe to show within a budget. Memory is that of the budget, not of the value.
pub fn cut(text: &str, style: Style, budget: &Budget) -> Cut {
    cut_parts(&[Part::Text(Cow::Borrowed(text))], style, budget)
}

/// The same for a value of several parts. What is masked counts with the length it has, and is
/// hashed as its commitment.
pub(super) fn cut_parts(parts: &[Part<'_>], style: Style, budget: &Budget) -> Cut {
    let mut warnings = Warnings::default();
    let mut scratch = String::new();
    // The longest gap that can come, so that what is kept never has to be cut again.
    let reserve = budget.cost(&gap(usize::MAX));
    let ends = budget.most.saturating_sub(reserve);
    let head_most = ends - ends / 3;

    let mut characters = 0;
    let mut head = String::new();
    let mut head_cost = 0;
    let mut head_open = true;
    // What comes after the head, the last of it: it becomes the tail, or the rest of the whole.
    let mut late: VecDeque<(Piece<'_>, usize)> = VecDeque::new();
    let mut late_cost = 0;
    let mut omitted = 0;
    for piece in parts.iter().flat_map(|part| part.pieces(style)) {
        judge(&piece, &mut warnings);
        characters += piece.chars();
        let cost = budget.piece(&piece, &mut scratch);
        if head_open && head_cost + cost <= head_most {
            head_cost += cost;
            let _ = write!(head, "{piece}");
            continue;
        }
        head_open = false;
        late_cost += cost;
        late.push_back((piece, cost));
        if omitted > 0 || head_cost + late_cost > budget.most {
            omitted += shed(&mut late, &mut late_cost, ends - head_most);
        }
    }
    let mut sha256 = Sha256::new();
    for part in parts {
        sha256.update(part.hashed());
        if let Part::Text(text) = part {
            words::judge(text, &mut warnings);
        }
    }

    let mut tail = String::new();
    let late_text = if omitted == 0 { &mut head } else { &mut tail };
    for (piece, _) in &late {
        let _ = write!(late_text, "{piece}");
    }
    Cut {
        head,
        tail,
        omitted,
        characters,
        bytes: parts.iter().map(Part::bytes).sum(),
        sha256: sha256.finalize().into(),
        warnings: warnings.finish(),
    }
}

/// Drops pieces from the front until the rest costs at most `most`; says how many characters went.
fn shed(late: &mut VecDeque<(Piece<'_>, usize)>, cost: &mut usize, most: usize) -> usize {
    let mut gone = 0;
    while *cost > most {
        let Some((piece, its)) = late.pop_front() else { break };
        *cost -= its;
        gone += piece.chars();
    }
    gone
}

fn gap(characters: usize) -> String {
    format!("⟨{characters} characters left out⟩")
}
