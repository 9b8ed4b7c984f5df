//! One record's proof as a file of its own (<https://c2sp.org/tlog-proof>, extension `.tlog-proof`).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::proof::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::audit::proof::inclusion::Inclusion;
use crate::audit::proof::keys::Keys;
use crate::audit::proof::note::NOTE_LIMIT;
use crate::audit::proof::ranges::ProofError;
use crate::audit::seal::leaf;
use crate::model::Digest;

const HEAD: &str = "c2sp.org/tlog-proof@v1\n";
/// Most hashes of an inclusion proof: one a level of a tree of 2^64 leaves.
const HASHES: usize = 64;

/// Proves to a stranger who has the log's key, and nothing else, that a record is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    inclusion: Inclusion,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// This place in the tree that this checkpoint covers.
    ///
    /// # Errors
    /// `Wrong`, where the leaf does not lead to the checkpoint's root.
    pub fn new(
        inclusion: Inclusion,
        checkpoint: SignedCheckpoint,
        leaf: Digest,
    ) -> Result<Self, ProofError> {
        let proof = Self { inclusion, checkpoint };
        proof.prove(leaf)?;
        Ok(proof)
    }

    /// Reads a proof and verifies its checkpoint. What it proves, [`TlogProof::verify`] says.
    ///
    /// # Errors
    /// When it is no proof, or none of `keys` has signed its checkpoint.
    pub fn open(text: &str, keys: &Keys) -> Result<Self, TlogProofError> {
        let form = || TlogProofError::Form;
        let rest = text.strip_prefix(HEAD).ok_or_else(form)?;
        if rest.len() > NOTE_LIMIT {
            return Err(form());
        }
        let (front, note) = rest.split_once("\n\n").ok_or_else(form)?;
        let mut lines = front.split('\n').peekable();
        // Says nothing that is signed.
        if let Some(extra) = lines.next_if(|line| line.starts_with("extra ")) {
            let extra = extra.strip_prefix("extra ").unwrap_or_default();
            STANDARD.decode(extra).map_err(|_| form())?;
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or_else(form)?;
        let number: u64 = index.parse().map_err(|_| form())?;
        if number.to_string() != index {
            return Err(form());
        }
        let mut hashes = Vec::new();
        for line in lines {
            let hash: [u8; 32] =
                STANDARD.decode(line).ok().and_then(|h| h.try_into().ok()).ok_or_else(form)?;
            if hashes.len() == HASHES {
                return Err(form());
            }
            hashes.push(Digest::from_bytes(hash));
        }
        let checkpoint = SignedCheckpoint::open(note, keys)?;
        let size = checkpoint.checkpoint().size();
        Ok(Self { inclusion: Inclusion { index: number, size, hashes }, checkpoint })
    }

    /// Whether this line, without its line feed, is the record at the place the proof names.
    ///
    /// # Errors
    /// `Outside`, `Wrong`.
    pub fn verify(&self, line: &str) -> Result<(), ProofError> {
        self.prove(leaf(line.as_bytes()))
    }

    fn prove(&self, leaf: Digest) -> Result<(), ProofError> {
        let checkpoint = self.checkpoint.checkpoint();
        if self.inclusion.size != checkpoint.size() {
            return Err(ProofError::Wrong);
        }
        self.inclusion.verify(leaf, checkpoint.root())
    }

    /// The place.
    #[must_use]
    pub const fn inclusion(&self) -> &Inclusion {
        &self.inclusion
    }

    /// The head it leads to.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}index {}\n", self.inclusion.index);
        for hash in &self.inclusion.hashes {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{}", STANDARD.encode(hash.as_bytes()));
        }
        text.push('\n');
        text.push_str(self.checkpoint.note());
        text
    }
}

/// Why a proof is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// It is no proof.
    #[error("this is no `c2sp.org/tlog-proof@v1`")]
    Form,
    /// Its checkpoint is not believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
