//! Why there is no Slack approver.

use crate::client;
use crate::config::ConfigError;

/// Why no Slack approver was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] client::BuildError),
}
