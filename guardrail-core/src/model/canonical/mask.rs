//! Takes secrets out of a canonical text: what a name, a shape or a type says is one is replaced
//! by its length and a salted commitment.

use std::fmt::Write as _;

use super::Canonical;
use super::beside::{Beside, Said};
use super::bounds::Bounds;
use super::error::CaptureError;
use super::escape::unescape;
use super::tag::Meaning;
use super::tokens::{Token, Tokens};
use super::write::{Array, Object, Writer};
use crate::model::secret::{Salt, credentials_behind, looks_like_credential, sensitive_name};

impl<T: AsRef<str>> Canonical<T> {
    /// The text without secrets; None if it holds none.
    ///
    /// Masked are: [secrets](crate::model::secret::Secret) by type; strings and numbers under a
    /// [sensitive name](sensitive_name), `name` being that of the whole value, and keys that
    /// [look like a credential](looks_like_credential); and in other strings the credentials
    /// themselves, also those whose name stands beside them, `["--password", ..]` and
    /// `{"name": "DB_PASSWORD", "value": ..}`. What stands around a credential stays readable, so
    /// that no command can hide beside one.
    ///
    /// Every commitment covers the place of its value, and has a salt [of its own](Salt::at) made
    /// from `salt` and that place: `/`, `name`, and the way from there as a
    /// JSON pointer (RFC 6901). A credential inside a string stands at that place with `~2` and
    /// its number, from 0, behind it; a key at the place of its object with `~3` behind it.
    #[must_use]
    pub fn mask(&self, salt: &Salt, name: &str) -> Option<Canonical> {
        if !holds_secret(self.as_str(), name) {
            return None;
        }
        let pointer = place(name);
        let unbounded = Bounds { bytes: usize::MAX, depth: Bounds::DEEPEST, nodes: usize::MAX };
        let masker = Masker {
            writer: Writer::new(unbounded),
            salt,
            pointer,
            frames: Vec::new(),
            secret: sensitive_name(name),
            beside: Beside::new(name, &Tokens::new(self.as_str())),
        };
        // Nothing can fail without bounds; if it does, nothing is shown.
        Some(
            masker
                .run(self.as_str())
                .map_or_else(|_| self.redact(salt, name), Canonical::from_text),
        )
    }

    /// Whether [`Canonical::mask`] would find anything.
    pub(crate) fn holds_secret(&self, name: &str) -> bool {
        holds_secret(self.as_str(), name)
    }

    /// The whole value, that of the argument `name`, as one masked leaf. The commitment covers the
    /// canonical text at the place `/`, `name`; of a string, the length is that of the string.
    #[must_use]
    pub fn redact(&self, salt: &Salt, name: &str) -> Canonical {
        let bytes = match Tokens::new(self.as_str()).next() {
            Some(Token::Text(raw)) => match Meaning::of(raw) {
                Meaning::Plain(raw) => unescape(raw).len(),
                // What was masked before stays as it is.
                Meaning::Secret { .. } => return Canonical(self.as_str().into()),
                Meaning::Sealed(inner) => unescape(inner).len(),
                Meaning::Number(text) => text.len(),
                Meaning::Mixed(_) | Meaning::SomeNull(_) => self.as_str().len(),
            },
            _ => self.as_str().len(),
        };
        Canonical::from_text(format!(
            "\"{}\"",
            masked(salt, &place(name), bytes, self.as_str().as_bytes())
        ))
    }
}

/// Tells whether there is anything to mask. Allocates only to unescape.
fn holds_secret(text: &str, name: &str) -> bool {
    if let Some(holds) = alone_holds_secret(text, name) {
        return holds;
    }
    // The next value stands under a sensitive name.
    let mut named = sensitive_name(name);
    // The depth of the outermost container that does.
    let mut inside: Option<usize> = None;
    let mut depth = 0_usize;
    let mut tokens = Tokens::new(text);
    let mut beside = Beside::new(name, &tokens);
    while let Some(token) = tokens.next() {
        let said = beside.token(&token, &tokens);
        match token {
            Token::Key(raw) => match Meaning::of(raw) {
                Meaning::Plain(raw) => {
                    let key = unescape(raw);
                    if looks_like_credential(&key).is_some() {
                        return true;
                    }
                    named = !beside.in_commands() && sensitive_name(&key);
                }
                _ => named = false,
            },
            Token::OpenArray | Token::OpenObject => {
                if named && inside.is_none() {
                    inside = Some(depth);
                }
                named = false;
                depth += 1;
            }
            Token::CloseArray | Token::CloseObject => {
                depth = depth.saturating_sub(1);
                if inside == Some(depth) {
                    inside = None;
                }
            }
            Token::Text(raw) => {
                if text_holds_secret(raw, named || inside.is_some(), said) {
                    return true;
                }
                named = false;
            }
            Token::Number(_) if named || inside.is_some() => return true,
            Token::Number(text) if !said.hides(text).is_empty() => return true,
            Token::Number(_) | Token::Bool(_) | Token::Null => named = false,
        }
    }
    false
}

