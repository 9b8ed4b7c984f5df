//! The keys a verifier believes: the present one, and those before it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::proof::key::{PublicKey, PublicKeyError, Signature};

/// Most keys of one list.
const MOST: usize = 1000;

/// Keys that are believed, oldest first.
///
/// Its text has a line for each: the base64 of the key, and on every line but the first, behind a
/// space, the base64 of the signature by which the key before it named it its successor. So whoever
/// trusts the first key can follow to the last. What is signed are two lines, each with its line
/// feed: `guardrail key rotation v1` and the base64 of the new key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    keys: Vec<(PublicKey, Option<Signature>)>,
}

impl Keys {
    /// Only this one.
    #[must_use]
    pub fn of(key: PublicKey) -> Self {
        Self { keys: vec![(key, None)] }
    }

    /// Reads a list, or a single key as [`PublicKey::parse`] does.
    ///
    /// # Errors
    /// When a line is no key, or was not named by the key before it.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        if text.trim_start().starts_with("-----BEGIN") {
            return Ok(Self::of(PublicKey::parse(text)?));
        }
        let mut keys: Vec<(PublicKey, Option<Signature>)> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let (key, by) = line.split_once(' ').map_or((line, None), |(key, by)| (key, Some(by)));
            let key = PublicKey::parse(key)?;
            let named = by.and_then(|by| STANDARD.decode(by).ok()?.try_into().ok());
            let is_named = match keys.last() {
                None => by.is_none(),
                Some((before, _)) => {
                    named.is_some_and(|named| before.verifies(rotation(&key).as_bytes(), &named))
                }
            };
            if !is_named || keys.len() == MOST {
                return Err(KeysError::NotNamed { key: key.to_string().into() });
            }
            keys.push((key, named));
        }
        if keys.is_empty() { Err(KeysError::Empty) } else { Ok(Self { keys }) }
    }

    /// The list as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (key, named) in &self.keys {
            // Writing to a `String` cannot fail.
            let _ = match named {
                None => writeln!(text, "{key}"),
                Some(named) => writeln!(text, "{key} {}", STANDARD.encode(named)),
            };
        }
        text
    }

    /// The keys, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().map(|(key, _)| key)
    }

    /// The one in use.
    #[must_use]
    pub fn last(&self) -> Option<&PublicKey> {
        self.keys.last().map(|(key, _)| key)
    }

    /// Believes this one too, whoever named it.
    #[must_use]
    pub fn and(mut self, key: PublicKey) -> Self {
        if !self.iter().any(|known| *known == key) {
            self.keys.push((key, None));
        }
        self
    }

    /// Adds the key that the last one has named its successor.
    pub(super) fn follow(&mut self, key: PublicKey, named: Signature) {
        self.keys.push((key, Some(named)));
    }
}

/// What a key signs to name its successor.
pub(super) fn rotation(next: &PublicKey) -> String {
    format!("guardrail key rotation v1\n{next}\n")
}

/// A text that is no list of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// A line is no key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// A key was not named by the one before it.
    #[error("the key `{key}` was not named by the one before it")]
    NotNamed {
        /// Which.
        key: Box<str>,
    },
    /// It holds none.
    #[error("the list holds no key")]
    Empty,
}
