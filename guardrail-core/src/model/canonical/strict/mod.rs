//! Reads JSON from strangers strictly (RFC 8259, and nothing twice) straight into canonical form.

mod sound;

use self::sound::Place;
use super::bounds::Bounds;
use super::error::{CaptureError, StrictError};
use super::escape::needs_escape;
use super::number;
use super::write::Writer;

/// What the text that is read may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// JSON of a stranger: nothing in it is a tag.
    Json,
    /// Canonical text: strings are taken as they are, tags must be sound.
    Canonical,
}

/// Reads one value and nothing else.
pub(super) fn read(bytes: &[u8], bounds: Bounds, source: Source) -> Result<String, StrictError> {
    if bytes.len() > bounds.bytes {
        return Err(StrictError::TooLarge { limit: bounds.bytes });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| StrictError::NotUtf8 { at: error.valid_up_to() })?;
    let mut writer = Writer::new(bounds);
    Reader { text, at: 0, source, writer: &mut writer }.document()?;
    writer.finish().map_err(|error| StrictError::at(bytes.len(), error))
}

/// Writes raw JSON text as a value: what serde_json's raw values hold.
pub(super) fn splice_json(writer: &mut Writer, text: &str) -> Result<(), CaptureError> {
    let source = Source::Json;
    let read = Reader { text, at: 0, source, writer }.document();
    read.map_err(|error| match error {
        StrictError::TooLarge { limit } => CaptureError::TooLarge { limit },
        StrictError::TooDeep { limit } => CaptureError::TooDeep { limit },
        StrictError::TooManyNodes { limit } => CaptureError::TooManyNodes { limit },
        StrictError::DuplicateKey { .. } => CaptureError::DuplicateKey,
        StrictError::Number { .. } => CaptureError::Inexact,
        other => CaptureError::failed(other),
    })
}

/// Writes a number that serde_json passes as text.
pub(super) fn splice_number(writer: &mut Writer, text: &str) -> Result<(), CaptureError> {
    let source = Source::Json;
    let mut reader = Reader { text, at: 0, source, writer: &mut *writer };
    let number = reader.number_text().map_err(CaptureError::failed)?;
    if number.len() != text.len() {
        return Err(CaptureError::failed("a number has more than its digits"));
    }
    number::write(writer, text)
}

