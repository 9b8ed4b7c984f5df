//! Who signs checkpoints: the seam for keys that live in a file, a token or a service.

use std::fmt::Debug;
use std::sync::Arc;

use crate::audit::proof::key::{PublicKey, Signature};
use crate::audit::proof::keys::Keys;

/// Signs checkpoints with one Ed25519 key.
///
/// # Contract
/// The implementer signs exactly the bytes it is given (RFC 8032, plain Ed25519), and never prints
/// its private half. [`Signer::key`] stays the same for as long as the signer lives.
///
/// The caller calls [`Signer::sign`] where blocking is allowed, and takes an error as "no
/// checkpoint now": a log goes on without one, says so, and tries again at the next.
///
/// ```
/// use guardrail_core::audit::proof::{PublicKey, SignError, Signature, Signer};
///
/// #[derive(Debug)]
/// struct Token {
///     key: PublicKey,
/// }
///
/// impl Signer for Token {
///     fn key(&self) -> PublicKey {
///         self.key
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
///         let _ = message; // Ask the token.
///         Err(SignError::new("the token is not plugged in"))
///     }
/// }
/// ```
pub trait Signer: Debug + Send + Sync + 'static {
    /// The key others verify with.
    fn key(&self) -> PublicKey;

    /// Signs these bytes. May block.
    ///
    /// # Errors
    /// When the key cannot be used now.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignError>;

    /// The keys whose heads it goes on from: its own, and those before it where it knows them.
    fn known(&self) -> Keys {
        Keys::of(self.key())
    }
}

const _: Option<&dyn Signer> = None;

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn key(&self) -> PublicKey {
        (**self).key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        (**self).sign(message)
    }

    fn known(&self) -> Keys {
        (**self).known()
    }
}

/// Nothing was signed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("nothing was signed: {source}")]
#[non_exhaustive]
pub struct SignError {
    /// What the key's keeper said.
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

impl SignError {
    /// Whoever keeps the key said this.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Arc::from(source.into()) }
    }
}
