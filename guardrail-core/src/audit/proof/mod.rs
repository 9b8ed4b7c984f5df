//! Proof for people who trust neither us nor the log's owner: signed heads, Merkle proofs, witnesses.
//!
//! Everything here is of public form, so that no code of ours is needed to check it:
//! [checkpoints](Checkpoint) are C2SP `tlog-checkpoint` signed notes (Ed25519,
//! <https://c2sp.org/tlog-checkpoint>), [inclusion](Inclusion) and [consistency](Consistency)
//! proofs are those of RFC 6962, section 2.1, and a [`TlogProof`] is C2SP `tlog-proof`
//! (<https://c2sp.org/tlog-proof>).
//!
//! A checkpoint is persisted before it is published: a head that anyone outside has seen is one the
//! log itself still knows after a crash.

mod checkpoint;
mod consistency;
mod file_signer;
mod head;
mod inclusion;
mod key;
mod keys;
mod mismatch;
mod note;
mod pem;
mod private;
mod publisher;
mod ranges;
mod rhythm;
mod signer;
#[cfg(test)]
mod tests;
mod tlog_proof;
mod witness;

pub(in crate::audit) use checkpoint::split;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint, origin};
pub use consistency::{Consistency, ConsistencyBuilder};
pub use file_signer::{FileSigner, KeyError};
pub use head::Heads;
pub use inclusion::{Inclusion, InclusionBuilder};
pub use key::{PublicKey, PublicKeyError, Signature};
pub use keys::{Keys, KeysError};
pub use mismatch::Mismatch;
pub use publisher::Publisher;
pub use ranges::ProofError;
pub use rhythm::Rhythm;
pub use signer::{SignError, Signer};
pub use tlog_proof::{TlogProof, TlogProofError};
pub use witness::{FileWitness, GitWitness, Witness, WitnessError, is_new};
