//! What may be part of a value that is given to a name.

/// Whether a byte may be part of a value. What a shell or a query could take for something else may
/// not, so that no command is masked together with a password.
pub(super) fn in_value(byte: u8) -> bool {
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

/// Whether nobody would write such a word: letters and digits, of both many.
pub(super) fn looks_random(value: &[u8]) -> bool {
    // A look at the start is enough, and keeps the search linear.
    let head = value.get(..value.len().min(64)).unwrap_or_default();
    let count = |belongs: fn(&u8) -> bool| head.iter().filter(|byte| belongs(byte)).count();
    head.len() >= 16
        && head.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=%-_~".contains(byte))
        && count(u8::is_ascii_digit) >= 2
        && count(u8::is_ascii_alphabetic) >= 4
}

/// Words that stand behind `password:` without being one.
pub(super) fn is_no_value(value: &[u8]) -> bool {
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
