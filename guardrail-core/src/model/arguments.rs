//! The arguments of a call, captured: what the digest covers and what reviewers see.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::model::canonical::{Canonical, CaptureError, Leaf, Pen, ReadError, Walk, place};
use crate::model::digest::Fields;
use crate::model::piece::{Captured, Entries, Entry};
use crate::model::secret::{Commitment, Salt};

/// One argument of a call.
#[derive(Clone, Copy)]
pub struct Argument<'a> {
    entry: Entry<'a>,
    hidden: Option<&'a Hidden>,
}

/// The value itself of an argument that is shown as a commitment. It leaves this process for a
/// sidecar only, and is wiped with its last holder.
pub(super) struct Hidden {
    /// Which argument it is of, from 0.
    pub(super) index: usize,
    pub(super) plain: Zeroizing<Box<str>>,
    /// What opens the commitment; nothing where the value is never kept.
    pub(super) salt: Option<Salt>,
}

/// What opens the commitment to a redacted argument.
pub(crate) struct Opens<'a> {
    pub(crate) name: &'a str,
    pub(crate) salt: &'a Salt,
    pub(crate) value: &'a str,
}

impl<'a> Argument<'a> {
    /// The parameter's name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.entry.name
    }

    /// How it was captured.
    #[must_use]
    pub const fn captured(&self) -> Captured {
        self.entry.captured
    }

    /// Its canonical text, in which credentials and redacted values stand as commitments.
    #[must_use]
    pub const fn canonical(&self) -> Canonical<&'a str> {
        Canonical::written_before(self.entry.json)
    }

    /// The same as text.
    pub(super) const fn json(&self) -> &'a str {
        self.entry.json
    }

    /// The leaves of its canonical text, each with its way.
    #[must_use]
    pub fn walk(&self) -> Walk<'a> {
        Walk::over(self.entry.json)
    }

    /// The commitment that stands for it, and the place it was made for, where it was redacted.
    #[must_use]
    pub fn commitment(&self) -> Option<(String, Commitment)> {
        match self.walk().next() {
            Some((path, Leaf::Secret { hmac, .. }))
                if self.captured() == Captured::Redacted && path.steps().is_empty() =>
            {
                Commitment::parse(hmac).map(|commitment| (place(self.name()), commitment))
            }
            _ => None,
        }
    }

    /// Whether a part of it is shown as a commitment only.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.hidden.is_some()
            || self.walk().any(|(_, leaf)| matches!(leaf, Leaf::Secret { .. } | Leaf::Mixed(_)))
    }

    /// The value the body would receive.
    ///
    /// # Errors
    /// When it was not captured as a value, is no `T`, or was read from a log that hides it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        self.value().read()
    }

    /// What was captured, where it is at hand; else what stands for it.
    fn value(&self) -> Canonical<&'a str> {
        self.plain().map_or(self.canonical(), Canonical::written_before)
    }

    fn plain(&self) -> Option<&'a str> {
        self.hidden.map(|hidden| &**hidden.plain)
    }

    /// Whether another is the very same. What is hidden has another commitment in every call; it is
    /// the same where both values are at hand and equal.
    fn is_same(&self, other: &Argument<'_>) -> bool {
        let (a, b) = (&self.entry, &other.entry);
        let values = match (self.plain(), other.plain()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a.json == b.json,
            _ => false,
        };
        a.name == b.name && a.captured == b.captured && values
    }
}

impl fmt::Debug for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} {}", self.name(), self.captured(), self.entry.json)
    }
}

/// All arguments of a call, in the order of its parameters. Cheap to clone.
#[derive(Clone, Default)]
pub struct Arguments {
    /// What the digest covers, the log keeps and people see: credentials stand as commitments.
    piece: Arc<str>,
    /// What it hides, in its order, where it hides something.
    hidden: Option<Arc<Vec<Hidden>>>,
}

impl Arguments {
    pub(super) fn new(piece: &str, hidden: Vec<Hidden>) -> Self {
        Self { piece: piece.into(), hidden: (!hidden.is_empty()).then(|| Arc::new(hidden)) }
    }

    /// What opens the commitments to redacted arguments, where it may be kept.
    pub(crate) fn opens(&self) -> impl Iterator<Item = Opens<'_>> {
        self.all().filter_map(|argument| {
            let hidden = argument.hidden?;
            let salt = hidden.salt.as_ref()?;
            Some(Opens { name: argument.name(), salt, value: &hidden.plain })
        })
    }

    /// The arguments once more, for a second capture to be held against.
    pub(crate) fn again(&self) -> Again<'_> {
        Again { left: self.all() }
    }

    /// Whether another call has the very same arguments.
    pub(crate) fn are_same(&self, other: &Self) -> bool {
        let (mut ours, mut others) = (self.all(), other.all());
        let same = ours.by_ref().all(|a| others.next().is_some_and(|b| a.is_same(&b)));
        same && others.next().is_none()
    }

    /// The arguments, in the order of the parameters.
    pub fn iter(&self) -> impl Iterator<Item = Argument<'_>> {
        self.all()
    }

    fn all(&self) -> All<'_> {
        let hidden = self.hidden.as_ref().map_or(&[][..], |hidden| hidden);
        All { left: Entries(&self.piece), at: 0, hidden }
    }

    /// The argument with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Argument<'_>> {
        self.all().find(|argument| argument.name() == name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all().count()
    }

    /// Whether the call has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.piece.is_empty()
    }

    /// The value of one argument.
    ///
    /// # Errors
    /// When there is none of that name, or as [`Argument::read`] says.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, ReadError> {
        self.get(name).ok_or_else(|| ReadError::missing(name))?.read()
    }

    /// Sorted by the UTF-16 code units of the name, as RFC 8785 sorts members.
    pub(crate) fn hash_into(&self, fields: &mut Fields) {
        let mut sorted: Vec<(&str, &str)> = Vec::with_capacity(8);
        Entries(&self.piece).for_each(|entry| sorted.push((entry.name, entry.whole)));
        // Where all is ASCII the bytes have the order of the code units.
        match self.piece.is_ascii() {
            true => sorted.sort_by_key(|(name, _)| *name),
            false => sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16())),
        }
        fields.count(sorted.len());
        sorted.iter().for_each(|(_, whole)| fields.netstrings(whole));
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

/// Arguments one by one, each with what it hides.
struct All<'a> {
    left: Entries<'a>,
    at: usize,
    hidden: &'a [Hidden],
}

impl<'a> Iterator for All<'a> {
    type Item = Argument<'a>;

    fn next(&mut self) -> Option<Argument<'a>> {
        let entry = self.left.next()?;
        let mut hidden = None;
        if let [first, rest @ ..] = self.hidden
            && first.index == self.at
        {
            (hidden, self.hidden) = (Some(first), rest);
        }
        self.at += 1;
        Some(Argument { entry, hidden })
    }
}

/// Arguments that a second capture is held against, one by one.
pub(crate) struct Again<'a> {
    left: All<'a>,
}

impl Again<'_> {
    /// Whether the next argument is the very same: of this name, captured like this, and with the
    /// value that `write` puts.
    pub(crate) fn is_next(
        &mut self,
        name: &str,
        captured: Captured,
        write: impl FnOnce(&mut Pen) -> Result<(), CaptureError>,
    ) -> bool {
        self.left.next().is_some_and(|argument| {
            argument.name() == name && argument.captured() == captured && argument.value().is(write)
        })
    }

    /// Whether there is no further one.
    pub(crate) fn is_over(&mut self) -> bool {
        self.left.next().is_none()
    }
}
