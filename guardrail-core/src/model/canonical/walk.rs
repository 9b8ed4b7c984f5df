//! The leaves of a canonical text with the way to each, for whoever shows them.

use std::borrow::Cow;
use std::fmt;

use super::Canonical;
use super::escape::unescape;
use super::tag::{Meaning, Piece, pieces};
use super::tokens::{Token, Tokens};

/// A value that holds no other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leaf<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A number, as it is written.
    Number(&'a str),
    /// What is left of a masked value.
    Secret {
        /// Its length in bytes.
        bytes: usize,
        /// Its salted commitment: 64 hex digits.
        hmac: &'a str,
    },
    /// A string of which credentials were masked.
    Mixed(Vec<Piece<'a>>),
    /// A secret that was not masked yet: never print what it holds.
    Sealed {
        /// The length of its canonical text in bytes.
        bytes: usize,
    },
    /// A boolean.
    Bool(bool),
    /// Nothing.
    Null,
    /// Nothing, but present: `Some(None)` with this many `Some`s.
    SomeNull(usize),
    /// An array without elements.
    EmptyArray,
    /// An object without members.
    EmptyObject,
}

/// One step on the way to a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// A member of an object.
    Key(Cow<'a, str>),
    /// A member whose key was masked.
    MaskedKey {
        /// The key's length in bytes.
        bytes: usize,
        /// Its salted commitment: 64 hex digits.
        hmac: &'a str,
    },
    /// An element of an array, from 0.
    Index(usize),
}

/// The way from the value to one of its leaves; empty if the value is a leaf.
///
/// `Display` writes `.key[0]."odd key"`: two ways never look alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path<'a>(Vec<Step<'a>>);

impl<'a> Path<'a> {
    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step<'a>] {
        &self.0
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Index(place) => write!(f, "[{place}]")?,
                Step::MaskedKey { bytes, hmac } => {
                    let start: String = hmac.chars().take(12).collect();
                    write!(f, ".[masked key, {bytes} bytes, {start}]")?;
                }
                Step::Key(key) if is_word(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, ".{key:?}")?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl<T: AsRef<str>> Canonical<T> {
    /// The leaves in canonical order, each with its way. Does not recurse.
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk::over(self.as_str())
    }
}

/// The leaves of a canonical text, in its order.
#[derive(Clone)]
pub struct Walk<'a> {
    tokens: Tokens<'a>,
    path: Path<'a>,
}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walk(at `{}`)", self.path)
    }
}

impl<'a> Walk<'a> {
    /// The leaves of a text in canonical form.
    pub(crate) fn over(text: &'a str) -> Self {
        Self { tokens: Tokens::new(text), path: Path::default() }
    }

    /// The way of the value that has just been passed; then steps on to the next element.
    fn leave(&mut self) -> Path<'a> {
        let path = self.path.clone();
        self.advance();
        path
    }

    fn advance(&mut self) {
        match self.path.0.last_mut() {
            Some(Step::Index(place)) => *place += 1,
            Some(Step::Key(_) | Step::MaskedKey { .. }) => drop(self.path.0.pop()),
            None => {}
        }
    }

    fn close(&mut self, array: bool) {
        if array {
            self.path.0.pop();
        }
        self.advance();
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = (Path<'a>, Leaf<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let leaf = match self.tokens.next()? {
                Token::OpenArray if self.tokens.peek() == Some(b']') => {
                    self.tokens.next();
                    Leaf::EmptyArray
                }
                Token::OpenObject if self.tokens.peek() == Some(b'}') => {
                    self.tokens.next();
                    Leaf::EmptyObject
                }
                Token::OpenArray => {
                    self.path.0.push(Step::Index(0));
                    continue;
                }
                Token::OpenObject => continue,
                Token::CloseArray => {
                    self.close(true);
                    continue;
                }
                Token::CloseObject => {
                    self.close(false);
                    continue;
                }
                Token::Key(raw) => {
                    self.path.0.push(match Meaning::of(raw) {
                        Meaning::Secret { bytes, hmac } => Step::MaskedKey { bytes, hmac },
                        Meaning::Plain(raw) => Step::Key(unescape(raw)),
                        _ => Step::Key(Cow::Borrowed(raw)),
                    });
                    continue;
                }
                Token::Text(raw) => match Meaning::of(raw) {
                    Meaning::Plain(raw) => Leaf::Text(unescape(raw)),
                    Meaning::Number(text) => Leaf::Number(text),
                    Meaning::Secret { bytes, hmac } => Leaf::Secret { bytes, hmac },
                    Meaning::Mixed(raw) => Leaf::Mixed(pieces(raw).unwrap_or_default()),
                    Meaning::SomeNull(wraps) => Leaf::SomeNull(wraps),
                    Meaning::Sealed(raw) => Leaf::Sealed { bytes: unescape(raw).len() },
                },
                Token::Number(text) => Leaf::Number(text),
                Token::Bool(value) => Leaf::Bool(value),
                Token::Null => Leaf::Null,
            };
            return Some((self.leave(), leaf));
        }
    }
}
