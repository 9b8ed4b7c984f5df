//! Why a payload was not read.

/// Why a payload was not read. It says which part, and nothing of what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// Longer than anything Slack sends.
    #[error("a payload is too long")]
    TooLong,
    /// No JSON, or not the JSON of such a payload.
    #[error("a payload is no json of its kind (line {line}, column {column})")]
    Json { line: usize, column: usize },
    /// A part is missing, is there twice, or is not what it should be.
    #[error("{0} of a payload is not what it should be")]
    Shape(&'static str),
}

impl DecodeError {
    pub(super) fn json(error: serde_json::Error) -> Self {
        Self::Json { line: error.line(), column: error.column() }
    }
}
