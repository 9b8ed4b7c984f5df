//! What is sent to the terminal: the only place that makes control sequences.

use std::fmt;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{Command, QueueableCommand as _};
use unicode_width::UnicodeWidthChar as _;

/// How a row stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Bold,
    /// Light on dark, the other way round.
    Reverse,
}

/// One row of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) text: String,
    pub(super) look: Look,
}

impl Row {
    pub(super) fn new(look: Look, text: impl Into<String>) -> Self {
        Self { text: text.into(), look }
    }
}

/// A whole screen, from its first row. The cursor stands at the end of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) rows: Vec<Row>,
}

/// Whether the terminal marks pasted text (xterm, DEC private mode 2004). crossterm has this only
/// together with its reader of stdin.
struct BracketedPaste(bool);

impl Command for BracketedPaste {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str(if self.0 { "\x1b[?2004h" } else { "\x1b[?2004l" })
    }
}

/// A screen of its own, and pasted text told apart from keys.
pub(super) fn enter() -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, EnterAlternateScreen);
    put(&mut out, BracketedPaste(true));
    put(&mut out, Clear(ClearType::All));
    out
}

/// Back to the screen of before. A terminal without a second screen is at least left empty.
pub(super) fn leave() -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, SetAttribute(Attribute::Reset));
    put(&mut out, MoveTo(0, 0));
    put(&mut out, Clear(ClearType::All));
    put(&mut out, BracketedPaste(false));
    put(&mut out, Show);
    put(&mut out, LeaveAlternateScreen);
    out
}

/// A line among others.
pub(super) fn line(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    printable(&mut out, text, usize::MAX);
    out.push(b'\n');
    out
}

/// Paints every row over whatever stands there, whoever wrote it. Between two frames cursor and
/// line wrap are as they should be: a process that is killed leaves them so.
pub(super) fn paint(frame: &Frame, columns: u16) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, Hide);
    put(&mut out, DisableLineWrap);
    let mut end = (0, 0);
    for (row, at) in frame.rows.iter().zip(0..) {
        put(&mut out, MoveTo(0, at));
        put(&mut out, SetAttribute(Attribute::Reset));
        match row.look {
            Look::Plain => {}
            Look::Bold => put(&mut out, SetAttribute(Attribute::Bold)),
            Look::Reverse => put(&mut out, SetAttribute(Attribute::Reverse)),
        }
        let used = printable(&mut out, &row.text, usize::from(columns));
        end = (u16::try_from(used).unwrap_or(columns), at);
        put(&mut out, Clear(ClearType::UntilNewLine));
    }
    put(&mut out, SetAttribute(Attribute::Reset));
    put(&mut out, MoveTo(end.0.min(columns.saturating_sub(1)), end.1));
    put(&mut out, EnableLineWrap);
    put(&mut out, Show);
    out
}

/// Writes at most this many columns of the text; returns how many.
///
/// INVARIANT: whatever the text holds, nothing a terminal would obey is written. What is shown was
/// made safe before; this is the last door.
fn printable(out: &mut Vec<u8>, text: &str, columns: usize) -> usize {
    let mut used = 0;
    for c in text.chars() {
        let c = if is_obeyed(c) { char::REPLACEMENT_CHARACTER } else { c };
        let width = c.width().unwrap_or(0);
        if used + width > columns {
            break;
        }
        used += width;
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    used
}

/// C0, DEL, C1, and what turns the direction of text.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}')
}

/// Writing to memory does not fail.
fn put(out: &mut Vec<u8>, command: impl Command) {
    let _written = out.queue(command);
}

#[cfg(test)]
mod tests {
    use super::{Frame, Look, Row, line, paint};

    #[test]
    fn nothing_a_terminal_obeys_comes_from_a_text() {
        let all: String = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
        let written = String::from_utf8(line(&all)).unwrap_or_default();
        let obeyed =
            written.chars().filter(|c| c.is_control() || ('\u{202A}'..='\u{202E}').contains(c));
        assert_eq!(obeyed.collect::<String>(), "\n");
    }

    #[test]
    fn a_row_never_reaches_beyond_the_window() {
        let frame = Frame { rows: vec![Row::new(Look::Plain, "漢字漢字".repeat(9))] };
        let painted = String::from_utf8(paint(&frame, 7)).unwrap_or_default();
        assert_eq!(painted.chars().filter(|c| *c > '\u{7f}').count(), 3);
    }
}
