//! The Merkle tree over a log's records, as far as this process knows it.

use guardrail_core::audit::Tree;
use guardrail_core::audit::seal::leaf;
use guardrail_core::model::Digest;

use crate::log::engine::StoredHead;
use crate::log::row::number;

/// Hexadecimal digits of a hash.
const HASH: usize = 64;

/// The tree over the first records of a log, and the last of them.
#[derive(Clone, Debug)]
pub(super) struct End {
    tree: Tree,
    /// The tree's right edge before its last leaf came.
    before: Vec<Digest>,
    last: Digest,
}

impl End {
    /// Of no records.
    pub(super) const fn new() -> Self {
        Self { tree: Tree::new(), before: Vec::new(), last: Digest::from_bytes([0; 32]) }
    }

    /// As it was noted beside a head, with the last of its records; `None` where they do not fit.
    /// Only the root of that head tells whether it is true.
    pub(super) fn noted(head: &StoredHead, line: &str) -> Option<Self> {
        let hash = |text: &[u8]| Digest::parse(std::str::from_utf8(text).ok()?).ok();
        let before: Option<Vec<Digest>> = head.edge.as_bytes().chunks(HASH).map(hash).collect();
        let before = before?;
        let size = u64::try_from(head.size).ok()?.checked_sub(1)?;
        let mut tree = Tree::noted(size, before.clone())?;
        let last = leaf(line.as_bytes());
        tree.push(last);
        Some(Self { tree, before, last })
    }

    pub(super) const fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(super) const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The leaf of the last record.
    pub(super) const fn last(&self) -> Digest {
        self.last
    }

    /// Takes the next leaf.
    pub(super) fn push(&mut self, leaf: Digest) {
        self.before.clear();
        self.before.extend_from_slice(self.tree.edge());
        self.tree.push(leaf);
        self.last = leaf;
    }

    /// Takes the next record as it is stored; whether it is that.
    pub(super) fn read(&mut self, place: i64, line: &str) -> bool {
        let follows = format!("\"prev\":\"{}\"}}", self.last);
        let is_next = place == number(self.size().saturating_add(1)) && line.ends_with(&follows);
        if is_next {
            self.push(leaf(line.as_bytes()));
        }
        is_next
    }

    /// What is noted beside its head, so that the next process need not read all records.
    pub(super) fn edge(&self) -> String {
        self.before.iter().map(Digest::to_string).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that is wrong should fail")]
mod tests {
    use guardrail_core::audit::seal::leaf;
    use guardrail_core::model::Digest;

    use super::End;
    use crate::log::engine::StoredHead;

    /// Chained like records of a log, and nothing else.
    fn lines(count: i64) -> Vec<String> {
        let mut prev = Digest::from_bytes([0; 32]);
        (1..=count)
            .map(|n| {
                let line = format!("{{\"seq\":{n},\"prev\":\"{prev}\"}}");
                prev = leaf(line.as_bytes());
                line
            })
            .collect()
    }

    #[test]
    fn it_goes_on_from_what_was_noted() {
        let lines = lines(70);
        let mut end = End::new();
        for (line, size) in lines.iter().zip(1..) {
            assert!(!end.read(size + 1, line), "a place is left out");
            assert!(end.read(size, line));
            assert!(!end.read(size + 1, line), "the same record twice");
            let head = StoredHead { size, edge: end.edge(), note: String::new() };
            let noted = End::noted(&head, line).unwrap();
            assert_eq!((noted.tree(), noted.last()), (end.tree(), end.last()));
            let other = End::noted(&head, &format!("{line} ")).unwrap();
            assert_ne!(other.tree().root(), end.tree().root());
            let odd = StoredHead { edge: format!("{}0", end.edge()), ..head };
            assert!(End::noted(&odd, line).is_none());
        }
    }
}
