//! Reads `payload=..` of a form: exactly one field, strictly encoded.

/// The value of the only field, which is called `payload`. Percent signs, `+` and bytes are taken
/// as the URL standard's form encoding has them, and what strays from it is nothing.
pub(super) fn payload(body: &[u8]) -> Option<Vec<u8>> {
    let value = body.strip_prefix(b"payload=")?;
    let mut decoded = Vec::with_capacity(value.len());
    let mut bytes = value.iter().copied();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            // A second field, or something no form holds.
            b'&' | b';' | b'=' | 0..=b' ' | 0x7f.. => return None,
            _ => byte,
        });
    }
    (!decoded.is_empty()).then_some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::payload;

    #[test]
    fn one_field_is_read_as_it_was_written() {
        let read = payload(b"payload=%7B%22a%22%3A+%22%c3%A9%2B%22%7D").unwrap_or_default();
        assert_eq!(read, "{\"a\": \"é+\"}".as_bytes());
        assert_eq!(payload(b"payload=*-._~!'()").unwrap_or_default(), b"*-._~!'()");
    }

    #[test]
    fn anything_else_is_nothing() {
        for body in [
            "",
            "payload",
            "payload=",
            "Payload=1",
            "pay%6Coad=1",
            "token=1&payload=2",
            "payload=1&payload=2",
            "payload=1&",
            "payload=1;payload=2",
            "payload=a=b",
            "payload=%",
            "payload=%4",
            "payload=%+1",
            "payload=%zz",
            "payload=a b",
            "payload=1\n",
            "payload=\u{e9}",
            "payload=\u{7f}",
        ] {
            assert_eq!(payload(body.as_bytes()), None, "{body}");
        }
    }
}
