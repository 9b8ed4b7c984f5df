//! Credentials that are known by the name they are given to, or by their place in a URL.

use super::account;
use super::cookie;
use super::name::kind_of;
use super::pair;
use super::quotes::Quotes;
use super::shape::{Credential, flag_before, is_operand, run, stands};
use super::url;
use super::value::{in_value, is_no_value, looks_random};

/// The longest name that is looked at.
const LONGEST_NAME: usize = 64;

/// The credential behind the `=` or `:` at `at`.
pub(super) fn at(bytes: &[u8], at: usize, quotes: &mut Quotes) -> Option<Credential> {
    if stands(bytes, at, b"://") {
        return url::at(bytes, at + 3);
    }
    let (begin, name) = name_before(bytes, at)?;
    let sign = run(bytes, at, |byte| matches!(byte, b'=' | b':' | b'>'));
    let mut start = at + sign.len();
    start += blanks(bytes, start);
    match kind_of(name).or_else(|| pair::kind(bytes, begin, name)) {
        Some(_) if is_place(bytes, begin, at, start) => None,
        Some(kind) => value(bytes, start, kind, quotes).or_else(|| block(bytes, start, kind)),
        None => telegram_token(bytes, at, name)
            .or_else(|| {
                let found = looks_like_one(bytes, start, name, quotes);
                found.filter(|_| !is_place(bytes, begin, at, start))
            })
            .or_else(|| match sign {
                b"=" => cookie::at(bytes, at, name),
                b":" => account::oracle(bytes, at, name)
                    .or_else(|| account::changed(bytes, at))
                    .or_else(|| account::pgpass(bytes, begin, at)),
                _ => None,
            }),
    }
}

/// Whether what stands there is no value but a place, or a command: `/etc/passwd: x`, `-v secret:/srv`,
/// `rm token: /srv`, `images/auth-token:v1`, what a shell runs behind `TOKEN= ` and `-p password: `, and by an alias.
fn is_place(bytes: &[u8], begin: usize, at: usize, start: usize) -> bool {
    let before = begin.checked_sub(1).and_then(|before| bytes.get(before));
    let apart = start - at > 1;
    match bytes.get(at) {
        Some(b':') => {
            let path =
                [&b"/"[..], b"./", b"../", b"~/"].iter().any(|path| stands(bytes, start, path));
            (before == Some(&b'/') && (!apart || stands(bytes, begin, b"passwd")))
                || (path && (!apart || is_operand(bytes, begin)))
                // Of a list in YAML it is the first.
                || (apart && flag_before(bytes, begin).is_some_and(|flag| flag != b"-"))
        }
        Some(b'=') => {
            let is_assigned = at.checked_sub(1).and_then(|last| bytes.get(last)) != Some(&b' ');
            let is_alias = bytes.get(..begin).is_some_and(|before| before.ends_with(b"alias "));
            is_alias || (bytes.get(at + 1) == Some(&b' ') && is_assigned)
        }
        _ => false,
    }
}

