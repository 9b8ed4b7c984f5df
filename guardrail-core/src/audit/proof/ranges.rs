//! The ranges of leaves whose hashes make up a Merkle proof, gathered in one pass.

use std::ops::Range;

use crate::audit::tree::Tree;
use crate::model::Digest;

/// The hashes of some ranges of leaves, gathered while all leaves pass by in order. Memory: one
/// right edge a range, of which a proof has at most 65.
#[derive(Clone, Debug)]
pub(super) struct Ranges {
    ranges: Vec<(Range<u64>, Tree)>,
    seen: u64,
    size: u64,
}

impl Ranges {
    /// These ranges, in the order in which the proof wants them, of a tree of `size` leaves.
    pub(super) fn new(ranges: Vec<Range<u64>>, size: u64) -> Self {
        Self { ranges: ranges.into_iter().map(|r| (r, Tree::new())).collect(), seen: 0, size }
    }

    /// Takes the next leaf; those behind the tree's size are passed over.
    pub(super) fn push(&mut self, leaf: Digest) {
        let at = self.seen;
        self.seen = at.saturating_add(1);
        for (range, tree) in &mut self.ranges {
            if range.contains(&at) {
                tree.push(leaf);
            }
        }
    }

    /// The hashes.
    pub(super) fn finish(&self) -> Result<Vec<Digest>, ProofError> {
        if self.seen < self.size {
            return Err(ProofError::Short { have: self.seen, size: self.size });
        }
        Ok(self.ranges.iter().map(|(_, tree)| tree.root()).collect())
    }
}

/// The largest power of two smaller than `size`, which is at least 2: where RFC 6962 splits a tree.
pub(super) const fn split(size: u64) -> u64 {
    match size.saturating_sub(1).checked_ilog2() {
        Some(log) => 1 << log,
        None => 0,
    }
}

/// Why there is no proof, or it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// There is no such leaf, or no such smaller tree.
    #[error("a tree of {size} records has nothing at {at}")]
    Outside {
        /// What was asked for.
        at: u64,
        /// How large the tree is.
        size: u64,
    },
    /// The log has fewer records than the tree.
    #[error("the log has {have} records, and the checkpoint covers {size}")]
    Short {
        /// How many there are.
        have: u64,
        /// How many there should be.
        size: u64,
    },
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root of the checkpoint")]
    Wrong,
}
