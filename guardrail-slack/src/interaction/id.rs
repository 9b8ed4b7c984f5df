//! Ids of Slack: upper-case letters and digits, the first of which says what it is of. Stand-ins for Slack
//! also write `T_CORP`.

use super::error::DecodeError;

/// Most bytes of an id; Slack's have 9 to 12.
const ID: usize = 32;

/// An id that begins with one of these letters.
pub(super) fn id(text: &str, first: &[char], what: &'static str) -> Result<String, DecodeError> {
    let plain = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if text.starts_with(first) && (2..=ID).contains(&text.len()) && plain {
        Ok(text.to_owned())
    } else {
        Err(DecodeError::Shape(what))
    }
}

/// The time that names a message, or says when something was done: `1712.0042`.
pub(super) fn moment(text: &str, what: &'static str) -> Result<String, DecodeError> {
    let digits = |part: &str| {
        (1..=20).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match text.split_once('.') {
        Some((seconds, part)) if digits(seconds) && digits(part) => Ok(text.to_owned()),
        _ => Err(DecodeError::Shape(what)),
    }
}

/// A text of visible ASCII that only Slack reads again.
pub(super) fn opaque(text: &str, most: usize, what: &'static str) -> Result<String, DecodeError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if (1..=most).contains(&text.len()) && plain {
        Ok(text.to_owned())
    } else {
        Err(DecodeError::Shape(what))
    }
}
