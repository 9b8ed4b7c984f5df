//! A text as a row of pieces, each of which is shown whole or not at all.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::codes::{Class, class};
use super::style::Style;
use super::warning::WarningKind;

/// Most marks that may stand on one letter; those beyond are shown as numbers.
const MARKS: usize = 3;
/// Most line breaks in a row that are shown as line breaks.
const BREAKS: usize = 2;

/// The smallest part of a shown text. Its [`Display`](fmt::Display) is the safe text.
///
/// INVARIANT: each piece can be read back to exactly the characters it stands for, because `⟨`
/// appears in no `Plain` piece. That makes the whole rendering injective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Shown as it is: a letter with its marks, a few spaces, or one line break.
    Plain(&'a str),
    /// Shown as its number, and why that deserves a warning.
    Code(char, Option<WarningKind>),
    /// That many times the same blank.
    Run(Blank, usize),
    /// What stands for a secret: its length in bytes, and its salted commitment in hex.
    Masked(usize, &'a str),
    /// Our own words, already safe, that belong between pieces of the text.
    Own(&'a str),
}

/// A stretch of a value: most values are one `Text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text from anywhere.
    Text(Cow<'a, str>),
    /// A secret: its length in bytes, and its salted commitment in hex; empty where there is none.
    Masked(usize, Cow<'a, str>),
    /// Our own words, safe as they are.
    Own(Cow<'a, str>),
}

impl Part<'_> {
    pub(super) fn pieces(&self, style: Style) -> impl Iterator<Item = Piece<'_>> {
        let (text, other) = match self {
            Self::Text(text) => (text.as_ref(), None),
            Self::Masked(bytes, hmac) => ("", Some(Piece::Masked(*bytes, hmac))),
            Self::Own(words) => ("", Some(Piece::Own(words))),
        };
        Pieces::new(text, style).chain(other)
    }

    /// What stands for the part in the hash of the whole.
    pub(super) fn hashed(&self) -> &str {
        match self {
            Self::Text(text) | Self::Own(text) | Self::Masked(_, text) => text,
        }
    }

    /// Its length in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Own(text) => text.len(),
            Self::Masked(bytes, _) => *bytes,
        }
    }
}

/// A character whose runs are shown as a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    Space,
    Newline,
}

impl Piece<'_> {
    /// How many characters of the text it stands for.
    pub(super) fn chars(&self) -> usize {
        match self {
            Self::Plain(text) | Self::Own(text) => text.chars().count(),
            Self::Code(..) => 1,
            Self::Run(_, count) | Self::Masked(count, _) => *count,
        }
    }
}

impl fmt::Display for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) | Self::Own(text) => f.write_str(text),
            Self::Code(c, _) => write!(f, "⟨U+{:04X}⟩", u32::from(*c)),
            Self::Run(Blank::Space, count) => write!(f, "⟨{count} spaces⟩"),
            Self::Run(Blank::Newline, count) => write!(f, "⟨{count} newlines⟩"),
            Self::Masked(bytes, "") => write!(f, "⟨masked, {bytes} bytes⟩"),
            // 64 bits of it are enough to compare two by eye; the log has them all.
            Self::Masked(bytes, hmac) => write!(f, "⟨masked, {bytes} bytes, {hmac:.16}…⟩"),
        }
    }
}

/// The pieces of one text, in order.
#[derive(Debug, Clone)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    style: Style,
    /// The last letter shown as itself with its marks: what a mark would join.
    base: Option<&'a str>,
    /// Line breaks since the last piece with ink; starts full, so no text begins with empty lines.
    breaks: usize,
    start: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str, style: Style) -> Self {
        Self { rest: text, style, base: None, breaks: BREAKS, start: true }
    }

    /// Takes `bytes` bytes off the rest.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn run(&self, of: char) -> usize {
        self.rest.chars().take_while(|c| *c == of).count()
    }

    fn space(&mut self) -> Piece<'a> {
        let count = self.run(' ');
        let taken = self.take(count);
        // A blank nobody can see the end of is spelled out.
        let edge = self.start || self.rest.is_empty() || self.rest.starts_with('\n');
        match count {
            1 if edge => Piece::Code(' ', None),
            _ if edge || count > self.style.spaces => Piece::Run(Blank::Space, count),
            _ => Piece::Plain(taken),
        }
    }

    fn newline(&mut self) -> Piece<'a> {
        let count = self.run('\n');
        if count > BREAKS {
            self.take(count);
            return Piece::Run(Blank::Newline, count);
        }
        let taken = self.take(1);
        if !self.style.breaks || self.breaks >= BREAKS || self.rest.is_empty() {
            return Piece::Code('\n', None);
        }
        self.breaks += 1;
        Piece::Plain(taken)
    }

    /// A letter or symbol, and the marks that may stand on it.
    fn letter(&mut self, c: char) -> Piece<'a> {
        let base = self.base.take();
        if c.is_ascii() {
            // ASCII composes with nothing before it.
        } else if !stays(c, "") || base.is_some_and(|base| !stays(c, base)) {
            self.take(c.len_utf8());
            return Piece::Code(c, Some(WarningKind::NotNormal));
        }
        let mut bytes = c.len_utf8();
        let mut marks = 0;
        for next in self.rest.chars().skip(1) {
            let joins = match class(next) {
                Class::Mark if marks < MARKS => {
                    marks += 1;
                    stays(next, self.rest.get(..bytes).unwrap_or_default())
                }
                // A skin tone on a symbol, the second half of a flag.
                Class::Plain if marks == 0 && bytes == c.len_utf8() => pairs(c, next),
                _ => false,
            };
            if !joins {
                break;
            }
            bytes += next.len_utf8();
        }
        let taken = self.take(bytes);
        self.base = Some(taken);
        Piece::Plain(taken)
    }

    /// A mark that has nothing to stand on, or one too many.
    fn stray(&mut self, c: char) -> Piece<'a> {
        self.take(c.len_utf8());
        let why = match self.base.take() {
            Some(base) if !stays(c, base) => WarningKind::NotNormal,
            _ => WarningKind::Confusable,
        };
        Piece::Code(c, Some(why))
    }

    /// A carriage return before a line break is a plain line end of another system.
    fn coded(&mut self, c: char, why: Option<WarningKind>) -> Piece<'a> {
        self.base = None;
        self.take(c.len_utf8());
        let harmless = c == '\r' && self.rest.starts_with('\n');
        Piece::Code(c, why.filter(|_| !harmless))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let c = self.rest.chars().next()?;
        let class = class(c);
        let piece = match class {
            Class::Space => self.space(),
            Class::Newline => self.newline(),
            Class::Plain => self.letter(c),
            Class::Mark => self.stray(c),
            Class::Coded(why) => self.coded(c, why),
        };
        match class {
            Class::Space | Class::Newline => self.base = None,
            Class::Plain | Class::Mark => self.breaks = 0,
            Class::Coded(_) => {}
        }
        self.start = false;
        Some(piece)
    }
}

/// Whether `next` put behind `base` leaves the text in NFC, so that no other spelling looks alike.
fn stays(next: char, base: &str) -> bool {
    let inert = is_nfc_quick([next].into_iter()) == IsNormalized::Yes
        && canonical_combining_class(next) == 0;
    let chars = || base.chars().chain([next]);
    inert || chars().nfc().eq(chars())
}

fn pairs(first: char, second: char) -> bool {
    let flag = |c| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    matches!(second, '\u{1F3FB}'..='\u{1F3FF}')
        && first.general_category() == GeneralCategory::OtherSymbol
        || flag(first) && flag(second)
}