/// The same of a value that is no list and no object, as most arguments are: nothing stands beside
/// it. None if it is one.
fn alone_holds_secret(text: &str, name: &str) -> Option<bool> {
    match text.as_bytes().first()? {
        b'"' => {
            let raw = text.get(1..text.len().checked_sub(1)?)?;
            Some(text_holds_secret(raw, sensitive_name(name), Said::Nothing))
        }
        b'-' | b'0'..=b'9' => Some(sensitive_name(name)),
        b't' | b'f' | b'n' => Some(false),
        _ => None,
    }
}

/// The same of one text, which is secret as a whole if its name says so.
fn text_holds_secret(raw: &str, named: bool, said: Said) -> bool {
    match Meaning::of(raw) {
        Meaning::Sealed(_) => true,
        Meaning::Plain(_) | Meaning::Number(_) if named => true,
        Meaning::Plain(raw) => {
            let text = unescape(raw);
            !said.hides(&text).is_empty()
                || credentials_behind(said.command(), &text).next().is_some()
        }
        Meaning::Number(text) => !said.hides(text).is_empty(),
        _ => false,
    }
}

/// A container that is being written.
enum Frame {
    Array { array: Array, next: usize, place: usize, secret: bool },
    Object { object: Object, place: usize, secret: bool },
}

/// Writes a text again, masked. Does not recurse.
struct Masker<'s, 't> {
    writer: Writer,
    salt: &'s Salt,
    /// Where the next value stands.
    pointer: String,
    frames: Vec<Frame>,
    /// The next value stands under a sensitive name.
    secret: bool,
    beside: Beside<'t>,
}