/// The lines of a block in YAML whose sign, `|` or `>`, stands at `start`. A shell takes that sign for
/// something else: only what nobody would write as a word is a value.
fn block(bytes: &[u8], start: usize, kind: &'static str) -> Option<Credential> {
    let sign = run(bytes, start, |byte| matches!(byte, b'|' | b'>' | b'-' | b'+' | b'0'..=b'9'));
    if !matches!(sign.first(), Some(b'|' | b'>')) || sign.len() > 3 {
        return None;
    }
    let line = |from: usize| {
        let gap = run(bytes, from, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        let found = run(bytes, from + gap.len(), in_value);
        (gap.contains(&b'\n') && looks_random(found)).then_some((from + gap.len(), found.len()))
    };
    let (start, length) = line(start + sign.len())?;
    let mut end = start + length;
    while let Some((next, length)) = line(end) {
        end = next + length;
    }
    Some(Credential { start, end, kind })
}

/// The value that begins at `start`, where its name says that it may be a secret and it looks like one.
fn looks_like_one(
    bytes: &[u8],
    start: usize,
    name: &[u8],
    quotes: &mut Quotes,
) -> Option<Credential> {
    let (kind, is_one) = by_value(name)?;
    // A look at the start is enough, and keeps the search linear.
    let near = bytes.get(..bytes.len().min(start + LONGEST_NAME)).unwrap_or_default();
    let head = value(near, start, kind, quotes)?;
    near.get(head.start..head.end).filter(|head| is_one(head))?;
    value(bytes, start, kind, quotes)
}

/// The text of the element that the `>` at `at` opens: `<password>hunter2</password>`.
pub(super) fn element(bytes: &[u8], at: usize) -> Option<Credential> {
    let (begin, name) = name_before(bytes, at)?;
    let open = begin.checked_sub(1).and_then(|open| bytes.get(open));
    let kind = kind_of(name).filter(|_| open == Some(&b'<') && begin + name.len() == at)?;
    let found = run(bytes, at + 1, in_value);
    let (start, end) = (at + 1, at + 1 + found.len());
    // A shell takes this for the names of files: those stay to be read.
    let is_closed = stands(bytes, end, b"</") && stands(bytes, end + 2, name);
    let is_value = found.len() >= 3 && !found.contains(&b'/') && !is_no_value(found);
    (is_closed && is_value).then_some(Credential { start, end, kind })
}

/// The digits of a bot's id, a colon, and 35 characters of which the first two are `AA`.
fn telegram_token(bytes: &[u8], at: usize, id: &[u8]) -> Option<Credential> {
    if !stands(bytes, at, b":AA") {
        return None;
    }
    // In the path of an address it stands behind `bot`.
    let id = id.strip_prefix(b"bot").unwrap_or(id);
    let body = run(bytes, at + 1, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let is_id = (8..=12).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    let (start, end) = (at + 1, at + 1 + body.len());
    (is_id && body.len() == 35).then_some(Credential { start, end, kind: "Telegram token" })
}

/// Whether a value looks like a secret.
type Looks = fn(&[u8]) -> bool;

/// Names that hold a secret only where the value looks like one: what to call it, and what tells.
fn by_value(name: &[u8]) -> Option<(&'static str, Looks)> {
    let word = name.rsplit(|byte| !byte.is_ascii_alphanumeric()).next()?;
    let is = |words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
    if is(&["pin"]) {
        return Some(("PIN", |value| value.len() >= 4 && is_code(value)));
    }
    if is(&["otp", "totp", "cvv", "cvc"]) {
        return Some(("code", is_code));
    }
    if is(&[
        "auth",
        "code",
        "sig",
        "signature",
        "session",
        "sessionid",
        "sid",
        "jsessionid",
        "phpsessid",
    ]) {
        return Some(("credential", looks_random));
    }
    // `pass` of a test run is a number of tests.
    is(&["pass"]).then_some(("password", |value| {
        value.iter().any(u8::is_ascii_digit) && !value.iter().all(u8::is_ascii_digit)
    }))
}

fn is_code(value: &[u8]) -> bool {
    value.len() <= 8 && value.iter().all(u8::is_ascii_digit)
}

/// The value that begins at `start`. It ends before whatever a shell or a query could take for
/// something else, so that no command is masked together with a password.
pub(super) fn value(
    bytes: &[u8],
    start: usize,
    kind: &'static str,
    quotes: &mut Quotes,
) -> Option<Credential> {
    // `PASSWORD = N'hunter2'`, as one database has it.
    let start = start + usize::from(stands(bytes, start, b"N'"));
    let opening = run(bytes, start, |byte| matches!(byte, b'"' | b'\'' | b'\\')).len();
    if opening > 2 {
        return None;
    }
    let string = if opening == 1 { quotes.string(bytes, start) } else { None };
    let mut start = start + opening;
    // Looked at first: at every `=` of such a text all behind it would be gone through.
    if matches!(bytes.get(start), None | Some(b'$' | b'%' | b'*')) {
        return None;
    }
    let mut found = string.unwrap_or_else(|| run(bytes, start, in_value));
    if kind == AUTHORIZATION {
        let scheme = run(bytes, start, |byte| byte.is_ascii_alphabetic()).len();
        if bytes.get(start + scheme) == Some(&b' ') && scheme <= found.len() {
            start += scheme + 1;
            let behind = string.and_then(|string| string.get(scheme + 1..));
            found = behind.unwrap_or_else(|| run(bytes, start, in_value));
        }
    }
    let reference = matches!(found.first(), None | Some(b'$' | b'%' | b'*'));
    let code = opening == 0 && is_code_before(found, bytes.get(start + found.len()).copied());
    let short = found.len() < 3 || is_no_value(found);
    (!reference && !short && !code).then_some(Credential { start, end: start + found.len(), kind })
}

/// Whether this is no value but what a program calls or looks into: `token = getToken()`, `if password: os.remove('/')`,
/// `password = os.environ['X']`.
fn is_code_before(found: &[u8], next: Option<u8>) -> bool {
    if !matches!(next, Some(b'(' | b'[')) || !found.first().is_some_and(u8::is_ascii_alphabetic) {
        return false;
    }
    let is_path = found.iter().any(|byte| matches!(byte, b'.' | b'_'));
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || (is_path && byte.is_ascii_digit());
    found.iter().all(|byte| is_name(byte) || matches!(byte, b'.' | b'_'))
}

/// The name that ends before `at`, quotes and blanks left out, and where it begins.
fn name_before(bytes: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let from = at.saturating_sub(LONGEST_NAME + 4);
    let before = bytes.get(from..at)?;
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
    Some((from + start, name.get(start..).filter(|name| !name.is_empty())?))
}

pub(super) const AUTHORIZATION: &str = "authorization";

fn blanks(bytes: &[u8], at: usize) -> usize {
    run(bytes, at, |byte| matches!(byte, b' ' | b'\t')).len().min(3)
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
