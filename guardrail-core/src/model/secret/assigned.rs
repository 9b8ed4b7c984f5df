//! Credentials that are known by the name they are given to, or by their place in a URL.

use super::credential::{Credential, run, stands};
use super::name::{Secrecy, secrecy};

/// The longest name that is looked at.
const LONGEST_NAME: usize = 64;
/// The farthest an `@` may be from the `://` of its URL.
const LONGEST_AUTHORITY: usize = 256;

/// The credential behind the `=` or `:` at `at`.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Credential> {
    if stands(bytes, at, b"://") {
        return url_password(bytes, at + 3);
    }
    let kind = kind_of(name_before(bytes, at)?)?;
    let mut start = at + run(bytes, at, |byte| matches!(byte, b'=' | b':' | b'>')).len();
    start += blanks(bytes, start);
    value(bytes, start, kind)
}

/// The credential behind the flag at `at`: `--password hunter2`.
pub(super) fn flag(bytes: &[u8], at: usize) -> Option<Credential> {
    if !stands(bytes, at, b"--") {
        return None;
    }
    let near = bytes.get(..bytes.len().min(at + 2 + LONGEST_NAME)).unwrap_or_default();
    let name = run(near, at + 2, in_name);
    let start = at + 2 + name.len();
    if bytes.get(start) != Some(&b' ') {
        return None;
    }
    let kind = kind_of(name)?;
    let start = start + blanks(bytes, start);
    // Behind a name without a value stands the next flag.
    if bytes.get(start) == Some(&b'-') { None } else { value(bytes, start, kind) }
}

/// The value that begins at `start`. It ends before whatever a shell or a query could take for
/// something else, so that no command is masked together with a password.
fn value(bytes: &[u8], start: usize, kind: &'static str) -> Option<Credential> {
    let quoted = match bytes.get(start) {
        Some(quote @ (b'"' | b'\'')) => quoted(bytes, start + 1, *quote),
        _ => None,
    };
    let opening = run(bytes, start, |byte| matches!(byte, b'"' | b'\'' | b'\\')).len();
    if opening > 2 {
        return None;
    }
    let start = start + opening;
    let mut found = quoted.unwrap_or_else(|| run(bytes, start, in_value));
    let mut start = start;
    let scheme = bytes.get(start + found.len()) == Some(&b' ')
        && kind == AUTHORIZATION
        && found.iter().all(u8::is_ascii_alphabetic);
    if scheme {
        start += found.len() + 1;
        found = run(bytes, start, in_value);
    }
    let reference = matches!(found.first(), None | Some(b'$' | b'%' | b'*'));
    let short = found.len() < 3 || is_no_value(found);
    (!reference && !short).then_some(Credential { start, end: start + found.len(), kind })
}

/// What stands between quotes, if nothing in it could end the quotes for another reader.
fn quoted(bytes: &[u8], start: usize, quote: u8) -> Option<&[u8]> {
    let inside = run(bytes, start, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'$' | b'\\')
    });
    (bytes.get(start + inside.len()) == Some(&quote)).then_some(inside)
}

/// The password of the URL whose authority begins at `start`.
fn url_password(bytes: &[u8], start: usize) -> Option<Credential> {
    let rest = bytes.get(start..)?;
    let near = rest.get(..rest.len().min(LONGEST_AUTHORITY)).unwrap_or_default();
    let run = run(near, 0, |byte| in_value(byte) && !matches!(byte, b'?' | b'#'));
    let colon = run.iter().position(|byte| matches!(byte, b':' | b'/' | b'@'))?;
    if run.get(colon) != Some(&b':') {
        return None;
    }
    let behind = run.get(colon + 1..)?;
    let authority = behind.split(|byte| *byte == b'/').next().unwrap_or(behind);
    let at = match authority.iter().rposition(|byte| *byte == b'@') {
        Some(at) => at,
        // A port, and an `@` in the path; or a password with a `/` in it.
        None if authority.iter().all(u8::is_ascii_digit) => return None,
        None => behind.iter().position(|byte| *byte == b'@')?,
    };
    let start = start + colon + 1;
    let reference = matches!(behind.first(), Some(b'$' | b'%' | b'*'));
    (at > 0 && !reference).then_some(Credential { start, end: start + at, kind: "URL password" })
}

/// The name that ends before `at`, quotes and blanks left out.
fn name_before(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let before = bytes.get(at.saturating_sub(LONGEST_NAME + 4)..at)?;
    let mut end = before.len();
    let ends = |end: usize, byte: fn(&u8) -> bool| {
        end.checked_sub(1).and_then(|place| before.get(place)).is_some_and(byte)
    };
    if ends(end, |byte| *byte == b' ') {
        end -= 1;
    }
    if ends(end, |byte| matches!(byte, b'"' | b'\'' | b']')) {
        end -= 1;
    }
    if ends(end, |byte| matches!(byte, b'\\' | b'"' | b'\'')) {
        end -= 1;
    }
    let name = before.get(..end)?;
    let start = name.iter().rposition(|byte| !in_name(*byte)).map_or(0, |place| place + 1);
    name.get(start..).filter(|name| !name.is_empty())
}

const AUTHORIZATION: &str = "authorization";

/// What to call the value of `name`; None if it is no secret.
fn kind_of(name: &[u8]) -> Option<&'static str> {
    let name = std::str::from_utf8(name).ok()?;
    match secrecy(name) {
        Secrecy::Assigned(kind) => Some(kind),
        Secrecy::Named | Secrecy::None => None,
    }
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    run(bytes, at, |byte| byte == b' ').len().min(3)
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn in_value(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
        && !byte.is_ascii_control()
        && !matches!(
            byte,
            b'"' | b'\''
                | b'`'
                | b'\\'
                | b';'
                | b'|'
                | b'&'
                | b'<'
                | b'>'
                | b'('
                | b')'
                | b'{'
                | b'}'
                | b'['
                | b']'
                | b','
        )
}

/// Words that stand behind `password:` without being one.
fn is_no_value(value: &[u8]) -> bool {
    [
        &b"none"[..],
        b"null",
        b"nil",
        b"true",
        b"false",
        b"yes",
        b"required",
        b"optional",
        b"expired",
        b"invalid",
        b"missing",
        b"unknown",
        b"string",
        b"empty",
        b"redacted",
        b"hidden",
        b"masked",
        b"undefined",
        b"the",
        b"not",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word))
}
