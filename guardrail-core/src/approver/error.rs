//! Why an approver can no longer answer.

use crate::desk;

/// Why an approver can no longer answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be read or changed.
    #[error(transparent)]
    Desk(#[from] desk::Error),
    /// The channel itself failed.
    #[error("the {channel} channel failed: {source}")]
    Channel {
        /// Which.
        channel: Box<str>,
        /// What it said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// A failure of the channel itself.
    pub fn channel(
        channel: &str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Channel { channel: channel.into(), source: source.into() }
    }
}
