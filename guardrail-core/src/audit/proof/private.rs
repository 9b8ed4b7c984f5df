//! A private key in memory: wiped when it goes, and never printed.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use crate::audit::proof::key::{PublicKey, Signature};
use crate::audit::proof::pem;
use crate::clock::{Entropy, EntropyError};

/// DER of a PKCS #8 private key up to its 32 bytes of seed (RFC 8410, section 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The private half of an Ed25519 key. Wiped when it goes.
pub(super) struct PrivateKey(SigningKey);

impl PrivateKey {
    pub(super) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut_slice())?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Reads the PEM that [`PrivateKey::to_pem`] and `openssl genpkey -algorithm ed25519` write.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let seed = pem::decode("PRIVATE KEY", &PKCS8, text)?;
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    pub(super) fn to_pem(&self) -> Zeroizing<String> {
        pem::encode("PRIVATE KEY", &PKCS8, self.0.as_bytes())
    }

    pub(super) fn public(&self) -> PublicKey {
        self.0.verifying_key().into()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([secret])")
    }
}
