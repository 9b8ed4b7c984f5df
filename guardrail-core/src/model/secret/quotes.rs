//! Whether a quote opens what every reader would take for one string.

/// The quotes of a text, gone through as far as something asked about them: each byte once.
///
/// Shells, queries and JSON agree on them as long as none of what they take for different things has
/// been met: a `\` before a quote or outside, a `"` between `'`, a comment, a document of its own.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    at: usize,
    inside: Option<u8>,
    unsure: bool,
}

impl Quotes {
    /// What stands between the quote at this place and the next, where all would read it as one string.
    pub(super) fn string<'b>(&mut self, bytes: &'b [u8], place: usize) -> Option<&'b [u8]> {
        while self.at < place && !self.unsure {
            self.pass(bytes);
        }
        let opens = !self.unsure && self.inside.is_none() && self.at == place;
        let quote = *bytes.get(place).filter(|byte| opens && matches!(byte, b'"' | b'\''))?;
        // What was masked before is no string.
        let rest = bytes.get(place + 1..).filter(|rest| !rest.starts_with(b"["))?;
        // Windows knows no `'`.
        let is_special = |byte: u8| quote == b'\'' && matches!(byte, b'&' | b'|' | b'<' | b'>');
        let is_other = |byte: &u8| {
            matches!(byte, b'"' | b'\'' | b'`' | b'$' | b'\\')
                || byte.is_ascii_control()
                || is_special(*byte)
        };
        let end = rest.iter().position(is_other)?;
        (rest.get(end) == Some(&quote)).then(|| rest.get(..end)).flatten()
    }

    fn pass(&mut self, bytes: &[u8]) {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
        let (now, next) = (byte(self.at), byte(self.at + 1));
        let begins = self.at.checked_sub(1).is_none_or(|before| byte(before).is_ascii_whitespace());
        self.at += 1;
        self.unsure |= match (self.inside, now) {
            (None, b'"' | b'\'') => {
                self.inside = Some(now);
                false
            }
            (Some(quote), _) if now == quote => {
                self.inside = None;
                false
            }
            (Some(b'\''), b'"' | b'\\') | (_, b'`') | (None, b'\\' | b'<') => true,
            (Some(_), b'$') => matches!(next, b'(' | b'{'),
            (Some(_), b'\\') => {
                self.at += 1;
                next == b'"'
            }
            // Comments: `# it's`, `-- it's`, `/* it's */`.
            (None, b'#') => begins,
            (None, b'-') => begins && next == b'-' && !byte(self.at + 1).is_ascii_alphabetic(),
            (None, b'/') => matches!(next, b'*' | b'/') && begins,
            _ => false,
        };
    }
}
