//! A log held against a head that was signed over it.

use crate::audit::proof::checkpoint::{Checkpoint, origin};
use crate::audit::tree::Tree;
use crate::model::LogId;

impl Checkpoint {
    /// Whether a log that was read as far as `tree` may be the one that this head was signed over:
    /// a tree of another size tells nothing.
    ///
    /// # Errors
    /// `OtherLog`, `Other`.
    pub fn compare(&self, log: LogId, tree: &Tree) -> Result<(), Mismatch> {
        if self.origin() != origin(log) {
            return Err(Mismatch::OtherLog);
        }
        if self.size() == tree.size() && self.root() != tree.root() {
            return Err(Mismatch::Other);
        }
        Ok(())
    }

    /// Whether a log of so many records is long enough.
    ///
    /// # Errors
    /// `Cut`.
    pub const fn measure(&self, have: u64) -> Result<(), Mismatch> {
        let signed = self.size();
        if signed <= have { Ok(()) } else { Err(Mismatch::Cut { signed, have }) }
    }
}

/// A log is not the one that a head was signed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The head is of another log.
    #[error("its last checkpoint is of another log")]
    OtherLog,
    /// The records are others.
    #[error("these are not the records its last checkpoint was signed over")]
    Other,
    /// The log is shorter.
    #[error(
        "its last checkpoint covers {signed} records and {have} are there: it was cut, or an old \
         copy was put in its place"
    )]
    Cut {
        /// How many the head covers.
        signed: u64,
        /// How many there are.
        have: u64,
    },
}
