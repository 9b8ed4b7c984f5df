//! Text from strangers, made safe to show: nothing hides, nothing reorders, nothing looks like our own marks.

use std::fmt::Write as _;

use super::codes::is_rtl;
use super::piece::{Blank, Piece, Pieces};
use super::style::Style;
use super::warning::{Warning, WarningKind, Warnings};
use super::words;

/// A text that is safe to show, and what its reader should know.
///
/// The text holds letters, marks, digits, punctuation, symbols and U+0020; with [`Style::BLOCK`]
/// also U+000A. Every other code point stands in it as `⟨U+XXXX⟩`: controls, bidi controls,
/// whatever has no ink, unusual spaces, private use and unassigned code points, more than three
/// marks on a letter, and every code point that would take the text out of NFC. Long blanks are
/// counted: `⟨40 spaces⟩`. The brackets themselves are written as numbers, so every marker is ours
/// and two different texts are never shown alike.
///
/// Right-to-left letters stay: they are how people write. Bidi controls do not, so such a text can
/// move only itself, within one line; a channel isolates it with [`isolated`](Self::isolated) or
/// its own means (`<bdi>`), or gives it a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    text: String,
    warnings: Vec<Warning>,
}

impl Visible {
    pub(super) fn new(text: String, warnings: Vec<Warning>) -> Self {
        Self { text, warnings }
    }

    /// The safe text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a reader should know, the gravest kind first; each kind at most once.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether it holds right-to-left letters and needs isolation from what stands beside it.
    pub fn is_rtl(&self) -> bool {
        self.text.chars().any(is_rtl)
    }

    /// The text for channels that lay out bidirectional plain text: if it holds right-to-left
    /// letters each line stands between U+2068 and U+2069 (UAX #9 isolates), else it is the text.
    pub fn isolated(&self) -> String {
        isolated(&self.text)
    }
}

/// Makes a text safe to show whole. Work and size grow linearly: at most 12 bytes a byte.
pub fn visible(text: &str, style: Style) -> Visible {
    let mut warnings = Warnings::default();
    let mut shown = String::with_capacity(text.len());
    for piece in Pieces::new(text, style) {
        judge(&piece, &mut warnings);
        // Writing into a `String` cannot fail.
        let _ = write!(shown, "{piece}");
    }
    words::judge(text, &mut warnings);
    Visible::new(shown, warnings.finish())
}

/// Wraps each line with right-to-left letters into a bidi isolate.
pub(super) fn isolated(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        if line.chars().any(is_rtl) {
            out.push('\u{2068}');
            out.push_str(line);
            out.push('\u{2069}');
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Notes what one piece should be warned of.
pub(super) fn judge(piece: &Piece<'_>, warnings: &mut Warnings) {
    match piece {
        Piece::Plain(text) if text.is_ascii() => {}
        Piece::Plain(text) => {
            if let Some(c) = text.chars().find(|c| is_rtl(*c)) {
                warnings.note(WarningKind::RightToLeft, Some(c));
            }
        }
        Piece::Code(c, Some(kind)) => warnings.note(*kind, Some(*c)),
        Piece::Code(_, None) => {}
        Piece::Run(blank, count) if *count > 8 => {
            let c = if *blank == Blank::Space { ' ' } else { '\n' };
            warnings.note(WarningKind::Blanks, Some(c));
        }
        Piece::Run(..) | Piece::Masked(..) | Piece::Own(_) => {}
    }
}
