//! The arguments of a call, captured: what the digest covers and what reviewers see.

use std::borrow::Cow;
use std::fmt;
use std::slice;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::canonical::{Canonical, CaptureError, Leaf, Pen, ReadError, place};
use crate::model::digest::Fields;
use crate::model::secret::{Commitment, Salt, sensitive_name};

/// How an argument was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Captured {
    /// Its value, by `Serialize`.
    Value,
    /// Its `Debug` text, because the developer asked for that.
    Debug,
    /// A salted commitment to its value; the value itself is shown to nobody.
    Redacted,
    /// Nothing: the developer left it out, and the card says so.
    Skipped,
    /// Nothing: it could not be captured, and the call is refused for that.
    Unshowable,
}

/// One argument of a call.
#[derive(Clone)]
pub struct Argument {
    name: Cow<'static, str>,
    captured: Captured,
    /// What the digest covers, the log keeps and people see: credentials stand as commitments.
    json: Canonical,
    /// What `json` hides, where it hides something.
    hidden: Option<Box<Hidden>>,
}

/// The value itself of an argument that is shown as a commitment. It leaves this process for a
/// sidecar only, and is wiped with its last holder.
#[derive(Clone)]
struct Hidden {
    plain: Canonical,
    /// What opens the commitment; nothing where the value is never kept.
    salt: Option<Salt>,
}

impl Drop for Hidden {
    fn drop(&mut self) {
        self.plain.wipe();
    }
}

/// What opens the commitment to a redacted argument.
pub(crate) struct Opens<'a> {
    pub(crate) name: &'a str,
    pub(crate) salt: &'a Salt,
    pub(crate) value: &'a str,
}

/// An argument as it was captured, before credentials in it are masked.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) name: Cow<'static, str>,
    pub(crate) captured: Captured,
    pub(crate) json: Canonical,
}

impl Capture {
    /// Whether a part of it must not be shown.
    fn hides(&self) -> bool {
        match self.captured {
            Captured::Value | Captured::Debug => self.json.holds_secret(&self.name),
            Captured::Redacted => true,
            Captured::Skipped | Captured::Unshowable => false,
        }
    }

    /// All of it, where nothing is to be hidden.
    fn show(self) -> Argument {
        let Self { name, captured, json } = self;
        Argument { name, captured, json, hidden: None }
    }

    /// What the log keeps and people see of it.
    fn mask(self, salt: &Salt) -> Argument {
        let Self { name, captured, json } = self;
        let masked = match captured {
            Captured::Value | Captured::Debug => json.mask(salt, &name),
            Captured::Redacted => Some(json.redact(salt, &name)),
            Captured::Skipped | Captured::Unshowable => None,
        };
        match masked {
            Some(masked) => {
                let salt = is_keepable(captured, &name, &json).then(|| salt.at(&place(&name)));
                let hidden = Some(Box::new(Hidden { plain: json, salt }));
                Argument { name, captured, json: masked, hidden }
            }
            None => Argument { name, captured, json, hidden: None },
        }
    }
}

/// Whether a sidecar may keep the value: one that was redacted, and in which there is no credential.
/// A credential is worth something to whoever finds it, and proves nothing to whoever looks back.
fn is_keepable(captured: Captured, name: &str, json: &Canonical) -> bool {
    captured == Captured::Redacted && !sensitive_name(name) && !json.holds_secret(name)
}

impl Argument {
    /// An argument as a record holds it.
    pub(crate) fn recorded(name: String, captured: Captured, json: Canonical) -> Self {
        Self { name: Cow::Owned(name), captured, json, hidden: None }
    }

    /// The parameter's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it was captured.
    #[must_use]
    pub const fn captured(&self) -> Captured {
        self.captured
    }

    /// Its canonical text, in which credentials and redacted values stand as commitments.
    #[must_use]
    pub const fn canonical(&self) -> &Canonical {
        &self.json
    }

