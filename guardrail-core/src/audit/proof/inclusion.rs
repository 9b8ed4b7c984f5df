//! Inclusion proofs: this record stands at this place of that tree (RFC 6962, section 2.1.1).

use std::ops::Range;

use crate::audit::proof::ranges::{ProofError, Ranges, split};
use crate::audit::tree::parent;
use crate::model::{Digest, Sequence};

/// Proves that a record stands at one place of a tree. Its hashes run from the leaf's sibling to
/// the root's child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The leaf's place from 0: the record's sequence less one.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The hashes.
    pub hashes: Vec<Digest>,
}

impl Inclusion {
    /// Whether this leaf leads to this root (RFC 9162, section 2.1.3.2).
    ///
    /// # Errors
    /// `Outside`, `Wrong`.
    pub fn verify(&self, leaf: Digest, root: Digest) -> Result<(), ProofError> {
        if self.index >= self.size {
            return Err(ProofError::Outside { at: self.index, size: self.size });
        }
        let (mut at, mut last) = (self.index, self.size.saturating_sub(1));
        let mut node = leaf;
        for hash in &self.hashes {
            if last == 0 {
                return Err(ProofError::Wrong);
            }
            if at & 1 == 1 || at == last {
                node = parent(*hash, node);
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                node = parent(node, *hash);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        if last == 0 && node == root { Ok(()) } else { Err(ProofError::Wrong) }
    }
}

/// Makes an inclusion proof while all leaves of the log pass by in order.
#[derive(Clone, Debug)]
pub struct InclusionBuilder {
    index: u64,
    size: u64,
    ranges: Ranges,
}

impl InclusionBuilder {
    /// For this record, in the tree over the first `size` records.
    ///
    /// # Errors
    /// `Outside`, where it is not among them.
    pub fn new(sequence: Sequence, size: u64) -> Result<Self, ProofError> {
        let outside = ProofError::Outside { at: sequence.get(), size };
        let index = sequence.get().checked_sub(1).filter(|index| *index < size).ok_or(outside)?;
        Ok(Self { index, size, ranges: Ranges::new(path(index, size), size) })
    }

    /// Takes the leaf hash of the next record, from the first on.
    pub fn push(&mut self, leaf: Digest) {
        self.ranges.push(leaf);
    }

    /// The proof.
    ///
    /// # Errors
    /// `Short`, where fewer leaves came than the tree has.
    pub fn finish(&self) -> Result<Inclusion, ProofError> {
        Ok(Inclusion { index: self.index, size: self.size, hashes: self.ranges.finish()? })
    }
}

/// The siblings on the way from a leaf to the root.
fn path(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut tree = 0..size;
    let mut path = Vec::new();
    while tree.end.saturating_sub(tree.start) > 1 {
        let middle = tree.start.saturating_add(split(tree.end.saturating_sub(tree.start)));
        if index < middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    path.reverse();
    path
}
