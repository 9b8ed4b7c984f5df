//! The canonical text of a value: one value, one text; one text, one value.
//!
//! It is JSON in the order of RFC 8785 (members by UTF-16 code units, as few escapes as possible,
//! no blanks), so any JSON reader reads it. What JSON readers disagree on stands in strings that
//! begin with `#`, and a plain string that begins with `#` gets one more in front, so that none
//! can be taken for another:
//!
//! | text | means |
//! |---|---|
//! | `42`, `-7` | an integer within ±(2^53 − 1) |
//! | `"#18446744073709551616"` | any other integer |
//! | `"#1.5"`, `"#1.0"`, `"#-0.0"` | a float, in the shortest digits that read back as it |
//! | `"##x"` | the string `#x` |
//! | `"#null:1"` | `Some(None)`, which is not the `None` that `null` is; `"#null:2"`: once more |
//! | `"#secret:BYTES:HMAC"` | a value that was masked: its length, its salted commitment |
//! | `"#mixed:.. #secret:BYTES:HMAC# .."` | a string of which credentials were masked; `##` is `#` |
//! | `"#sealed:.."` | a [`Secret`](crate::model::secret::Secret) that was not masked yet |
//!
//! NaN, infinities and duplicate keys have no text. A 32-bit float is written in its own shortest
//! digits, so it reads as the decimal that a person would write.

mod beside;
mod bounds;
mod error;
mod escape;
mod mask;
mod members;
mod number;
mod order;
mod read;
mod ser;
mod strict;
mod tag;
#[cfg(test)]
mod tests;
mod tokens;
mod walk;
mod write;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::bounds::Bounds;
pub use self::error::{CaptureError, ReadError, StrictError};
pub(crate) use self::mask::place;
use self::read::Reading;
use self::strict::Source;
pub use self::tag::Piece;
pub use self::walk::{Leaf, Path, Step, Walk};
use self::write::Writer;

/// Most bytes of the buffer that a thread keeps for the next text.
const SCRATCH_KEPT: usize = 4 * 1024;

thread_local! {
    static SCRATCH: Cell<String> = const { Cell::new(String::new()) };
}

/// The canonical JSON text of one value. Cheap to clone; equal exactly where the values are.
///
/// `Debug` prints its length only: the text may hold secrets until it is
/// [masked](Canonical::mask).
///
/// `Canonical<&str>` is the same borrowed: of an argument, which stands in one piece with others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Canonical<T = Arc<str>>(T);

impl Canonical {
    /// Writes `value` in canonical form, within `bounds`.
    ///
    /// # Errors
    /// Whatever has no canonical text, breaks a bound, or fails to serialise.
    pub fn of<T: Serialize + ?Sized>(value: &T, bounds: &Bounds) -> Result<Self, CaptureError> {
        scribble(bounds, |pen| pen.put(value), |text| Self(text.0.into()))
    }

    /// Reads JSON that an agent or a network sent: RFC 8259, UTF-8 without a byte order mark,
    /// no key twice, no lone surrogate, nothing behind the value. Integers are kept up to 128
    /// bits; a float must be a 64-bit one to its last digit. Strings that look like a tag are
    /// strings.
    ///
    /// # Errors
    /// Names the byte at which the text breaks a rule or a bound.
    pub fn from_json(bytes: &[u8], bounds: &Bounds) -> Result<Self, StrictError> {
        strict::read(bytes, *bounds, Source::Json).map(Self::from_text)
    }

    /// Takes text that was written in canonical form before, byte for byte.
    ///
    /// # Errors
    /// `NotCanonical`, or what makes it no JSON, if [`Canonical::as_str`] could not have
    /// returned it.
    pub fn parse(text: &str) -> Result<Self, StrictError> {
        let again = strict::read(text.as_bytes(), Bounds::STORED, Source::Canonical)?;
        if again == text { Ok(Self::from_text(again)) } else { Err(StrictError::NotCanonical) }
    }

    pub(crate) fn borrowed(&self) -> Canonical<&str> {
        Canonical(&self.0)
    }

    fn from_text(text: String) -> Self {
        Self(text.into())
    }
}

impl<'a> Canonical<&'a str> {
    /// Text that was written in canonical form, here, before.
    pub(crate) const fn written_before(text: &'a str) -> Self {
        Self(text)
    }

    /// The text of nothing.
    pub(crate) const NULL: Canonical<&'static str> = Canonical("null");

    /// Whether what `write` puts has this very text. Nothing of it is kept.
    pub(crate) fn is(self, write: impl FnOnce(&mut Pen) -> Result<(), CaptureError>) -> bool {
        scribble(&Bounds::default(), write, |text| text == self).unwrap_or(false)
    }
}

impl<T: AsRef<str>> Canonical<T> {
    /// Gives the value to serde as the original did: tagged numbers are numbers again, sealed
    /// secrets their value.
    ///
    /// # Errors
    /// `Masked` if a masked value is asked for; `Shape` if the type has another form.
    pub fn read<V: DeserializeOwned>(&self) -> Result<V, ReadError> {
        read::read(self.as_str(), Reading::Lenient)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// Bytes of the text; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a canonical text is never empty")]
    pub fn len(&self) -> usize {
        self.as_str().len()
    }
}

/// What values are put in canonical form with.
pub struct Pen(Writer);

impl Pen {
    /// Puts one value.
    ///
    /// # Errors
    /// As [`Canonical::of`] says.
    pub fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        value.serialize(&mut self.0)
    }
}

impl fmt::Debug for Pen {
    /// Says nothing of what was written: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pen").finish_non_exhaustive()
    }
}

/// Writes in a buffer that is kept, and has the text read there.
pub(crate) fn scribble<T>(
    bounds: &Bounds,
    write: impl FnOnce(&mut Pen) -> Result<(), CaptureError>,
    read: impl FnOnce(Canonical<&str>) -> T,
) -> Result<T, CaptureError> {
    let scratch = SCRATCH.try_with(Cell::take).unwrap_or_default();
    let mut pen = Pen(Writer::over(scratch, *bounds));
    write(&mut pen)?;
    let text = pen.0.finish()?;
    let read = read(Canonical(&text));
    if text.capacity() <= SCRATCH_KEPT {
        let _ = SCRATCH.try_with(|scratch| scratch.set(text));
    }
    Ok(read)
}

impl<T: AsRef<str>> fmt::Debug for Canonical<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canonical({} bytes)", self.len())
    }
}

/// Reads a control message (a decision, a vote) of a network into `T`.
///
/// Stricter than serde_json: the message is an object, no key comes twice on any level, structs
/// are objects (never arrays), unit variants are strings. Give `T` `deny_unknown_fields`, and no
/// `flatten`, `tag` or `untagged`: what serde buffers for these it reads as laxly as ever.
///
/// # Errors
/// `NotAnObject`, what breaks a rule of [`Canonical::from_json`], or `Shape`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], bounds: &Bounds) -> Result<T, StrictError> {
    let message = Canonical::from_json(bytes, bounds)?;
    if !message.0.starts_with('{') {
        return Err(StrictError::NotAnObject);
    }
    read::read(&message.0, Reading::Strict)
        .map_err(|error| StrictError::Shape { message: error.to_string() })
}
