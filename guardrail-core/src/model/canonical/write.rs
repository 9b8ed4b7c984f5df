//! The one writer of canonical text: counts, escapes, sorts. Everything canonical comes from here.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::mem;

use super::bounds::Bounds;
use super::error::CaptureError;
use super::escape::{escape, is_clean};
use super::order;
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

/// An array that is open.
#[derive(Debug)]
pub(super) struct Array(());

/// An object that is open.
#[derive(Debug)]
pub(super) struct Object {
    /// Behind the opening brace.
    start: usize,
    /// The first of its members.
    first: usize,
    /// Keys came in order so far.
    sorted: bool,
}

/// The greatest integer, and its negative the least, that every JSON reader keeps exactly.
const SAFE: u64 = (1 << 53) - 1;

impl Writer {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            out: String::with_capacity(96),
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

    // ===== containers =====

    pub(super) fn open_array(&mut self) -> Result<Array, CaptureError> {
        self.deeper()?;
        self.push("[")?;
        Ok(Array(()))
    }

    /// Must come before every element.
    pub(super) fn element(&mut self) -> Result<(), CaptureError> {
        if self.out.as_bytes().last() == Some(&b'[') { Ok(()) } else { self.push(",") }
    }

    pub(super) fn close_array(&mut self, Array(()): Array) -> Result<(), CaptureError> {
        self.depth -= 1;
        self.push("]")
    }

    pub(super) fn open_object(&mut self) -> Result<Object, CaptureError> {
        self.deeper()?;
        self.push("{")?;
        Ok(Object { start: self.out.len(), first: self.members.len(), sorted: true })
    }

    /// Opens a key; its pieces follow, then [`end_key`](Self::end_key), then the value.
    pub(super) fn begin_key(&mut self, object: &Object) -> Result<(), CaptureError> {
        let end = self.out.len();
        if end > object.start {
            if let Some(last) = self.members.last_mut() {
                last.end = end;
            }
            self.push(",")?;
        }
        self.members.push(Member { start: self.out.len(), key_end: 0, end: 0, simple: false });
        self.push("\"")
    }

    pub(super) fn end_key(&mut self, object: &mut Object) -> Result<(), CaptureError> {
        let key_end = self.out.len();
        self.push("\":")?;
        let Some(this) = self.members.last_mut() else { return Ok(()) };
        this.key_end = key_end;
        this.simple = self.out.get(this.start + 1..key_end).is_some_and(order::is_simple);
        let own = self.members.get(object.first..).unwrap_or_default();
        if let [.., before, this] = own
            && object.sorted
        {
            object.sorted = self.compare(before, this).is_lt();
        }
        Ok(())
    }

    /// A whole plain key.
    pub(super) fn key_text(&mut self, object: &mut Object, key: &str) -> Result<(), CaptureError> {
        self.begin_key(object)?;
        self.first_piece(key)?;
        self.end_key(object)
    }

    pub(super) fn close_object(&mut self, object: Object) -> Result<(), CaptureError> {
        self.depth -= 1;
        if !object.sorted {
            self.sort(&object)?;
        }
        self.members.truncate(object.first);
        self.push("}")
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

    fn deeper(&mut self) -> Result<(), CaptureError> {
        self.node()?;
        let limit = self.bounds.deepest();
        if self.depth >= limit {
            return Err(CaptureError::TooDeep { limit });
        }
        self.depth += 1;
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

    /// What stands between the quotes of a key.
    fn key(&self, member: &Member) -> &str {
        self.part(member.start + 1, member.key_end)
    }

    fn compare(&self, left: &Member, right: &Member) -> Ordering {
        let keys = (self.key(left), self.key(right));
        if left.simple && right.simple {
            keys.0.cmp(keys.1)
        } else {
            order::compare(keys.0, keys.1)
        }
    }

    /// Puts the members of the innermost object in order.
    fn sort(&mut self, object: &Object) -> Result<(), CaptureError> {
        let end = self.out.len();
        let mut members = mem::take(&mut self.members);
        if let Some(last) = members.last_mut() {
            last.end = end;
        }
        let own = members.get_mut(object.first..).unwrap_or_default();
        own.sort_unstable_by(|left, right| self.compare(left, right));
        let twice = own.windows(2).any(|pair| match pair {
            [left, right] => self.key(left) == self.key(right),
            _ => false,
        });
        let mut sorted = mem::take(&mut self.scratch);
        sorted.clear();
        for member in own.iter() {
            if !sorted.is_empty() {
                sorted.push(',');
            }
            sorted.push_str(self.part(member.start, member.end));
        }
        self.out.truncate(object.start);
        self.out.push_str(&sorted);
        self.scratch = sorted;
        self.members = members;
        if twice { Err(CaptureError::DuplicateKey) } else { Ok(()) }
    }
}