    /// The commitment that stands for it, and the place it was made for, where it was redacted.
    #[must_use]
    pub fn commitment(&self) -> Option<(String, Commitment)> {
        match self.json.walk().next() {
            Some((path, Leaf::Secret { hmac, .. }))
                if self.captured == Captured::Redacted && path.steps().is_empty() =>
            {
                Commitment::parse(hmac).map(|commitment| (place(&self.name), commitment))
            }
            _ => None,
        }
    }

    /// Whether a part of it is shown as a commitment only.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.hidden.is_some()
            || self
                .json
                .walk()
                .any(|(_, leaf)| matches!(leaf, Leaf::Secret { .. } | Leaf::Mixed(_)))
    }

    /// The value the body would receive.
    ///
    /// # Errors
    /// When it was not captured as a value, is no `T`, or was read from a log that hides it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        self.plain().unwrap_or(&self.json).read()
    }

    fn plain(&self) -> Option<&Canonical> {
        self.hidden.as_ref().map(|hidden| &hidden.plain)
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} {}", self.name, self.captured, self.json.as_str())
    }
}

/// All arguments of a call, in the order of its parameters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Arguments(Arc<[Argument]>);

impl Arguments {
    /// Masks what was captured. A salt is asked for only where something is to be hidden.
    pub(crate) fn new<E>(
        captures: Vec<Capture>,
        salt: impl FnOnce() -> Result<Salt, E>,
    ) -> Result<Self, E> {
        if !captures.iter().any(Capture::hides) {
            return Ok(Self(captures.into_iter().map(Capture::show).collect()));
        }
        let salt = salt()?;
        Ok(Self(captures.into_iter().map(|capture| capture.mask(&salt)).collect()))
    }

    /// The arguments as a record holds them.
    pub(crate) fn recorded(arguments: Vec<Argument>) -> Self {
        Self(arguments.into())
    }

    /// What opens the commitments to redacted arguments, where it may be kept.
    pub(crate) fn opens(&self) -> impl Iterator<Item = Opens<'_>> {
        self.0.iter().filter_map(|argument| {
            let hidden = argument.hidden.as_ref()?;
            let salt = hidden.salt.as_ref()?;
            Some(Opens { name: &argument.name, salt, value: hidden.plain.as_str() })
        })
    }

    /// The arguments once more, for a second capture to be held against.
    pub(crate) fn again(&self) -> Again<'_> {
        Again { left: self.0.iter() }
    }

    /// Whether another call has the very same arguments. What is hidden has another commitment in
    /// every call; it is the same where both values are at hand and equal.
    pub(crate) fn are_same(&self, other: &Self) -> bool {
        let same = |(a, b): (&Argument, &Argument)| {
            let values = match (a.plain(), b.plain()) {
                (Some(a), Some(b)) => a.as_str() == b.as_str(),
                (None, None) => a.json.as_str() == b.json.as_str(),
                _ => false,
            };
            a.name == b.name && a.captured == b.captured && values
        };
        self.0.len() == other.0.len() && self.0.iter().zip(other.0.iter()).all(same)
    }

    /// The arguments, in the order of the parameters.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Argument> {
        self.0.iter()
    }

    /// The argument with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the call has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
        let mut sorted: Vec<&Argument> = self.0.iter().collect();
        sorted.sort_by(|a, b| match a.name.is_ascii() && b.name.is_ascii() {
            // Of these the bytes have the order of the code units.
            true => a.name.cmp(&b.name),
            false => a.name.encode_utf16().cmp(b.name.encode_utf16()),
        });
        fields.count(sorted.len());
        for argument in sorted {
            fields.text(&argument.name);
            fields.text(match argument.captured {
                Captured::Value => "v",
                Captured::Debug => "d",
                Captured::Redacted => "r",
                Captured::Skipped => "s",
                Captured::Unshowable => "u",
            });
            fields.text(argument.json.as_str());
        }
    }
}

/// Arguments that a second capture is held against, one by one.
pub(crate) struct Again<'a> {
    left: slice::Iter<'a, Argument>,
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
            argument.name == name
                && argument.captured == captured
                && argument.plain().unwrap_or(&argument.json).is(write)
        })
    }

    /// Whether there is no further one.
    pub(crate) fn is_over(&self) -> bool {
        self.left.len() == 0
    }
}
