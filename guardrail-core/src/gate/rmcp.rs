//! What a refused call is to a server of the Model Context Protocol.
//!
//! Here and not beside the facade, because both the trait and [`Error`] must not be strangers to the
//! crate that joins them.

use rmcp::ErrorData;
use rmcp::model::{ContentBlock, ErrorCode, IntoContents};

use crate::gate::error::Error;

/// A refusal as an error of the protocol: a refusal is an invalid request, everything else an
/// internal error. Clients need not show such an error to the model: prefer to return [`Error`]
/// itself, or a `String`, which is the tool's own error, and what the model reads.
impl From<Error> for ErrorData {
    fn from(error: Error) -> Self {
        let code = match error.is_refusal() {
            true => ErrorCode::INVALID_REQUEST,
            false => ErrorCode::INTERNAL_ERROR,
        };
        Self::new(code, error.to_string(), None)
    }
}

/// The text the model reads; in the `Err` of a tool's `Result`, marked as an error.
impl IntoContents for Error {
    fn into_contents(self) -> Vec<ContentBlock> {
        vec![ContentBlock::text(self.to_string())]
    }
}
