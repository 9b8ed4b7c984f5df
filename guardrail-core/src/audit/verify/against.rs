//! The records against signed heads: whether they are the ones that were signed.

use crate::audit::proof::{SignedCheckpoint, origin};
use crate::audit::tree::Tree;
use crate::audit::verify::{Fault, VerifyError};
use crate::model::{LogId, Sequence};

/// Heads that the log must lead to, smallest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Against {
    heads: Vec<SignedCheckpoint>,
    /// How many of them it has led to.
    met: usize,
}

impl Against {
    pub(super) fn add(&mut self, heads: impl IntoIterator<Item = SignedCheckpoint>) {
        self.heads.extend(heads);
        self.heads.sort_by_key(|head| head.checkpoint().size());
    }

    /// How many records the largest head covers that the log has led to.
    pub(super) fn covered(&self) -> u64 {
        let last = self.met.checked_sub(1).and_then(|last| self.heads.get(last));
        last.map_or(0, |head| head.checkpoint().size())
    }

    /// Compares what came so far with the heads of this size.
    ///
    /// # Errors
    /// `OtherLog`, `Fork`: at the first record behind the last head that was met.
    pub(super) fn meet(&mut self, log: Option<LogId>, tree: &Tree) -> Result<(), VerifyError> {
        while let Some(head) = self.heads.get(self.met).map(SignedCheckpoint::checkpoint) {
            let size = head.size();
            if size > tree.size() {
                break;
            }
            let first = Sequence::new(self.covered()).next();
            let fail = |why| Err(VerifyError { sequence: first, why });
            if log.is_some_and(|log| head.origin() != origin(log)) {
                return fail(Fault::OtherLog);
            }
            let root = if size == 0 { Tree::new().root() } else { tree.root() };
            if (size < tree.size() && size > 0) || head.root() != root {
                return fail(Fault::Fork { size });
            }
            self.met = self.met.saturating_add(1);
        }
        Ok(())
    }

    /// # Errors
    /// `OtherLog`; `Cut`, where a head covers more than came.
    pub(super) fn finish(&mut self, log: Option<LogId>, tree: &Tree) -> Result<(), VerifyError> {
        self.meet(log, tree)?;
        let Some(head) = self.heads.get(self.met..).and_then(<[_]>::last) else { return Ok(()) };
        let (signed, last) = (head.checkpoint().size(), Sequence::new(tree.size()).next());
        if log.is_some_and(|log| head.checkpoint().origin() != origin(log)) {
            return Err(VerifyError { sequence: last, why: Fault::OtherLog });
        }
        Err(VerifyError { sequence: last, why: Fault::Cut { signed } })
    }
}
