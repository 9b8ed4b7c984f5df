//! What is kept of a secret: a salted hash that proves it later and tells nothing now.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// 32 random bytes that make commitments to short secrets impossible to guess. Fresh for every
/// value; kept beside the log, never in it.
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

    /// Commits to `value` standing at `place`: HMAC-SHA256 under the salt over the length of
    /// `place` (8 bytes, big-endian), `place` and `value`. Equal values at two places have
    /// different commitments.
    #[must_use]
    pub fn commit(&self, place: &str, value: &[u8]) -> Commitment {
        // A key of 32 bytes is shorter than a block, so no other length ever comes here.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Commitment([0; 32]);
        };
        hmac.update(&(place.len() as u64).to_be_bytes());
        hmac.update(place.as_bytes());
        hmac.update(value);
        Commitment(hmac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([secret])")
    }
}

/// A salted hash of a secret value. `Display` writes 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// The hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
