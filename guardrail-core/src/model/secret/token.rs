//! Credentials that are known by their shape.

use super::account;
use super::command::{self, Around};
use super::key_block;
use super::prefix::{base64, dashed, shapes};
use super::shape::{Credential, flag_before, is_operand, run, stands};

/// The token that begins at `at`, where a word begins.
pub(super) fn at(bytes: &[u8], at: usize, around: &mut Around) -> Option<Credential> {
    let first = *bytes.get(at)?;
    for shape in shapes(first) {
        if !stands(bytes, at, shape.prefix.as_bytes()) {
            continue;
        }
        let start = at + shape.prefix.len();
        let length = run(bytes, start, shape.body).len();
        if length >= shape.least {
            return Some(Credential { start: at, end: start + length, kind: shape.kind });
        }
    }
    match first {
        b's' => api_key(bytes, at)
            .or_else(|| old_vault_token(bytes, at))
            .or_else(|| command::setting(bytes, at, around)),
        b'E' => command::setting(bytes, at, around),
        b'M' | b'N' | b'O' => discord_token(bytes, at),
        b'd' => account::defined(bytes, at),
        b'l' => command::login(bytes, at),
        b'e' => web_token(bytes, at).or_else(|| account::piped(bytes, at)),
        b'B' | b'b' => header(bytes, at),
        b'P' => key_block::putty(bytes, at).or_else(|| account::query(bytes, at)),
        b'p' | b'i' | b'I' => account::query(bytes, at),
        b'C' => account::secured(bytes, at),
        _ => None,
    }
}

/// `sk-…`: common enough as text that the rest must look random.
fn api_key(bytes: &[u8], at: usize) -> Option<Credential> {
    if !stands(bytes, at, b"sk-") {
        return None;
    }
    // A look at the start is enough, and keeps the search linear.
    let near = bytes.get(..bytes.len().min(at + 67)).unwrap_or_default();
    let head = run(near, at + 3, dashed);
    let longest = head.split(|byte| *byte == b'-').map(<[u8]>::len).max().unwrap_or(0);
    if head.len() < 20 || (longest < 20 && !head.iter().any(u8::is_ascii_digit)) {
        return None;
    }
    let end = at + 3 + run(bytes, at + 3, dashed).len();
    Some(Credential { start: at, end, kind: "API key" })
}

/// `s.` and 24 letters and digits: so short that it must look random.
fn old_vault_token(bytes: &[u8], at: usize) -> Option<Credential> {
    let end = at + 26;
    let body = bytes.get(at + 2..end).filter(|_| stands(bytes, at, b"s."))?;
    let random = body.iter().all(u8::is_ascii_alphanumeric)
        && body.iter().any(u8::is_ascii_digit)
        && body.iter().any(u8::is_ascii_uppercase)
        && !bytes.get(end).is_some_and(|byte| dashed(*byte) || *byte == b'(');
    random.then_some(Credential { start: at, end, kind: "Vault token" })
}

/// Three parts: the bot's id in base64, a time of six characters, and the secret.
fn discord_token(bytes: &[u8], at: usize) -> Option<Credential> {
    // A look at the start is enough, and keeps the search linear.
    let near = bytes.get(..bytes.len().min(at + 96)).unwrap_or_default();
    let id = run(near, at, |byte| byte.is_ascii_alphanumeric()).len();
    let time = run(near, at + id + 1, dashed).len();
    let start = at + id + time + 2;
    let points = near.get(at + id) == Some(&b'.') && near.get(start - 1) == Some(&b'.');
    let secret = run(near, start, dashed).len();
    (points && (24..=28).contains(&id) && time == 6 && (27..=40).contains(&secret))
        .then_some(Credential { start: at, end: start + secret, kind: "Discord token" })
}

/// A JSON web token: `eyJ…`, a point, and more parts.
fn web_token(bytes: &[u8], at: usize) -> Option<Credential> {
    let before = at.checked_sub(1).and_then(|place| bytes.get(place));
    if !stands(bytes, at, b"eyJ") || before.is_some_and(|byte| dashed(*byte)) {
        return None;
    }
    let mut end = at + run(bytes, at, dashed).len();
    let mut parts = 1;
    while parts < 5 && bytes.get(end) == Some(&b'.') {
        let part = run(bytes, end + 1, dashed).len();
        // Of an encrypted one the second part may be empty.
        if part == 0 && parts < 2 && bytes.get(end + 1) != Some(&b'.') {
            break;
        }
        end += 1 + part;
        parts += 1;
    }
    (parts >= 3 && end - at >= 16).then_some(Credential { start: at, end, kind: "JWT" })
}

/// The value behind `Bearer ` or `Basic `.
fn header(bytes: &[u8], at: usize) -> Option<Credential> {
    let scheme = run(bytes, at, |byte| byte.is_ascii_alphabetic());
    let (least, kind) = if scheme.eq_ignore_ascii_case(b"bearer") {
        (12, "bearer token")
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        (8, "basic credentials")
    } else {
        return None;
    };
    let start = at + scheme.len() + 1;
    if bytes.get(start - 1) != Some(&b' ') || flag_before(bytes, at).is_some() {
        return None;
    }
    let body = run(bytes, start, |byte| base64(byte) || matches!(byte, b'-' | b'.' | b'_' | b'~'));
    // `chroot Basic /opt/x`
    if matches!(body.first(), Some(b'/' | b'.' | b'~')) && is_operand(bytes, at) {
        return None;
    }
    // A look at the start is enough, and keeps the search linear.
    let head = body.get(..body.len().min(64)).unwrap_or_default();
    let random = head.iter().any(|byte| byte.is_ascii_digit() || *byte == b'=')
        || head.len() > 24
        || (least == 8 && is_name_and_password(head));
    (body.len() >= least && random).then_some(Credential { start, end: start + body.len(), kind })
}

/// Whether base64 text spells printable characters with a `:` between them.
fn is_name_and_password(text: &[u8]) -> bool {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut colon = false;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = (bits >> count) & 0xff;
            colon |= decoded == u32::from(b':');
            if !matches!(decoded, 0x20..=0x7e) {
                return false;
            }
        }
    }
    colon
}
