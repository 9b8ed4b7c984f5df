//! Prose of agents: how much of it is kept, and how it is cut and masked.

use std::borrow::Cow;

use crate::model::secret::mask_text;

/// Most bytes of a reason or a summary that are kept; the rest is cut and said to be cut.
pub const PROSE_LIMIT: usize = 4 * 1024;
/// Most bytes of a preview that are kept.
pub const PREVIEW_LIMIT: usize = 64 * 1024;
/// Most bytes of a resource, a key, a session, a model, an environment or a link of the chain.
pub const LABEL_LIMIT: usize = 1024;
/// Most links of a delegation chain.
pub const CHAIN_LIMIT: usize = 16;
/// Most arguments of one call.
pub const ARGUMENT_LIMIT: usize = 256;

/// Masks credentials and keeps the first [`PROSE_LIMIT`] bytes.
pub(crate) fn tidy(text: &mut Box<str>) {
    if let Cow::Owned(masked) = mask_text(text) {
        *text = masked.into();
    }
    if text.len() > PROSE_LIMIT {
        *text = cut(text, PROSE_LIMIT);
    }
}

/// The first `limit` bytes, with a note of the whole length where something was cut.
pub(crate) fn cut(text: &str, limit: usize) -> Box<str> {
    if text.len() <= limit {
        return text.into();
    }
    let head = text.get(..text.floor_char_boundary(limit)).unwrap_or_default();
    format!("{head} [cut here: {} bytes in all]", text.len()).into()
}
