//! The leaves of what this process has written, so that it need not read them again.

use std::collections::VecDeque;

use guardrail_core::audit::AuditRecord;
use guardrail_core::model::Digest;

use crate::log::heads::end::End;

/// Most leaves that are kept; where more come unasked for they are read again.
const MOST: usize = 16 * 1024;

/// An unbroken run of leaves.
#[derive(Debug)]
pub(super) struct Leaves {
    /// The place of the first.
    first: u64,
    /// The leaf before the first.
    prev: Digest,
    run: VecDeque<Digest>,
}

impl Leaves {
    pub(super) const fn new() -> Self {
        Self { first: 1, prev: Digest::from_bytes([0; 32]), run: VecDeque::new() }
    }

    /// The next record this process has written.
    pub(super) fn push(&mut self, record: &AuditRecord) {
        let place = record.sequence().get();
        // Between two of this process there may be those of others; and a server that was restored
        // may have lost the one before.
        let follows = self.run.back().is_none_or(|last| *last == record.prev());
        if place != self.end() || !follows || self.run.len() >= MOST {
            self.run.clear();
        }
        if self.run.is_empty() {
            (self.first, self.prev) = (place, record.prev());
        }
        self.run.push_back(record.leaf());
    }

    /// The place behind the last.
    pub(super) fn end(&self) -> u64 {
        self.first.saturating_add(self.run.len() as u64)
    }

    /// Moves what follows `end` there; whether nothing is missing in between.
    pub(super) fn follow(&mut self, end: &mut End) -> bool {
        let next = end.size().saturating_add(1);
        while self.first < next
            && let Some(leaf) = self.run.pop_front()
        {
            (self.first, self.prev) = (self.first.saturating_add(1), leaf);
        }
        if self.run.is_empty() {
            return true;
        }
        if self.first == next && self.prev != end.last() {
            // Not the log that was signed: whoever reads its records will see.
            self.run.clear();
            return false;
        }
        if self.first > next {
            return false;
        }
        for leaf in self.run.drain(..) {
            end.push(leaf);
        }
        true
    }
}
