//! Writes an event as JSON in printable ASCII, byte for byte as `serde_json` would with everything
//! else as `\uXXXX`, in one pass: nearly every string is plain, and is copied as it stands.
//!
//! So no reader of a line (a terminal, a log shipper, a splitter at Unicode line ends) can be led
//! astray by what it holds.

mod ser;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Error;

use self::ser::Json;

/// Writes `value` behind what the line already holds.
///
/// # Errors
/// When the value fails to serialise, or holds what no event does: a fraction, or a key that is no
/// text.
pub(crate) fn write<T: Serialize>(value: &T, line: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Json(line))
}

/// Writes a number in decimal digits.
pub(crate) fn number(value: u64, line: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut rest = value;
    let mut begin = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        begin -= 1;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(digits.get(begin..).unwrap_or_default());
}

/// Of every byte of a string, whether it stands for itself.
#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = byte != b'"' && byte != b'\\';
        byte += 1;
    }
    plain
};

/// Writes a name that needs no escape, as all names of fields and variants here are.
fn name(name: &'static str, line: &mut Vec<u8>) {
    line.push(b'"');
    line.extend_from_slice(name.as_bytes());
    line.push(b'"');
}

fn string(text: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    let mut rest = text;
    loop {
        let odd = |byte| PLAIN.get(usize::from(byte)) != Some(&true);
        let run = rest.bytes().position(odd).unwrap_or(rest.len());
        let Some((plain, other)) = rest.split_at_checked(run) else { break };
        line.extend_from_slice(plain.as_bytes());
        let mut chars = other.chars();
        let Some(c) = chars.next() else { break };
        escape(c, line);
        rest = chars.as_str();
    }
    line.push(b'"');
}

fn escape(c: char, line: &mut Vec<u8>) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        _ => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let mut digits = *b"\\u0000";
                for (digit, shift) in digits.iter_mut().skip(2).zip([12, 8, 4, 0]) {
                    let nibble = (*unit >> shift) & 15;
                    let nibble = u8::try_from(nibble).unwrap_or(0);
                    *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
                }
                line.extend_from_slice(&digits);
            }
            return;
        }
    };
    line.extend_from_slice(&[b'\\', short]);
}
