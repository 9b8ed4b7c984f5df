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
use crate::model::{Text as _, first, hex};

/// Writes `value` behind what the line already holds.
///
/// # Errors
/// When the value fails to serialise, or holds what no event does: a fraction, or a key that is no
/// text.
pub(crate) fn write<T: Serialize>(value: &T, line: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Json(line))
}

/// Whether a byte of a string does not stand for itself.
const fn is_odd(byte: u8) -> bool {
    (byte < b' ') | (byte > b'~') | (byte == b'"') | (byte == b'\\')
}

/// Writes a name, behind its quote, and what leads to its value. It needs no escape, as no name of a
/// field or variant here does.
fn name(name: &'static str, line: &mut Vec<u8>) {
    line.put_all(name);
    line.put_all("\":");
}

fn string(text: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    let mut rest = text;
    loop {
        let run = first(rest.as_bytes(), is_odd).unwrap_or(rest.len());
        let Some((plain, other)) = rest.split_at_checked(run) else { break };
        line.put_all(plain);
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
                let mut digits = [0; 4];
                line.put_all("\\u");
                line.put_all(hex(&unit.to_be_bytes(), &mut digits));
            }
            return;
        }
    };
    line.push(b'\\');
    line.push(short);
}
