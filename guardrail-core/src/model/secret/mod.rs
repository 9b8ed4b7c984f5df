//! Values that no output may hold, and what tells that a text holds one.

mod account;
mod assigned;
mod command;
mod commitment;
mod cookie;
mod credential;
mod given;
mod handshake;
mod key_block;
mod line;
mod mask_text;
mod name;
mod pair;
mod prefix;
mod program;
mod quotes;
mod shape;
#[cfg(test)]
mod tests;
mod token;
mod url;
mod value;

use std::fmt;
use std::marker::PhantomData;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::commitment::{Commitment, Salt};
pub(crate) use self::credential::credentials_behind;
pub use self::credential::looks_like_credential;
pub(crate) use self::given::Given;
pub(crate) use self::handshake::{MARKER, accept, offer, withdraw};
pub(crate) use self::line::{Line, Says};
pub use self::mask_text::mask_text;
pub use self::name::sensitive_name;

/// What stands wherever a secret would have been printed.
const HIDDEN: &str = "[secret]";

/// A value that is never printed, logged or sent: only its length and a salted commitment are
/// kept of it.
///
/// `Debug`, `Display` and every serializer but our own write `[secret]`. A serializer that turns
/// it into text before ours sees it therefore makes all secrets look alike.
///
/// ```
/// # use guardrail_core::model::secret::Secret;
/// let token = Secret::new("ghp_example".to_owned());
/// assert_eq!(format!("{token} {token:?}"), "[secret] [secret]");
/// assert_eq!(serde_json::to_string(&token)?, "\"[secret]\"");
/// assert_eq!(token.expose(), "ghp_example");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(HIDDEN)
    }
}

impl<T: Serialize> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        withdraw();
        serializer.serialize_newtype_struct(MARKER, &Hidden(&self.0))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(MARKER, Uncovered(PhantomData))
    }
}

struct Uncovered<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Uncovered<T> {
    type Value = Secret<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Secret<T>, D::Error> {
        T::deserialize(inner).map(Secret)
    }
}

struct Hidden<'a, T>(&'a T);

impl<T: Serialize> Serialize for Hidden<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if accept() { self.0.serialize(serializer) } else { serializer.serialize_str(HIDDEN) }
    }
}
