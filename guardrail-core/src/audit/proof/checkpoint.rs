//! Checkpoints: the signed head of a log at one size (<https://c2sp.org/tlog-checkpoint>).

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::proof::keys::Keys;
use crate::audit::proof::note::{Note, Signed, is_name, sealed};
use crate::audit::proof::signer::{SignError, Signer};
use crate::audit::tree::Tree;
use crate::model::{Digest, LogId};

/// The first line of every checkpoint of this log, and the name its key signs under:
/// `guardrail/` and the log's id.
#[must_use]
pub fn origin(log: LogId) -> String {
    format!("guardrail/{log}")
}

/// The head of a log's Merkle tree (RFC 6962) at one size.
///
/// Its text is three lines: the log's [origin], the size in decimal digits, the base64 of the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Arc<str>,
    size: u64,
    root: Digest,
}

impl Checkpoint {
    /// The head of this log with this tree.
    #[must_use]
    pub fn new(log: LogId, tree: &Tree) -> Self {
        Self { origin: origin(log).into(), size: tree.size(), root: tree.root() }
    }

    /// Which log it is of, as [`origin`] says it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many records it covers: those with the sequence numbers 1 to this.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the Merkle tree over them.
    #[must_use]
    pub const fn root(&self) -> Digest {
        self.root
    }

    /// What is signed: three lines, each with its line feed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the signer cannot, or its signature does not verify.
    pub fn sign(self, signer: &dyn Signer) -> Result<SignedCheckpoint, SignError> {
        let text = self.text();
        let signature = signer.sign(text.as_bytes())?;
        let key = signer.key();
        // A token that was exchanged, a service with another key: better no head than a false one.
        if !key.verifies(text.as_bytes(), &signature) {
            return Err(SignError::new("the signature does not fit the signer's own public key"));
        }
        let note = sealed(&text, &self.origin, &key, &signature);
        Ok(SignedCheckpoint { checkpoint: self, note: note.into() })
    }

    /// Reads what a note says, and believes it.
    pub(in crate::audit) fn read(note: &str) -> Option<Self> {
        Self::parse(Note::parse(note)?.text)
    }

    /// Reads what is signed, the three lines, from whoever says it: nothing here proves it. `None`
    /// where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // Lines behind these are allowed, opaque, and not empty.
        if !is_name(origin) || lines.any(str::is_empty) {
            return None;
        }
        let number: u64 = size.parse().ok()?;
        let root: [u8; 32] = STANDARD.decode(root).ok()?.try_into().ok()?;
        let checkpoint =
            Self { origin: origin.into(), size: number, root: Digest::from_bytes(root) };
        (number.to_string() == size).then_some(checkpoint)
    }
}

/// For people: `guardrail/0199… · 1042 records · root 9c1f8a77…`, the whole root.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \u{b7} {} records \u{b7} root {}", self.origin, self.size, self.root)
    }
}

/// A checkpoint whose signature was made here or has been verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Arc<str>,
}

impl SignedCheckpoint {
    /// Reads a checkpoint and verifies that one of `keys` signed it.
    ///
    /// # Errors
    /// [`CheckpointError`]. Signatures of keys that are not known are passed over.
    pub fn open(note: &str, keys: &Keys) -> Result<Self, CheckpointError> {
        let parsed = Note::parse(note).ok_or(CheckpointError::Form)?;
        let checkpoint = Checkpoint::parse(parsed.text).ok_or(CheckpointError::Form)?;
        match parsed.verify(&checkpoint.origin, keys.iter()) {
            Signed::By(_) => Ok(Self { checkpoint, note: note.into() }),
            Signed::Unknown => Err(CheckpointError::Unknown),
            Signed::Forged => Err(CheckpointError::Forged),
        }
    }

    /// Reads several, one after the other with an empty line between, as a log keeps them.
    ///
    /// # Errors
    /// As [`SignedCheckpoint::open`], for the first that is bad.
    pub fn open_all(notes: &str, keys: &Keys) -> Result<Vec<Self>, CheckpointError> {
        split(notes).map(|note| Self::open(note, keys)).collect()
    }

    /// The notes of a text that holds several, one after the other with an empty line between.
    /// Nothing in them is verified.
    pub fn notes(notes: &str) -> impl Iterator<Item = &str> {
        split(notes)
    }

    /// What was signed.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note as it was signed: to publish, to keep, to verify by any other tool.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }
}

/// The notes of a text that holds several: a note is a block, an empty line, and a block of
/// signatures, and an empty line stands between two.
pub(in crate::audit) fn split(notes: &str) -> impl Iterator<Item = &str> {
    let mut rest = notes;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches('\n');
        if rest.is_empty() {
            return None;
        }
        let text = rest.find("\n\n").map_or(rest.len(), |at| at.saturating_add(2));
        let signed = rest.get(text..).unwrap_or_default();
        let end = signed.find("\n\n").map_or(signed.len(), |at| at.saturating_add(1));
        let (note, behind) = rest.split_at_checked(text.saturating_add(end))?;
        rest = behind;
        Some(note)
    })
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is no checkpoint.
    #[error("this is no checkpoint: a signed note with the lines origin, size and root")]
    Form,
    /// None of the known keys signed it.
    #[error("no known key has signed this checkpoint")]
    Unknown,
    /// It names a known key, whose signature does not fit.
    #[error("the signature does not fit this checkpoint: it was changed, or forged")]
    Forged,
}
