//! A vote on record, and whom one that does not count is counted for.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::model::event::Voted;
use crate::model::name::PersonId;
use crate::model::vote::Identity;

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

/// Who a refused vote is counted for: the person, through whatever channel, else the account.
pub(super) fn voter(who: &Identity, person: Option<&PersonId>) -> Box<str> {
    match person {
        Some(person) => Identity::person(person.as_str()).to_string().into(),
        None => who.to_string().into(),
    }
}
