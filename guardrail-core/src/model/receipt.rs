//! Where a channel showed a request.

use crate::model::digest::Digest;
use crate::model::id::Nonce;

/// Where a channel showed a request, so that it finds its message again after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) reference: Box<str>,
    pub(crate) nonce: Digest,
}

impl Receipt {
    /// Most bytes of a reference.
    pub const LIMIT: usize = 2 * 1024;

    /// A message, in the channel's own words (`C012/1712.0042`), and the nonce it carries.
    #[must_use]
    pub fn new(reference: impl Into<Box<str>>, nonce: &Nonce) -> Self {
        Self { reference: reference.into(), nonce: nonce.hash() }
    }

    /// The message, in the channel's own words.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The hash of the nonce it carries.
    #[must_use]
    pub fn nonce(&self) -> Digest {
        self.nonce
    }
}
