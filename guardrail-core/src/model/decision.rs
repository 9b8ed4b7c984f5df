//! How a request ended, and what became of a start.

use crate::model::name::PersonId;

/// How a request ended. Exhaustive on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Enough people agreed, or the policy allows it.
    Approved,
    /// A person or the policy said no, or nobody could be asked.
    Denied {
        /// The person, where it was one.
        by: Option<PersonId>,
        /// Why.
        reason: Option<Box<str>>,
    },
    /// Nobody answered in time.
    Expired,
    /// The call went away first.
    Withdrawn,
}

/// What became of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The body ended well.
    Completed,
    /// The body ended in an error.
    Failed {
        /// Whether it was a panic.
        panicked: bool,
    },
    /// The body did not begin.
    Aborted {
        /// Why.
        why: Box<str>,
    },
    /// Nobody knows.
    Unknown {
        /// Why.
        why: Box<str>,
    },
}
