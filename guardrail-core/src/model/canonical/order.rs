//! The order of object members: by the UTF-16 code units of their keys (RFC 8785, 3.2.3).

use std::cmp::Ordering;

use super::escape::unescaped;

/// Compares two keys as they stand in canonical text, between their quotes and escaped.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    units(left).cmp(units(right))
}

/// True where the order of bytes is the order of UTF-16 code units: no escapes, and nothing from
/// U+E000 up, where surrogate pairs sort before characters that have smaller code points.
pub(super) fn is_simple(key: &str) -> bool {
    !key.bytes().fold(false, |odd, byte| odd | (byte == b'\\') | (byte >= 0xEE))
}

fn units(key: &str) -> impl Iterator<Item = u16> {
    unescaped(key).flat_map(|character| {
        let mut pair = [0; 2];
        character.encode_utf16(&mut pair);
        pair.into_iter().take(character.len_utf16())
    })
}
