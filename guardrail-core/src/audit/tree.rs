//! The RFC 6962 Merkle tree over the leaf hashes, kept as its right edge.

use sha2::{Digest as _, Sha256};

use crate::model::Digest;

/// A Merkle tree that only grows: it keeps one hash per level, so its memory is logarithmic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The roots of the perfect subtrees from left to right, largest first.
    edge: Vec<Digest>,
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, edge: Vec::new() }
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// A tree as it was noted down; `None` where no tree of this size has an edge of this length.
    /// Whether it is that of a log, only a root that is known can tell.
    #[must_use]
    pub fn noted(size: u64, edge: Vec<Digest>) -> Option<Self> {
        (edge.len() == size.count_ones() as usize).then_some(Self { size, edge })
    }

    /// The roots of its perfect subtrees from left to right: all that is needed to go on from it.
    #[must_use]
    pub fn edge(&self) -> &[Digest] {
        &self.edge
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        // Every one bit at the end of the size is a perfect subtree the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                node = parent(left, node);
            }
        }
        self.edge.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// The root: RFC 6962, section 2.1. Of no leaves it is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut nodes = self.edge.iter().rev();
        let Some(first) = nodes.next() else { return Digest::of(b"") };
        nodes.fold(*first, |right, left| parent(*left, right))
    }
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub(in crate::audit) fn parent(left: Digest, right: Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left.as_bytes());
    hash.update(right.as_bytes());
    Digest::from_bytes(hash.finalize().into())
}
