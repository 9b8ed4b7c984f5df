//! The one writer of canonical text: counts, escapes, sorts. Everything canonical comes from here.

mod container;

use std::fmt::Write as _;
use std::mem;

pub(super) use self::container::{Array, Object};
use super::bounds::Bounds;
use super::error::CaptureError;
use super::escape::{escape, is_clean};
use super::tag::Meaning;

/// Text in the making. What is opened must be closed; the serializer and the reader see to it.
/// No `Debug`: the text may hold secrets.
pub(super) struct Writer {
    out: String,
    bounds: Bounds,
    depth: usize,
    nodes: usize,
    /// Members of all objects that are open, innermost last.
    members: Vec<Member>,
    /// Where objects are put in order and secrets are quoted again; reused.
    scratch: String,
    /// Wrappers (`Some`, newtypes) that leave no trace in the text but do take stack.
    wraps: usize,
    /// Inside a secret.
    pub(super) sealing: bool,
    /// An error was met. If a value's `Serialize` drops it, the text is still refused.
    pub(super) poisoned: bool,
}

/// One member of an open object, as places in the text.
#[derive(Debug, Clone, Copy)]
struct Member {
    /// The opening quote of the key.
    start: usize,
    /// The closing quote of the key.
    key_end: usize,
    /// After the value.
    end: usize,
    /// The order of the key's bytes is its order.
    simple: bool,
}

/// The greatest integer, and its negative the least, that every JSON reader keeps exactly.
const SAFE: u64 = (1 << 53) - 1;

