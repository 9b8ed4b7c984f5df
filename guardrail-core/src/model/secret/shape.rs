//! A credential in a text, and what its shape is told by.

/// How far before a place the flag is looked for whose value it may be.
const NEAR: usize = 256;

/// A credential in a text, as byte places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What it is, for people: "GitHub token".
    pub(crate) kind: &'static str,
}

/// Bytes from `at` on for which `belongs` holds.
pub(super) fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// True if `word` stands at `at`.
pub(super) fn stands(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(word))
}

/// The flag behind which the word of a shell stands that this place is part of: it may be its value, and
/// behind that may stand anything. None within a quote that opens in that word: all of that is one.
pub(super) fn flag_before(bytes: &[u8], at: usize) -> Option<&[u8]> {
    // A look at the end is enough, and keeps the search linear.
    let from = at.saturating_sub(NEAR);
    let near = bytes.get(from..at)?;
    let is_quote = |byte: &&u8| matches!(byte, b'"' | b'\'');
    let blank = near.iter().rposition(u8::is_ascii_whitespace);
    let (mut before, word) = near.split_at_checked(blank.map_or(0, |blank| blank + 1))?;
    if word.iter().filter(is_quote).count() % 2 == 1 {
        return None;
    }
    before = without_blanks(before);
    if before.is_empty() && from > 0 && !word.iter().any(|byte| is_quote(&byte)) {
        // Farther than is looked.
        return Some(b"--");
    }
    let last = before.rsplit(|byte| !byte.is_ascii_graphic()).next()?;
    (last.starts_with(b"-") && !last.contains(&b'=')).then_some(last)
}

/// Whether a word stands before this place in its line: this may be an operand of a command, and what
/// follows the next. An item of a list in YAML is none.
pub(super) fn is_operand(bytes: &[u8], at: usize) -> bool {
    // A look at the end is enough, and keeps the search linear.
    let near = bytes.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let before = without_blanks(near);
    let is_item = before
        .strip_suffix(b"-")
        .is_some_and(|item| item.last().is_none_or(|byte| byte.is_ascii_whitespace()));
    let is_word = |byte: &u8| byte.is_ascii_graphic() && !b";|&({[,".contains(byte);
    before.len() < near.len() && !is_item && before.last().is_some_and(is_word)
}

/// Without the blanks at its end; line ends behind a `\` are blanks.
fn without_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        let blanks = text.strip_suffix(b" ").or_else(|| text.strip_suffix(b"\t"));
        let line = || text.strip_suffix(b"\\\n").or_else(|| text.strip_suffix(b"\\\r\n"));
        let Some(rest) = blanks.or_else(line) else { return text };
        text = rest;
    }
}
