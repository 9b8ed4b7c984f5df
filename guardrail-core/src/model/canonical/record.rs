//! Canonical text in records and as the members of an object.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer, de};

use super::error::StrictError;
use super::escape::unescape;
use super::tokens::{Token, Tokens};
use super::{Bounds, Canonical};

impl Canonical {
    /// The text of nothing.
    #[must_use]
    pub fn null() -> Self {
        Self("null".into())
    }

    /// The members of one JSON object that an agent sent, read as strictly as
    /// [`Canonical::from_json`] reads, in canonical order.
    ///
    /// # Errors
    /// `NotAnObject`, or what breaks a rule or a bound.
    pub fn members(object: &[u8], bounds: &Bounds) -> Result<Vec<(String, Self)>, StrictError> {
        let whole = Self::from_json(object, bounds)?;
        let mut tokens = Tokens::new(&whole.0);
        if tokens.next() != Some(Token::OpenObject) {
            return Err(StrictError::NotAnObject);
        }
        let mut members = Vec::new();
        while let Some(Token::Key(key)) = tokens.next() {
            let key = unescape(key);
            // A leading `#` was doubled, so that no key can be taken for a masked one.
            let name = key.strip_prefix('#').unwrap_or(&key).to_owned();
            members.push((name, Self(tokens.skip_value().into())));
        }
        Ok(members)
    }
}

/// Stands in a record as a string: the exact text the digest covers, so that nobody who checks a
/// digest has to write it again.
pub(crate) mod exact {
    use super::{Canonical, Cow, Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(text: &Canonical, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&text.0)
    }

    /// Takes only text that is in canonical form.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Canonical, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        Canonical::parse(&text).map_err(de::Error::custom)
    }
}
