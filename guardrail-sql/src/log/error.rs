//! What went wrong between a log and its database, and how callers are told.

use guardrail_core::audit::Error;

use crate::log::engine::Engine;

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The database, or the way to it.
    Database {
        /// What the driver says.
        error: sqlx::Error,
        /// Whether a commit was sent and not answered.
        in_doubt: bool,
    },
    /// Something else, as callers are told.
    Log(Error),
}

impl Failed {
    /// Whether the database refused something because it breaks a rule.
    pub(crate) fn is_refusal<E: Engine>(&self) -> bool {
        matches!(self, Self::Database { error, .. } if E::is_refusal(error))
    }

    /// Whether it may go better a moment later.
    pub(crate) fn is_passing<E: Engine>(&self) -> bool {
        matches!(self, Self::Database { error, .. } if E::is_passing(error))
    }

    /// As callers are told. Where no commit was sent nothing was written; else nobody knows.
    pub(crate) fn told<E: Engine>(self, doing: &'static str) -> Error {
        match self {
            Self::Database { error, in_doubt: false } if E::is_passing(&error) => {
                Error::unreachable(E::NAME, doing, error)
            }
            Self::Database { error, .. } => Error::storage(E::NAME, doing, error),
            Self::Log(error) => error,
        }
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Database { error, in_doubt: false }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Log(error)
    }
}

/// What is stored is not what was written.
pub(crate) fn damaged<E: Engine>(place: impl ToString, why: impl ToString) -> Error {
    let (place, why) = (place.to_string().into(), why.to_string().into());
    Error::Damaged { log: E::NAME, place, why }
}
