//! Who signs the heads of a log, and how often.

use std::sync::Arc;
use std::time::Duration;

use crate::audit::proof::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::audit::proof::signer::{SignError, Signer};
use crate::audit::tree::Tree;
use crate::model::LogId;

/// Records after which a head is signed.
const EVERY: u64 = 256;
/// Time after which a head is signed.
const WITHIN: Duration = Duration::from_secs(1);

/// Who signs the heads of a log, and how often, for its implementer.
#[derive(Clone, Debug)]
pub struct Rhythm {
    signer: Arc<dyn Signer>,
    every: u64,
    within: Duration,
}

impl Rhythm {
    /// Every 256 records, or within a second.
    #[must_use]
    pub fn new(signer: Arc<dyn Signer>) -> Self {
        Self { signer, every: EVERY, within: WITHIN }
    }

    /// After so many records, at least one, and where so long has passed since the first that no
    /// head covers.
    #[must_use]
    pub fn often(mut self, every: u64, within: Duration) -> Self {
        (self.every, self.within) = (every.max(1), within);
        self
    }

    /// After how many records.
    #[must_use]
    pub const fn every(&self) -> u64 {
        self.every
    }

    /// After how long.
    #[must_use]
    pub const fn within(&self) -> Duration {
        self.within
    }

    /// Signs the head of this log with this tree. May block.
    ///
    /// # Errors
    /// As [`Checkpoint::sign`].
    pub fn sign(&self, log: LogId, tree: &Tree) -> Result<SignedCheckpoint, SignError> {
        Checkpoint::new(log, tree).sign(&*self.signer)
    }

    /// Reads a head and verifies that the signer's key, or one before it, has signed it.
    ///
    /// # Errors
    /// As [`SignedCheckpoint::open`].
    pub fn open(&self, note: &str) -> Result<SignedCheckpoint, CheckpointError> {
        SignedCheckpoint::open(note, &self.signer.known())
    }
}
