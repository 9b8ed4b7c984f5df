//! The digest: what an approval is bound to.

use std::cell::Cell;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
///
/// Of an intent it covers the netstrings (`5:hello,`) of, in this order: the tag
/// `guardrail-intent-v1`; action; policy; the number of arguments, and of each, sorted by the
/// UTF-16 code units of its name, name, kind (`v`alue, `d`ebug, `r`edacted, `s`kipped,
/// `u`nshowable) and canonical text; resource, environment; agent; on-behalf-of; the number of
/// links of the delegation chain, and each link. A number is the netstring of its decimal digits;
/// what may be missing is the number 0, or the number 1 and the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let mut bytes = [0; 32];
        unhex(text, &mut bytes).ok_or(DigestError)?;
        Ok(Self(bytes))
    }

    /// The 64 hexadecimal digits.
    pub(crate) fn digits(&self) -> [u8; 64] {
        let mut digits = [0; 64];
        put_hex(&self.0, &mut digits);
        digits
    }

    /// The same as text, written there.
    pub(crate) fn text<'t>(&self, to: &'t mut [u8; 64]) -> &'t str {
        hex(&self.0, to)
    }

    /// The first eight hexadecimal digits, to show to people beside the whole.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        f.write_str(hex(&self.0, &mut text))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 64];
        serializer.serialize_str(hex(&self.0, &mut text))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct DigestError;

/// Most bytes of the buffer that a thread keeps for the next fields.
const SCRATCH_KEPT: usize = 4 * 1024;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Hashes fields so that no two lists of fields share a hash: each is a netstring.
#[derive(Debug)]
pub(crate) struct Fields {
    text: Vec<u8>,
}

impl Fields {
    pub(crate) fn new(tag: &str) -> Self {
        let mut fields = Self { text: SCRATCH.try_with(Cell::take).unwrap_or_default() };
        fields.text.clear();
        fields.text(tag);
        fields
    }

    pub(crate) fn count(&mut self, count: usize) {
        let digits = count.checked_ilog10().unwrap_or(0) + 1;
        decimal(digits.into(), &mut self.text);
        self.text.push(b':');
        decimal(count as u64, &mut self.text);
        self.text.push(b',');
    }

    pub(crate) fn text(&mut self, text: &str) {
        netstring(&mut self.text, text);
    }

    /// Takes what are netstrings already.
    pub(crate) fn netstrings(&mut self, text: &str) {
        self.text.put_all(text);
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        self.count(usize::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    pub(crate) fn digest(self) -> Digest {
        let digest = Digest::of(&self.text);
        if self.text.capacity() <= SCRATCH_KEPT {
            let _ = SCRATCH.try_with(|scratch| scratch.set(self.text));
        }
        digest
    }
}

/// Where text is made: a text, or bytes that are to be hashed.
pub(crate) trait Text {
    /// Adds one character of ASCII.
    fn put(&mut self, ascii: u8);

    /// Adds text.
    fn put_all(&mut self, text: &str);
}

impl Text for String {
    fn put(&mut self, ascii: u8) {
        self.push(char::from(ascii));
    }

    fn put_all(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Text for Vec<u8> {
    fn put(&mut self, ascii: u8) {
        self.push(ascii);
    }

    fn put_all(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

/// Adds a netstring, `5:hello,`. The number is written several times faster than `write!` would: a
/// digest has dozens.
pub(crate) fn netstring(to: &mut impl Text, text: &str) {
    decimal(text.len() as u64, to);
    to.put(b':');
    to.put_all(text);
    to.put(b',');
}

/// Writes a number in decimal digits. Most numbers of records and digests have a single one.
#[inline]
pub(crate) fn decimal(number: u64, to: &mut impl Text) {
    if number >= 10 {
        tens(number / 10, to);
    }
    to.put(b'0' + u8::try_from(number % 10).unwrap_or(0));
}

/// The digits before the last; apart, so that writing a single digit is no call.
#[inline(never)]
fn tens(number: u64, to: &mut impl Text) {
    decimal(number, to);
}

/// Writes `bytes` as lower-case hexadecimal digits into `text`, as far as it reaches.
pub(crate) fn hex<'t>(bytes: &[u8], text: &'t mut [u8]) -> &'t str {
    put_hex(bytes, text);
    std::str::from_utf8(text).unwrap_or_default()
}

fn put_hex(bytes: &[u8], digits: &mut [u8]) {
    // Without a table or a branch: every record has several digests, and this is vectorised.
    let digit = |d: u8| d + if d < 10 { b'0' } else { b'a' - 10 };
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
}

/// Reads exactly `bytes.len() * 2` lower-case hexadecimal digits.
pub(crate) fn unhex(text: &str, bytes: &mut [u8]) -> Option<()> {
    if text.len() != bytes.len().checked_mul(2)? {
        return None;
    }
    let value = |d: u8| match d {
        b'0'..=b'9' => Some(d - b'0'),
        b'a'..=b'f' => Some(d - b'a' + 10),
        _ => None,
    };
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(())
}