impl<'t> Masker<'_, 't> {
    fn run(mut self, text: &'t str) -> Result<String, CaptureError> {
        let mut tokens = Tokens::new(text);
        while let Some(token) = tokens.next() {
            let said = self.beside.token(&token, &tokens);
            if let Token::Key(raw) = token {
                self.key(raw)?;
                continue;
            }
            if !matches!(token, Token::CloseArray | Token::CloseObject) {
                self.begin_value()?;
            }
            match token {
                Token::OpenArray => {
                    let (place, secret) = (self.pointer.len(), self.secret);
                    let array = self.writer.open_array()?;
                    self.frames.push(Frame::Array { array, next: 0, place, secret });
                    continue;
                }
                Token::OpenObject => {
                    let (place, secret) = (self.pointer.len(), self.secret);
                    let object = self.writer.open_object()?;
                    self.frames.push(Frame::Object { object, place, secret });
                    continue;
                }
                Token::CloseArray | Token::CloseObject => match self.frames.pop() {
                    Some(Frame::Array { array, .. }) => self.writer.close_array(array)?,
                    Some(Frame::Object { object, .. }) => self.writer.close_object(object)?,
                    None => {}
                },
                Token::Text(raw) => self.text(raw, said)?,
                Token::Number(text) if self.secret || !said.hides(text).is_empty() => {
                    self.mask_whole(text)?;
                }
                Token::Number(text) => {
                    self.writer.node()?;
                    self.writer.push(text)?;
                }
                Token::Bool(value) => self.writer.bool(value)?,
                Token::Null => self.writer.null()?,
                Token::Key(_) => {}
            }
            self.end_value();
        }
        self.writer.finish()
    }

    fn begin_value(&mut self) -> Result<(), CaptureError> {
        if let Some(Frame::Array { next, place, secret, .. }) = self.frames.last_mut() {
            self.writer.element()?;
            self.pointer.truncate(*place);
            // Writing to a `String` cannot fail.
            let _ = write!(self.pointer, "/{next}");
            *next += 1;
            self.secret = *secret;
        }
        Ok(())
    }

    fn end_value(&mut self) {
        if let Some(Frame::Array { place, .. } | Frame::Object { place, .. }) = self.frames.last() {
            self.pointer.truncate(*place);
        }
    }

    fn key(&mut self, raw: &str) -> Result<(), CaptureError> {
        let Some(Frame::Object { object, place, secret }) = self.frames.last_mut() else {
            return Ok(());
        };
        self.pointer.truncate(*place);
        self.writer.begin_key(object)?;
        let (key, masked_before) = match Meaning::of(raw) {
            Meaning::Plain(raw) => (unescape(raw), false),
            _ => (unescape(raw), true),
        };
        if !masked_before && looks_like_credential(&key).is_some() {
            let place = format!("{}~3", self.pointer);
            self.writer.push(&masked(self.salt, &place, key.len(), key.as_bytes()))?;
        } else {
            self.writer.push(raw)?;
        }
        let named = !masked_before && !self.beside.in_commands() && sensitive_name(&key);
        self.secret = *secret || named;
        self.writer.end_key(object)?;
        push_segment(&mut self.pointer, &key);
        Ok(())
    }

    fn text(&mut self, raw: &str, said: Said) -> Result<(), CaptureError> {
        match Meaning::of(raw) {
            Meaning::Plain(plain) => {
                let text = unescape(plain);
                if self.secret {
                    return self.mask_whole(&text);
                }
                self.mask_parts(raw, &text, said)
            }
            Meaning::Number(text) if self.secret || !said.hides(text).is_empty() => {
                self.mask_whole(text)
            }
            Meaning::Sealed(inner) => self.mask_whole(&unescape(inner)),
            _ => self.writer.tag(raw),
        }
    }

    fn mask_whole(&mut self, text: &str) -> Result<(), CaptureError> {
        self.writer.tag(&masked(self.salt, &self.pointer, text.len(), text.as_bytes()))
    }

    /// Masks what is hidden, and the credentials before and behind it.
    fn mask_parts(&mut self, raw: &str, text: &str, said: Said) -> Result<(), CaptureError> {
        let mut mixed = String::new();
        let mut end = 0;
        let found = credentials_behind(said.command(), text).map(|found| (found.start, found.end));
        for (count, (start, stop)) in parts(said.hides(text), found).into_iter().enumerate() {
            let part = text.get(start..stop).unwrap_or_default();
            if part.len() == text.len() {
                return self.mask_whole(text);
            }
            let place = format!("{}~2{count}", self.pointer);
            let between = text.get(end..start).unwrap_or_default();
            mixed.push_str(&between.replace('#', "##"));
            mixed.push_str(&masked(self.salt, &place, part.len(), part.as_bytes()));
            mixed.push('#');
            end = stop;
        }
        if end == 0 {
            return self.writer.tag(raw);
        }
        mixed.push_str(&text.get(end..).unwrap_or_default().replace('#', "##"));
        self.writer.begin_text()?;
        self.writer.push("#mixed:")?;
        self.writer.piece(&mixed)?;
        self.writer.end_text()
    }
}

/// What is hidden and what was found beside it, in order and none inside another.
fn parts(
    hidden: Vec<(usize, usize)>,
    found: impl Iterator<Item = (usize, usize)>,
) -> Vec<(usize, usize)> {
    let mut parts: Vec<_> = found.collect();
    for (start, end) in hidden {
        let apart = |(from, to): (usize, usize)| [(from, to.min(start)), (from.max(end), to)];
        parts = parts.into_iter().flat_map(apart).filter(|(from, to)| from < to).collect();
        parts.push((start, end));
    }
    parts.sort_unstable();
    parts
}

/// `#secret:BYTES:HMAC`.
fn masked(salt: &Salt, place: &str, bytes: usize, value: &[u8]) -> String {
    format!("#secret:{bytes}:{}", salt.at(place).commit(place, value))
}

/// The place of a whole argument: a JSON pointer of one step.
pub(crate) fn place(name: &str) -> String {
    let mut place = String::new();
    push_segment(&mut place, name);
    place
}

/// Appends one step of a JSON pointer.
fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}
