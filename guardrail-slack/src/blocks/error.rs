//! What could not be laid out for Slack.

use slackblocks::ValidationError;

/// A message or modal that breaks one of Slack's rules. All limits are kept by construction, so
/// this is a mistake of ours, and nothing is sent.
#[derive(Debug, thiserror::Error)]
#[error("this request cannot be laid out for slack: {0}")]
pub(crate) struct Error(String);

impl From<ValidationError> for Error {
    /// Says where and which rule, and nothing of the text.
    fn from(error: ValidationError) -> Self {
        Self(format!("{} at {}", error.category(), error.path()))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}
