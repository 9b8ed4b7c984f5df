//! Private keys, as they stand in files.

use super::prefix::base64;
use super::shape::{Credential, run, stands};

/// A private key between its `BEGIN` and `END` lines. Only lines that can be key material count. A
/// `BEGIN` line alone is one too: the key stands somewhere beside it.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Credential> {
    const DASHES: &[u8] = b"-----";
    if !stands(bytes, at, b"-----BEGIN ") {
        return None;
    }
    let title_at = at + 11;
    let title = run(bytes, title_at, |byte| byte.is_ascii_uppercase() || byte == b' ');
    let private = title.ends_with(b"PRIVATE KEY") || title.ends_with(b"PRIVATE KEY BLOCK");
    let mut end = title_at + title.len();
    if !private || title.len() > 64 || !stands(bytes, end, DASHES) {
        return None;
    }
    end += DASHES.len();
    loop {
        let gap = gap(bytes, end);
        let line_at = end + gap;
        let line = run(bytes, line_at, base64);
        // Left out: `MIIE...`.
        let after = line_at + line.len();
        let after = after + run(bytes, after, |byte| byte == b'.').len();
        let next = after + self::gap(bytes, after);
        let last = stands(bytes, next, b"-----END ");
        if after == line_at && last {
            end = line_at;
            break;
        }
        let is_long = after - line_at >= 16;
        let left_out = line.is_empty() && after > line_at;
        let is_end = (last || next == bytes.len()) && (left_out || is_rest(line));
        if is_end || (is_long && (left_out || is_material(line))) {
            end = after;
        } else if breaks_line(bytes, end, line_at) && is_field(bytes, line_at) {
            end = line_at + run(bytes, line_at, in_field).len();
        } else {
            break;
        }
    }
    if stands(bytes, end, b"-----END ") {
        let title = run(bytes, end + 9, |byte| byte.is_ascii_uppercase() || byte == b' ').len();
        if title <= 64 && stands(bytes, end + 9 + title, DASHES) {
            end += 9 + title + DASHES.len();
        }
    }
    Some(Credential { start: at, end, kind: "private key" })
}

/// Whether a line looks like key material and not like a command, which is seldom written with capitals
/// and digits. What stands in a key would otherwise be hidden with it.
fn is_material(line: &[u8]) -> bool {
    let upper = line.iter().any(u8::is_ascii_uppercase);
    let digit = line.iter().any(u8::is_ascii_digit);
    if line.contains(&b'/') { upper && digit } else { upper || digit || line.ends_with(b"=") }
}

/// The same of a line that is shorter than others: `Reboot` and `python3` are words.
fn is_rest(line: &[u8]) -> bool {
    let upper = line.iter().any(u8::is_ascii_uppercase);
    let digit = line.iter().any(u8::is_ascii_digit);
    let is_one = (upper && digit) || line.ends_with(b"=") || line.starts_with(b"MII");
    is_one && is_material(line)
}

/// Whether a line ends in this gap.
fn breaks_line(bytes: &[u8], from: usize, to: usize) -> bool {
    let gap = bytes.get(from..to).unwrap_or_default();
    gap.iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'\\'))
}

/// Whether a byte may be part of a field's text: a shell takes the others for something else.
fn in_field(byte: u8) -> bool {
    !matches!(byte, b'\n' | b'\r' | b'\\' | b';' | b'|' | b'&' | b'$' | b'`' | b'<' | b'>')
}

/// Line ends and blanks, also line ends that are spelled `\n`.
fn gap(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        if stands(bytes, end, b"\\n") || stands(bytes, end, b"\\r") {
            end += 2;
        } else if bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
            end += 1;
        } else {
            return end - at;
        }
    }
}

/// The private lines of a key file of PuTTY: `Private-Lines: 2`, and so many lines of base64.
pub(super) fn putty(bytes: &[u8], at: usize) -> Option<Credential> {
    let name = b"Private-Lines: ";
    if !stands(bytes, at, name) {
        return None;
    }
    let mut end = at + name.len();
    end += run(bytes, end, |byte| byte.is_ascii_digit()).len();
    let head = end;
    loop {
        let line_at = end + gap(bytes, end);
        let line = run(bytes, line_at, base64);
        // Behind them stands a field.
        if !is_material(line) || bytes.get(line_at + line.len()) == Some(&b'-') {
            break;
        }
        end = line_at + line.len();
    }
    (end > head).then_some(Credential { start: at, end, kind: "private key" })
}

/// True where one of the header fields of a key block begins.
fn is_field(bytes: &[u8], at: usize) -> bool {
    [&b"Proc-Type:"[..], b"DEK-Info:", b"Version:", b"Comment:"]
        .iter()
        .any(|name| stands(bytes, at, name))
}
