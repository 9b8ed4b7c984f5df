//! The escapes of canonical strings: as few as RFC 8785 allows, and back.

use std::borrow::Cow;

use crate::model::first;

/// True if `text` can stand between quotes as it is.
pub(super) fn is_clean(text: &str) -> bool {
    // No early end: without one the loop is vectorised, and nearly all texts are clean.
    !text.bytes().fold(false, |dirty, byte| dirty | needs_escape(byte))
}

/// True for the bytes that RFC 8785 escapes.
pub(super) fn needs_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

/// Hands `text` on in pieces, escaped.
pub(super) fn escape<E>(text: &str, mut push: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut rest = text;
    while let Some(at) = first(rest.as_bytes(), needs_escape) {
        let (plain, tail) = rest.split_at(at);
        push(plain)?;
        let mut characters = tail.chars();
        match characters.next() {
            Some('"') => push("\\\"")?,
            Some('\\') => push("\\\\")?,
            Some('\u{8}') => push("\\b")?,
            Some('\t') => push("\\t")?,
            Some('\n') => push("\\n")?,
            Some('\u{c}') => push("\\f")?,
            Some('\r') => push("\\r")?,
            Some(other) => push(&format!("\\u{:04x}", u32::from(other)))?,
            None => {}
        }
        rest = characters.as_str();
    }
    push(rest)
}

/// The characters of a canonical string, given what stands between its quotes.
pub(super) fn unescaped(raw: &str) -> impl Iterator<Item = char> {
    let mut characters = raw.chars();
    std::iter::from_fn(move || match characters.next()? {
        '\\' => Some(match characters.next()? {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            'u' => {
                let code = characters
                    .by_ref()
                    .take(4)
                    .fold(0, |code, digit| code * 16 + digit.to_digit(16).unwrap_or(0));
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => other,
        }),
        plain => Some(plain),
    })
}

/// The text of a canonical string, given what stands between its quotes.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    match first(raw.as_bytes(), |byte| byte == b'\\') {
        Some(_) => Cow::Owned(unescaped(raw).collect()),
        None => Cow::Borrowed(raw),
    }
}
