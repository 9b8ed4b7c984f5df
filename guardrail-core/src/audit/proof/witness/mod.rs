//! Witnesses: places outside the log that remember its heads, so that no later log can deny them.

mod file;
mod git;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::audit::proof::checkpoint::{Checkpoint, SignedCheckpoint};

pub use file::FileWitness;
pub use git::GitWitness;

/// Remembers heads where whoever could rewrite the log cannot reach.
///
/// # Contract
/// [`Witness::publish`] returns when the head is kept for good. Given a head it has, it does
/// nothing. It refuses one that is smaller than what it has, or of the same size with another root:
/// that log was cut, restored from an old copy, or forked, and the error says so.
#[async_trait]
pub trait Witness: Debug + Send + Sync + 'static {
    /// Its name in messages.
    fn name(&self) -> &str;

    /// Keeps this head.
    ///
    /// # Errors
    /// [`WitnessError`].
    ///
    /// # Cancel safety
    /// Dropped, it is kept or not.
    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError>;
}

const _: Option<&dyn Witness> = None;

/// Why a witness has not taken a head.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// It has seen a later head of this log, or another one of this size.
    #[error("it knows of {known}: the log was cut, replaced by an old copy, or forked")]
    Contradicts {
        /// What it has.
        known: Box<Checkpoint>,
    },
    /// It could not be reached, or could not keep the head.
    #[error("{0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl WitnessError {
    /// It could not be reached, or could not keep the head.
    pub fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(source.into())
    }
}

/// Whether `head` is new to a witness that knows `known`: for witnesses of your own.
///
/// # Errors
/// `Contradicts`.
pub fn is_new(known: Option<&Checkpoint>, head: &Checkpoint) -> Result<bool, WitnessError> {
    let Some(known) = known else { return Ok(true) };
    let contradicts = known.origin() != head.origin()
        || known.size() > head.size()
        || known.size() == head.size() && known.root() != head.root();
    if contradicts {
        return Err(WitnessError::Contradicts { known: Box::new(known.clone()) });
    }
    Ok(known.size() < head.size())
}
