//! Arguments as one piece of text, as the digest covers them: of each its name, how it was captured,
//! and its canonical text, as netstrings. Thousands of calls wait at a time, and each keeps its
//! arguments; a piece is one allocation, whatever their number.

use serde::{Deserialize, Serialize};

use crate::model::digest::netstring;

/// How an argument was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Captured {
    /// Its value, by `Serialize`.
    Value,
    /// Its `Debug` text, because the developer asked for that.
    Debug,
    /// A salted commitment to its value; the value itself is shown to nobody.
    Redacted,
    /// Nothing: the developer left it out, and the card says so.
    Skipped,
    /// Nothing: it could not be captured, and the call is refused for that.
    Unshowable,
}

/// One argument of a piece.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) captured: Captured,
    pub(super) json: &'a str,
    /// All of it, as it stands in the piece.
    pub(super) whole: &'a str,
}

/// Adds an argument to a piece.
pub(super) fn push(piece: &mut String, name: &str, captured: Captured, json: &str) {
    netstring(piece, name);
    piece.push_str(match captured {
        Captured::Value => "1:v,",
        Captured::Debug => "1:d,",
        Captured::Redacted => "1:r,",
        Captured::Skipped => "1:s,",
        Captured::Unshowable => "1:u,",
    });
    netstring(piece, json);
}

/// The arguments of a piece, in the order in which they were added. Every call is gone through
/// several times: nothing here looks at more than the lengths.
#[derive(Clone, Copy)]
pub(super) struct Entries<'a>(pub(super) &'a str);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        let piece = self.0;
        let (at, name) = netstring_at(piece, 0)?;
        let captured = match piece.as_bytes().get(at + 2)? {
            b'v' => Captured::Value,
            b'd' => Captured::Debug,
            b'r' => Captured::Redacted,
            b's' => Captured::Skipped,
            b'u' => Captured::Unshowable,
            _ => return None,
        };
        let (at, json) = netstring_at(piece, at + "1:v,".len())?;
        let (whole, rest) = piece.split_at_checked(at)?;
        self.0 = rest;
        Some(Entry { name, captured, json, whole })
    }
}

/// The netstring at this place, and where the next one is.
#[inline]
fn netstring_at(piece: &str, at: usize) -> Option<(usize, &str)> {
    let (mut length, mut start) = (0_usize, at);
    loop {
        let digit = piece.as_bytes().get(start)?.wrapping_sub(b'0');
        start += 1;
        if digit > 9 {
            break;
        }
        // No text is so long that this wraps; a wrong length is an end below.
        length = length.wrapping_mul(10).wrapping_add(usize::from(digit));
    }
    let end = start.checked_add(length)?;
    Some((end + 1, piece.get(start..end)?))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::{Captured, Entries, push};

    fn captured() -> impl Strategy<Value = Captured> {
        select(
            [
                Captured::Value,
                Captured::Debug,
                Captured::Redacted,
                Captured::Skipped,
                Captured::Unshowable,
            ]
            .as_slice(),
        )
    }

    proptest! {
        #[test]
        fn what_was_added_is_there(added in vec((any::<String>(), captured(), any::<String>()), 0..20)) {
            let mut piece = String::new();
            for (name, captured, json) in &added {
                push(&mut piece, name, *captured, json);
            }
            let found: Vec<_> = Entries(&piece).collect();
            prop_assert_eq!(found.len(), added.len());
            for (found, (name, captured, json)) in found.iter().zip(&added) {
                prop_assert_eq!((found.name, found.captured, found.json), (&**name, *captured, &**json));
            }
            let whole: String = found.iter().map(|found| found.whole).collect();
            prop_assert_eq!(whole, piece);
        }
    }
}
