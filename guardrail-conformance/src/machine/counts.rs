//! What the sequences have come to.

use std::sync::atomic::AtomicU64;

/// What was done so far, over all threads.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) operations: AtomicU64,
    pub(super) crashes: AtomicU64,
    pub(super) mishaps: AtomicU64,
}