impl Writer {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self::over(String::with_capacity(96), bounds)
    }

    /// Writes in a buffer that was used before; what it held is gone.
    pub(super) fn over(mut out: String, bounds: Bounds) -> Self {
        out.clear();
        Self {
            out,
            bounds,
            depth: 0,
            nodes: 0,
            members: Vec::new(),
            scratch: String::new(),
            wraps: 0,
            sealing: false,
            poisoned: false,
        }
    }

    pub(super) fn finish(self) -> Result<String, CaptureError> {
        if self.poisoned {
            return Err(CaptureError::failed("a part failed and the failure was ignored"));
        }
        Ok(self.out)
    }

    // ===== scalars =====

    pub(super) fn null(&mut self) -> Result<(), CaptureError> {
        self.node()?;
        self.push("null")
    }

    pub(super) fn bool(&mut self, value: bool) -> Result<(), CaptureError> {
        self.node()?;
        self.push(if value { "true" } else { "false" })
    }

    pub(super) fn unsigned(&mut self, value: u128) -> Result<(), CaptureError> {
        self.node()?;
        match u64::try_from(value) {
            Ok(small) if small <= SAFE => self.digits(small),
            _ => self.display(format_args!("\"#{value}\"")),
        }
    }

    /// Writes a number, several times faster than `Display` does.
    fn digits(&mut self, value: u64) -> Result<(), CaptureError> {
        let mut digits = [0; 20];
        let mut rest = value;
        let mut length = 0;
        for place in digits.iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(20 - length);
        self.push(std::str::from_utf8(digits).unwrap_or_default())
    }

    pub(super) fn signed(&mut self, value: i128) -> Result<(), CaptureError> {
        if let Ok(value) = u128::try_from(value) {
            return self.unsigned(value);
        }
        self.node()?;
        match i64::try_from(value) {
            Ok(small) if small.unsigned_abs() <= SAFE => self.display(small),
            _ => self.display(format_args!("\"#{value}\"")),
        }
    }

    pub(super) fn f64(&mut self, value: f64) -> Result<(), CaptureError> {
        if !value.is_finite() {
            return Err(CaptureError::NotANumber);
        }
        self.node()?;
        self.display(format_args!("\"#{value:?}\""))
    }

    pub(super) fn f32(&mut self, value: f32) -> Result<(), CaptureError> {
        if !value.is_finite() {
            return Err(CaptureError::NotANumber);
        }
        self.node()?;
        self.display(format_args!("\"#{value:?}\""))
    }

    // ===== strings =====

    pub(super) fn text(&mut self, text: &str) -> Result<(), CaptureError> {
        self.node()?;
        self.push("\"")?;
        self.first_piece(text)?;
        self.push("\"")
    }

    /// Opens a string that comes in pieces; close it with [`end_text`](Self::end_text).
    pub(super) fn begin_text(&mut self) -> Result<(), CaptureError> {
        self.node()?;
        self.push("\"")
    }

    pub(super) fn end_text(&mut self) -> Result<(), CaptureError> {
        self.push("\"")
    }

    /// Writes the first piece of a plain string or key: a leading `#` is doubled, so that none can
    /// be taken for a tag.
    pub(super) fn first_piece(&mut self, text: &str) -> Result<(), CaptureError> {
        if text.starts_with('#') {
            self.push("#")?;
        }
        self.piece(text)
    }

    /// Writes a piece of a string, escaped.
    pub(super) fn piece(&mut self, text: &str) -> Result<(), CaptureError> {
        if self.out.len() + text.len() > self.bounds.bytes {
            return Err(CaptureError::TooLarge { limit: self.bounds.bytes });
        }
        if is_clean(text) {
            self.out.push_str(text);
            return Ok(());
        }
        escape(text, |piece| self.push(piece))
    }

    /// Writes a string that is a tag of ours: what stands between its quotes, escaped already.
    pub(super) fn tag(&mut self, raw: &str) -> Result<(), CaptureError> {
        self.node()?;
        self.push("\"")?;
        self.push(raw)?;
        self.push("\"")
    }

    /// Turns what was written since `start` into one sealed string.
    pub(super) fn seal_since(&mut self, start: usize) -> Result<(), CaptureError> {
        let mut inner = mem::take(&mut self.scratch);
        inner.clear();
        inner.push_str(self.part(start, self.out.len()));
        self.out.truncate(start);
        let sealed = self
            .push("\"#sealed:")
            .and_then(|()| self.piece(&inner))
            .and_then(|()| self.push("\""));
        self.scratch = inner;
        sealed
    }

    /// Marks what was written since `start` as present, where it would look like nothing.
    pub(super) fn some_since(&mut self, start: usize) -> Result<(), CaptureError> {
        let wraps = match self.part(start, self.out.len()) {
            "null" => 1,
            tagged if tagged.starts_with("\"#null:") => match Meaning::of(tagged.trim_matches('"'))
            {
                Meaning::SomeNull(wraps) => wraps + 1,
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        self.out.truncate(start);
        self.display(format_args!("\"#null:{wraps}\""))
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    // ===== wrappers =====

    /// Counts a wrapper that leaves no trace in the text, so that none can be endless.
    pub(super) fn wrapped<R>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<R, CaptureError>,
    ) -> Result<R, CaptureError> {
        if self.wraps >= 4 * Bounds::DEEPEST {
            return Err(CaptureError::TooDeep { limit: self.bounds.deepest() });
        }
        self.wraps += 1;
        let result = inner(self);
        self.wraps -= 1;
        result
    }

    // ===== private =====

    pub(super) fn node(&mut self) -> Result<(), CaptureError> {
        if self.nodes >= self.bounds.nodes {
            return Err(CaptureError::TooManyNodes { limit: self.bounds.nodes });
        }
        self.nodes += 1;
        Ok(())
    }

    /// Writes text that needs no escapes.
    pub(super) fn push(&mut self, text: &str) -> Result<(), CaptureError> {
        if self.out.len() + text.len() > self.bounds.bytes {
            return Err(CaptureError::TooLarge { limit: self.bounds.bytes });
        }
        self.out.push_str(text);
        Ok(())
    }

    /// Writes a number: short, so the bound is checked afterwards.
    pub(super) fn display(&mut self, value: impl std::fmt::Display) -> Result<(), CaptureError> {
        // Writing to a `String` cannot fail.
        let _ = write!(self.out, "{value}");
        self.push("")
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.out.get(start..end).unwrap_or_default()
    }
}
