//! The forms, the proofs and the keys, each against what others have written down of them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that is wrong should fail"
)]

mod form;
mod keys;
mod merkle;
mod publisher;
mod witness;

use std::sync::Mutex;

use crate::audit::proof::private::PrivateKey;
use crate::audit::proof::{
    Checkpoint, Keys, PublicKey, SignError, Signature, SignedCheckpoint, Signer,
};
use crate::audit::seal::leaf;
use crate::audit::tree::Tree;
use crate::clock::{Entropy, EntropyError};
use crate::model::{Digest, LogId};

/// The same bytes in every run, never twice.
#[derive(Debug, Default)]
struct Counting(Mutex<u8>);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut next = self.0.lock().unwrap();
        *next = next.wrapping_add(1);
        bytes.fill(*next);
        Ok(())
    }
}

/// A signer in memory.
#[derive(Debug)]
struct Memory(PrivateKey);

impl Memory {
    fn new() -> Self {
        Self(PrivateKey::random(&Counting::default()).unwrap())
    }

    fn keys(&self) -> Keys {
        Keys::of(self.key())
    }
}

impl Signer for Memory {
    fn key(&self) -> PublicKey {
        self.0.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        Ok(self.0.sign(message))
    }
}

/// The leaf of record `number` of a log of nothing but numbers.
fn number(number: u64) -> Digest {
    leaf(number.to_string().as_bytes())
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree::new();
    (0..size).for_each(|n| tree.push(number(n)));
    tree
}

fn head(size: u64) -> SignedCheckpoint {
    Checkpoint::new(LogId::NONE, &tree(size)).sign(&Memory::new()).unwrap()
}
