//! Canonical texts as the members of an object.

use super::error::StrictError;
use super::escape::unescape;
use super::tokens::{Token, Tokens};
use super::{Bounds, Canonical};

impl Canonical {
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
