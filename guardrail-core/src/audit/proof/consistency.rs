//! Consistency proofs: the log at a later size begins with what it was (RFC 6962, section 2.1.2).

use std::ops::Range;

use crate::audit::proof::ranges::{ProofError, Ranges, split};
use crate::audit::tree::parent;
use crate::model::Digest;

/// Proves that the tree of size `to` begins with the tree of size `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The smaller size; not zero.
    pub from: u64,
    /// The larger size.
    pub to: u64,
    /// The hashes, in the order of RFC 6962.
    pub hashes: Vec<Digest>,
}

impl Consistency {
    /// Whether these roots are of one log (RFC 9162, section 2.1.4.2).
    ///
    /// # Errors
    /// `Outside`, `Wrong`.
    pub fn verify(&self, old: Digest, new: Digest) -> Result<(), ProofError> {
        let right = |holds: bool| if holds { Ok(()) } else { Err(ProofError::Wrong) };
        if self.from == 0 || self.from > self.to {
            return Err(ProofError::Outside { at: self.from, size: self.to });
        }
        if self.from == self.to {
            return right(self.hashes.is_empty() && old == new);
        }
        let (mut at, mut last) = (self.from.saturating_sub(1), self.to.saturating_sub(1));
        while at & 1 == 1 {
            (at, last) = (at >> 1, last >> 1);
        }
        let mut hashes = self.hashes.iter();
        // Where the smaller tree is perfect its root is where the way begins.
        let first = if self.from.is_power_of_two() { Some(&old) } else { hashes.next() };
        let Some(first) = first else { return Err(ProofError::Wrong) };
        let (mut before, mut after) = (*first, *first);
        for hash in hashes {
            if last == 0 {
                return Err(ProofError::Wrong);
            }
            if at & 1 == 1 || at == last {
                before = parent(*hash, before);
                after = parent(*hash, after);
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                after = parent(after, *hash);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        right(last == 0 && before == old && after == new)
    }
}

/// Makes a consistency proof while all leaves of the log pass by in order.
#[derive(Clone, Debug)]
pub struct ConsistencyBuilder {
    from: u64,
    to: u64,
    ranges: Ranges,
}

impl ConsistencyBuilder {
    /// From the tree over the first `from` records to that over the first `to`.
    ///
    /// # Errors
    /// `Outside`, where `from` is zero or more than `to`.
    pub fn new(from: u64, to: u64) -> Result<Self, ProofError> {
        if from == 0 || from > to {
            return Err(ProofError::Outside { at: from, size: to });
        }
        Ok(Self { from, to, ranges: Ranges::new(path(from, to), to) })
    }

    /// Takes the leaf hash of the next record, from the first on.
    pub fn push(&mut self, leaf: Digest) {
        self.ranges.push(leaf);
    }

    /// The proof.
    ///
    /// # Errors
    /// `Short`, where fewer leaves came than the larger tree has.
    pub fn finish(&self) -> Result<Consistency, ProofError> {
        Ok(Consistency { from: self.from, to: self.to, hashes: self.ranges.finish()? })
    }
}

/// The subtrees that make up both trees: SUBPROOF of RFC 6962.
fn path(from: u64, to: u64) -> Vec<Range<u64>> {
    let mut tree = 0..to;
    let mut path = Vec::new();
    while tree.end != from {
        let middle = tree.start.saturating_add(split(tree.end.saturating_sub(tree.start)));
        if from <= middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    // The smaller tree itself is known to whoever verifies.
    if tree.start != 0 {
        path.push(tree);
    }
    path.reverse();
    path
}
