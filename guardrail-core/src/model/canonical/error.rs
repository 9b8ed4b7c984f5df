//! What can be wrong with a value, with a text, or with reading one as a type.

use std::fmt;

use serde::de::Unexpected;
use thiserror::Error;

use crate::model::secret::mask_text;

/// Why a value could not be written in canonical form. Whoever meets it refuses the call.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The text grew past [`Bounds::bytes`](super::Bounds::bytes).
    #[error("the value is longer than {limit} bytes; pass a reference to it or skip it")]
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
    /// Containers stand deeper in one another than [`Bounds::depth`](super::Bounds::depth).
    #[error("the value is nested deeper than {limit} levels; flatten it or skip it")]
    TooDeep {
        /// The bound, in levels.
        limit: usize,
    },
    /// There are more values than [`Bounds::nodes`](super::Bounds::nodes).
    #[error("the value has more than {limit} parts; pass a reference to it or skip it")]
    TooManyNodes {
        /// The bound, in values.
        limit: usize,
    },
    /// A float was NaN or infinite, which no two readers write alike.
    #[error("a number is not finite; send a finite number or none")]
    NotANumber,
    /// A number has more digits than any reader keeps.
    #[error("a number cannot be kept exactly; send it as a string")]
    Inexact,
    /// An object named a member twice.
    #[error("an object has the same key twice; send every key once")]
    DuplicateKey,
    /// A map key was no string, character, boolean, integer or unit variant.
    #[error("a map key cannot be written as text; use strings or integers as keys")]
    KeyNotText,
    /// The value's own `Serialize` failed.
    #[error("the value could not be serialised: {message}")]
    Failed {
        /// What it said: at most 200 characters, credentials masked.
        message: String,
    },
}

impl CaptureError {
    pub(super) fn failed(message: impl fmt::Display) -> Self {
        Self::Failed { message: bounded(message) }
    }
}

impl serde::ser::Error for CaptureError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::failed(message)
    }
}

/// Why a text was refused by the strict decoder. Positions are byte offsets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StrictError {
    /// The text, or what it would become, is too long.
    #[error("the text is longer than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
    /// Containers stand too deep in one another.
    #[error("the text is nested deeper than {limit} levels")]
    TooDeep {
        /// The bound, in levels.
        limit: usize,
    },
    /// There are too many values.
    #[error("the text has more than {limit} values")]
    TooManyNodes {
        /// The bound, in values.
        limit: usize,
    },
    /// The bytes are not UTF-8.
    #[error("byte {at} is not UTF-8")]
    NotUtf8 {
        /// Where.
        at: usize,
    },
    /// The grammar of RFC 8259 is broken.
    #[error("expected {expected} at byte {at}")]
    Syntax {
        /// Where.
        at: usize,
        /// What should have stood there.
        expected: &'static str,
    },
    /// An object names a member twice, after unescaping.
    #[error("the object that ends at byte {at} has the same key twice")]
    DuplicateKey {
        /// Where the object ends.
        at: usize,
    },
    /// Half of a surrogate pair stands alone.
    #[error("a lone surrogate at byte {at}")]
    LoneSurrogate {
        /// Where.
        at: usize,
    },
    /// A number would be rounded: an integer beyond 128 bits, or a float beyond 64.
    #[error("the number at byte {at} cannot be kept exactly; send it as a string")]
    Number {
        /// Where.
        at: usize,
    },
    /// A control message must be an object.
    #[error("the message must be a JSON object")]
    NotAnObject,
    /// The text is JSON, but not in canonical form.
    #[error("the text is not in canonical form")]
    NotCanonical,
    /// The text is sound, but not of the form that was asked for.
    #[error("{message}")]
    Shape {
        /// What is wrong: at most 200 characters, values left out.
        message: String,
    },
}

impl StrictError {
    /// Says at byte `at` what the writer refused.
    pub(super) fn at(at: usize, error: CaptureError) -> Self {
        match error {
            CaptureError::TooLarge { limit } => Self::TooLarge { limit },
            CaptureError::TooDeep { limit } => Self::TooDeep { limit },
            CaptureError::TooManyNodes { limit } => Self::TooManyNodes { limit },
            CaptureError::DuplicateKey => Self::DuplicateKey { at },
            CaptureError::NotANumber | CaptureError::Inexact => Self::Number { at },
            CaptureError::KeyNotText => Self::Syntax { at, expected: "a string" },
            CaptureError::Failed { message } => Self::Shape { message },
        }
    }
}

/// Why canonical text could not be read as a type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The value was masked or redacted: only its length and commitment are left.
    #[error("the value is masked; only its length and commitment are kept")]
    Masked,
    /// The value has another form than the type.
    #[error("{message}")]
    Shape {
        /// What is wrong: at most 200 characters, values left out.
        message: String,
    },
}

impl ReadError {
    /// There is no argument of this name.
    pub(crate) fn missing(name: &str) -> Self {
        Self::Shape { message: bounded(format_args!("there is no argument `{name}`")) }
    }
}

impl serde::de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Shape { message: bounded(message) }
    }

    // The defaults quote the value, which may be a secret.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {}", kind(&found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found another {}", kind(&found)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("expected one of {}", Names(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let field: String = field.chars().take(60).collect();
        Self::custom(format_args!("unknown field {field:?}, expected one of {}", Names(expected)))
    }
}

struct Names(&'static [&'static str]);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        Ok(())
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "float",
        Unexpected::Char(_) | Unexpected::Str(_) => "string",
        Unexpected::Bytes(_) => "byte string",
        Unexpected::Unit => "null",
        Unexpected::Option => "option",
        Unexpected::Seq => "array",
        Unexpected::Map => "object",
        _ => "value",
    }
}

/// At most 200 characters of `message`, credentials masked. Longer messages are cut while they
/// are being written.
fn bounded(message: impl fmt::Display) -> String {
    struct Cut(String);
    impl fmt::Write for Cut {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            self.0.push_str(piece.get(..piece.floor_char_boundary(4096)).unwrap_or(piece));
            if self.0.len() > 4096 { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut cut = Cut(String::new());
    // An error here is the cut itself; what was written until then is the message.
    let _ = fmt::write(&mut cut, format_args!("{message}"));
    mask_text(&cut.0).chars().take(200).collect()
}
