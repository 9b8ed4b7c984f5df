//! What a refused call is to a tool of rig.
//!
//! Here and not beside the facade, because both types must not be strangers to the crate that joins
//! them.

use rig_core::tool::ToolExecutionError;

use crate::gate::error::Error;

/// The model reads the text of the refusal; of an error that rig does not know it reads only that
/// the tool failed.
impl From<Error> for ToolExecutionError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let made = match error.is_refusal() {
            true => Self::refused(text),
            false => Self::other(text),
        };
        made.with_retryable(error.is_retryable()).with_source(error)
    }
}
