//! A vote on record.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::event::Voted;

/// A vote on record.
#[derive(Clone, Debug)]
pub struct CountedVote {
    pub(crate) time: Timestamp,
    pub(crate) voted: Arc<Voted>,
}

impl CountedVote {
    /// When it was cast.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Whose it is, where it came from, and what it says.
    #[must_use]
    pub fn voted(&self) -> &Voted {
        &self.voted
    }
}
