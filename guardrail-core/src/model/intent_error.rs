//! Why no intent could be made of a call.

use crate::clock::EntropyError;
use crate::model::canonical::{CaptureError, StrictError};
use crate::model::name::NameError;
use crate::model::prose::cut;
use crate::model::secret::mask_text;

/// Why no intent could be made of a call. The call is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// A name breaks its rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// An argument could not be captured.
    #[error("argument `{name}` could not be captured: {source}")]
    Capture {
        /// The parameter.
        name: String,
        /// Why.
        source: CaptureError,
    },
    /// Arguments given as JSON are not strict JSON.
    #[error("the {bytes} bytes of arguments are not strict JSON: {source}")]
    Strict {
        /// How many bytes were given; nothing else is kept of them.
        bytes: usize,
        /// Why.
        source: StrictError,
    },
    /// Arguments given as JSON are more than one call may have.
    #[error("the {bytes} bytes of arguments have {members} members, and {limit} are the most")]
    TooMany {
        /// How many bytes were given; nothing else is kept of them.
        bytes: usize,
        /// How many members they have.
        members: usize,
        /// The bound.
        limit: usize,
    },
    /// Two arguments have one name.
    #[error("there are two arguments named `{0}`")]
    Twice(String),
    /// A part is longer than its bound, in bytes or entries.
    #[error("the {part} is longer than {limit}")]
    TooLong {
        /// Which part.
        part: &'static str,
        /// Its bound.
        limit: usize,
    },
    /// The resource would carry a credential to every reader.
    #[error("the resource looks like a credential ({0}); name the resource without it")]
    Credential(&'static str),
    /// The name of an argument would do so.
    #[error("the name of an argument looks like a credential ({0}); pass it as a value")]
    NamedCredential(&'static str),
    /// A part that every intent has was not given.
    #[error("the intent has no {0}")]
    Missing(&'static str),
    /// The preview failed or took too long.
    #[error("the preview failed: {0}")]
    Preview(String),
    /// There was no randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl IntentError {
    /// A preview that failed; its words are the preview's own, masked and cut.
    pub(crate) fn preview(why: &str) -> Self {
        Self::Preview(cut(&mask_text(why), 512).into())
    }
}