struct Reader<'t, 'w> {
    text: &'t str,
    at: usize,
    source: Source,
    writer: &'w mut Writer,
}

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Result<(), StrictError> {
        self.value()?;
        self.blanks();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    /// Recurses once a container; the writer bounds how deep.
    fn value(&mut self) -> Result<(), StrictError> {
        self.blanks();
        let at = self.at;
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => {
                self.at += 1;
                self.writer.begin_text().map_err(|error| StrictError::at(at, error))?;
                self.string(Place::Value)?;
                self.writer.end_text().map_err(|error| StrictError::at(at, error))
            }
            Some(b'-' | b'0'..=b'9') => {
                let text = self.number_text()?;
                number::write(self.writer, text).map_err(|error| StrictError::at(at, error))
            }
            Some(b't') => self.word("true", |writer| writer.bool(true)),
            Some(b'f') => self.word("false", |writer| writer.bool(false)),
            Some(b'n') => self.word("null", Writer::null),
            _ => Err(self.expected("a value")),
        }
    }

    fn object(&mut self) -> Result<(), StrictError> {
        let mut object = self.write(Writer::open_object)?;
        self.at += 1;
        self.blanks();
        let mut first = true;
        while !self.take(b'}') {
            if !first {
                self.need(b',', "`,` or `}`")?;
                self.blanks();
            }
            first = false;
            self.need(b'"', "a key in quotes")?;
            self.write(|writer| writer.begin_key(&object))?;
            self.string(Place::Key)?;
            self.write(|writer| writer.end_key(&mut object))?;
            self.blanks();
            self.need(b':', "`:`")?;
            self.value()?;
            self.blanks();
        }
        self.write(|writer| writer.close_object(object))
    }

    fn array(&mut self) -> Result<(), StrictError> {
        let array = self.write(Writer::open_array)?;
        self.at += 1;
        self.blanks();
        let mut first = true;
        while !self.take(b']') {
            if !first {
                self.need(b',', "`,` or `]`")?;
            }
            first = false;
            self.write(Writer::element)?;
            self.value()?;
            self.blanks();
        }
        self.write(|writer| writer.close_array(array))
    }

    /// Reads a string behind its opening quote, the closing one included.
    fn string(&mut self, place: Place) -> Result<(), StrictError> {
        let start = self.at;
        let mut begun = false;
        loop {
            let rest = self.rest();
            let Some(length) = rest.bytes().position(needs_escape) else {
                self.at = self.text.len();
                return Err(self.expected("a closing quote"));
            };
            let (plain, tail) = rest.split_at(length);
            if !plain.is_empty() {
                self.string_piece(plain, &mut begun)?;
                self.at += length;
            }
            match tail.as_bytes().first() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.string_piece(character.encode_utf8(&mut [0; 4]), &mut begun)?;
                }
                _ => return Err(self.expected("no bare control character")),
            }
        }
        let raw = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        if self.source == Source::Canonical && raw.starts_with('#') && !sound::is_sound(raw, place)
        {
            return Err(StrictError::NotCanonical);
        }
        Ok(())
    }

    fn string_piece(&mut self, piece: &str, begun: &mut bool) -> Result<(), StrictError> {
        // Only a stranger's leading `#` is doubled; canonical text has that behind it.
        let first = !std::mem::replace(begun, true) && self.source != Source::Canonical;
        self.write(|writer| if first { writer.first_piece(piece) } else { writer.piece(piece) })
    }

    /// Reads one escape, or the two that spell a surrogate pair.
    fn escape(&mut self) -> Result<char, StrictError> {
        let at = self.at;
        self.at += 1;
        let code = match self.peek() {
            Some(b'u') => {
                self.at += 1;
                self.hex()?
            }
            other => {
                let character = match other {
                    Some(b'"') => '"',
                    Some(b'\\') => '\\',
                    Some(b'/') => '/',
                    Some(b'b') => '\u{8}',
                    Some(b'f') => '\u{c}',
                    Some(b'n') => '\n',
                    Some(b'r') => '\r',
                    Some(b't') => '\t',
                    _ => return Err(self.expected("an escape")),
                };
                self.at += 1;
                return Ok(character);
            }
        };
        if let Some(character) = char::from_u32(code) {
            return Ok(character);
        }
        // A low half that comes first leads beyond the last character below.
        let lone = StrictError::LoneSurrogate { at };
        if !self.take(b'\\') || !self.take(b'u') {
            return Err(lone);
        }
        match self.hex()? {
            low @ 0xDC00..=0xDFFF => {
                char::from_u32(0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00)).ok_or(lone)
            }
            _ => Err(lone),
        }
    }

    fn hex(&mut self) -> Result<u32, StrictError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.expected("four hex digits")) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn number_text(&mut self) -> Result<&'t str, StrictError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), StrictError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.expected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(
        &mut self,
        word: &'static str,
        write: impl FnOnce(&mut Writer) -> Result<(), CaptureError>,
    ) -> Result<(), StrictError> {
        if !self.rest().starts_with(word) {
            return Err(self.expected("`true`, `false` or `null`"));
        }
        self.at += word.len();
        self.write(write)
    }

    fn write<R>(
        &mut self,
        write: impl FnOnce(&mut Writer) -> Result<R, CaptureError>,
    ) -> Result<R, StrictError> {
        let at = self.at;
        write(self.writer).map_err(|error| StrictError::at(at, error))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn need(&mut self, byte: u8, expected: &'static str) -> Result<(), StrictError> {
        if self.take(byte) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expected(&self, expected: &'static str) -> StrictError {
        StrictError::Syntax { at: self.at, expected }
    }
}
