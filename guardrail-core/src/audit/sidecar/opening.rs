//! An opening: what shows which value a commitment was made to.

use std::fmt;

use zeroize::Zeroizing;

use crate::model::RequestId;
use crate::model::secret::{Commitment, Salt};

/// What an opening is kept under: its request, and the commitment in the log that it opens.
///
/// `Display` writes 36 characters of the id, a dot, and 64 hexadecimal digits: safe as the name of a
/// file, whatever the call was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The request.
    pub request: RequestId,
    /// What stands for the value in the log.
    pub commitment: Commitment,
}

impl Label {
    /// Reads what `Display` writes; nothing from whatever else it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (request, commitment) = text.split_once('.')?;
        let request = RequestId::parse(request).ok()?;
        Some(Self { request, commitment: Commitment::parse(commitment)? })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.request, self.commitment)
    }
}

/// Salt and value of one redacted value, and where it stood. Wiped when it goes, and never printed.
#[derive(Clone)]
pub struct Opening {
    label: Label,
    place: Box<str>,
    salt: Salt,
    value: Zeroizing<String>,
}

impl Opening {
    /// The opening of a value of this request at this place, a JSON pointer that begins with the
    /// argument's name. `value` is its [canonical](crate::model::Canonical) text.
    #[must_use]
    pub fn new(
        request: RequestId,
        place: impl Into<Box<str>>,
        salt: Salt,
        value: impl Into<Zeroizing<String>>,
    ) -> Self {
        let (place, value) = (place.into(), value.into());
        let commitment = salt.commit(&place, value.as_bytes());
        Self { label: Label { request, commitment }, place, salt, value }
    }

    /// What a sidecar has read under this label. Whether it is what was kept there is not known:
    /// [`Opening::is_sound`] says.
    #[must_use]
    pub fn read(
        label: Label,
        place: impl Into<Box<str>>,
        salt: Salt,
        value: impl Into<Zeroizing<String>>,
    ) -> Self {
        Self { label, place: place.into(), salt, value: value.into() }
    }

    /// What it is kept under.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }

    /// Where the value stood: a JSON pointer that begins with the argument's name.
    #[must_use]
    pub const fn place(&self) -> &str {
        &self.place
    }

    /// The salt of this value and no other.
    #[must_use]
    pub const fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The value: its canonical text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// Whether it opens the commitment it is kept under.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.salt.commit(&self.place, self.value.as_bytes()) == self.label.commitment
    }
}

impl fmt::Debug for Opening {
    /// Says under which label, and nothing of salt or value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("label", &self.label).finish_non_exhaustive()
    }
}
