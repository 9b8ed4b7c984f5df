//! What is kept of a secret: a salted hash that proves it later and tells nothing now.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use zeroize::Zeroize as _;

use crate::model::digest::{hex, unhex};

/// Begins what [`Salt::at`] hashes. No commitment begins like this: it would be one to a value at a
/// place of more bytes than any memory has.
const DERIVED: &[u8] = b"guardrail-salt-v1";

/// 32 random bytes that make commitments to short secrets impossible to guess. Fresh for every
/// value; kept beside the log, never in it. Wiped when it goes.
#[derive(Clone)]
pub struct Salt([u8; 32]);

impl Salt {
    /// A salt of 32 bytes that must come from a cryptographic source.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept where they can be erased.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salt of the value at `place`, made from this one, which is that of a whole call:
    /// HMAC-SHA256 under it over `guardrail-salt-v1` and `place`. Whoever learns one learns nothing
    /// of the others, so that a value can be opened while the one beside it stays hidden.
    #[must_use]
    pub fn at(&self, place: &str) -> Self {
        Self(self.hash(&[DERIVED, place.as_bytes()]))
    }

    /// Commits to `value` standing at `place`: HMAC-SHA256 under the salt over the length of
    /// `place` (8 bytes, big-endian), `place` and `value`. Equal values at two places have
    /// different commitments.
    #[must_use]
    pub fn commit(&self, place: &str, value: &[u8]) -> Commitment {
        let length = (place.len() as u64).to_be_bytes();
        Commitment(self.hash(&[&length, place.as_bytes(), value]))
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        // A key of 32 bytes is shorter than a block, so no other length ever comes here.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        parts.iter().for_each(|part| hmac.update(part));
        hmac.finalize().into_bytes().into()
    }
}

impl Drop for Salt {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([secret])")
    }
}

/// A salted hash of a secret value. `Display` writes 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// The hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits; nothing from whatever else it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        unhex(text, &mut bytes).map(|()| Self(bytes))
    }
}

impl From<[u8; 32]> for Commitment {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        f.write_str(hex(&self.0, &mut text))
    }
}

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 64];
        serializer.serialize_str(hex(&self.0, &mut text))
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom("a commitment is 64 lower-case hexadecimal digits"))
    }
}
