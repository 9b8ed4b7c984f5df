//! Strings that begin with `#`: what canonical text means by them.

use std::borrow::Cow;

use super::escape::unescape;

/// What a string of canonical text means. All texts are raw: between the quotes, escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    /// A string, without its protecting `#`.
    Plain(&'a str),
    /// A float, or an integer that not every reader keeps.
    Number(&'a str),
    /// What is left of a value that was masked.
    Secret { bytes: usize, hmac: &'a str },
    /// A string of which parts were masked.
    Mixed(&'a str),
    /// A secret that is not masked yet: its canonical text, escaped.
    Sealed(&'a str),
    /// Nothing, present: `Some(None)`, with the number of `Some`s.
    SomeNull(usize),
}

impl<'a> Meaning<'a> {
    /// Reads sound text; what is not sound comes back as a number that no reader accepts.
    pub(super) fn of(raw: &'a str) -> Self {
        let Some(tag) = raw.strip_prefix('#') else { return Self::Plain(raw) };
        if tag.starts_with('#') {
            Self::Plain(tag)
        } else if let Some((bytes, hmac)) = secret(tag) {
            Self::Secret { bytes, hmac }
        } else if let Some(mixed) = tag.strip_prefix("mixed:") {
            Self::Mixed(mixed)
        } else if let Some(sealed) = tag.strip_prefix("sealed:") {
            Self::Sealed(sealed)
        } else if let Some(wraps) = tag.strip_prefix("null:") {
            Self::SomeNull(wraps.parse().unwrap_or(1))
        } else {
            Self::Number(tag)
        }
    }
}

/// One stretch of a string that was masked in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is.
    Text(Cow<'a, str>),
    /// What is left of a credential.
    Secret {
        /// Its length in bytes.
        bytes: usize,
        /// Its salted commitment: 64 hex digits.
        hmac: Cow<'a, str>,
    },
}

/// The pieces of a `#mixed:` string; None if it is not sound.
///
/// Between the quotes, after unescaping: `##` is a `#` of the text, `#secret:BYTES:HMAC#` is a
/// credential.
pub(super) fn pieces(raw: &str) -> Option<Vec<Piece<'static>>> {
    let text = unescape(raw);
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest: &str = &text;
    while let Some((before, tail)) = rest.split_once('#') {
        plain.push_str(before);
        if let Some(tail) = tail.strip_prefix('#') {
            plain.push('#');
            rest = tail;
            continue;
        }
        let (inside, tail) = tail.split_once('#')?;
        let (bytes, hmac) = secret(inside)?;
        if !plain.is_empty() {
            pieces.push(Piece::Text(Cow::Owned(std::mem::take(&mut plain))));
        }
        pieces.push(Piece::Secret { bytes, hmac: Cow::Owned(hmac.to_owned()) });
        rest = tail;
    }
    if pieces.is_empty() && plain.is_empty() && rest.is_empty() {
        return None;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(Cow::Owned(plain)));
    }
    Some(pieces)
}

/// Digits and commitment of `secret:BYTES:HMAC`.
pub(super) fn secret(tag: &str) -> Option<(usize, &str)> {
    let (digits, hmac) = tag.strip_prefix("secret:")?.split_once(':')?;
    let bytes: usize = digits.parse().ok()?;
    let plain = digits.starts_with(|digit: char| digit.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    let hex =
        hmac.len() == 64 && hmac.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (plain && hex).then_some((bytes, hmac))
}
