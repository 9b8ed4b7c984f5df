//! Cookies of a header.

use super::shape::{Credential, run};
use super::value::in_value;

/// The farthest a cookie may be from the name of its header.
const FARTHEST: usize = 400;

/// The cookie whose name ends before the `=` at `at`, and begins so many bytes before it.
pub(super) fn at(bytes: &[u8], at: usize, name: &[u8]) -> Option<Credential> {
    let begin = at.checked_sub(name.len())?;
    let before = bytes.get(begin.saturating_sub(FARTHEST)..begin)?.trim_ascii_end();
    if !matches!(before.last(), Some(b';' | b':')) || is_attribute(name) {
        return None;
    }
    // The header stands at the begin of a text, a line or a string.
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\');
    let start = before.iter().rposition(ends).map_or(0, |place| place + 1);
    let header = before.get(start..)?;
    let colon = header.iter().position(|byte| *byte == b':')?;
    // In prose it stands behind other words.
    let title = header.get(..colon)?.rsplit(|byte| *byte == b' ').next()?;
    let is_cookie =
        title.eq_ignore_ascii_case(b"cookie") || title.eq_ignore_ascii_case(b"set-cookie");
    let value = run(bytes, at + 1, in_value);
    let is_other = value.len() < 3 || matches!(value.first(), Some(b'$' | b'%' | b'*'));
    let (start, end) = (at + 1, at + 1 + value.len());
    (is_cookie && !is_other).then_some(Credential { start, end, kind: "cookie" })
}

/// What `Set-Cookie` says of a cookie.
fn is_attribute(name: &[u8]) -> bool {
    [&b"path"[..], b"domain", b"expires", b"max-age", b"samesite"]
        .iter()
        .any(|one| name.eq_ignore_ascii_case(one))
}
