//! Whether a tag in canonical text is one that the writer could have written.

use super::{Source, read, splice_number};
use crate::model::canonical::bounds::Bounds;
use crate::model::canonical::escape::unescape;
use crate::model::canonical::tag::{Meaning, Piece, pieces, secret};
use crate::model::canonical::tokens::{Token, Tokens};
use crate::model::canonical::write::Writer;

/// Where a string stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Value,
    Key,
}

/// True if a raw string that begins with `#` is one that the writer could have written.
pub(super) fn is_sound(raw: &str, place: Place) -> bool {
    let Some(tag) = raw.strip_prefix('#') else { return true };
    if tag.starts_with('#') || secret(tag).is_some() {
        return true;
    }
    if place == Place::Key {
        return false;
    }
    if let Some(mixed) = tag.strip_prefix("mixed:") {
        let masked = |piece: &Piece<'_>| matches!(piece, Piece::Secret { .. });
        return pieces(mixed).is_some_and(|pieces| pieces.iter().any(masked));
    }
    if let Some(sealed) = tag.strip_prefix("sealed:") {
        let inner = unescape(sealed);
        let again = read(inner.as_bytes(), Bounds::STORED, Source::Canonical);
        return again.is_ok_and(|again| again == inner) && !holds_sealed(&inner);
    }
    if let Some(wraps) = tag.strip_prefix("null:") {
        let most = 4 * Bounds::DEEPEST;
        return wraps
            .parse()
            .is_ok_and(|count: usize| (1..=most).contains(&count) && count.to_string() == wraps);
    }
    is_number(tag)
}

fn holds_sealed(canonical: &str) -> bool {
    Tokens::new(canonical).any(
        |token| matches!(token, Token::Text(raw) if matches!(Meaning::of(raw), Meaning::Sealed(_))),
    )
}

/// True for the text of a number as the writer spells it behind `#`.
fn is_number(text: &str) -> bool {
    let plain = format!("\"#{text}\"");
    let mut writer = Writer::new(Bounds::STORED);
    splice_number(&mut writer, text).is_ok()
        && writer.finish().is_ok_and(|written| written == plain)
}
