//! Takes canonical text apart again. The text is known to be sound, so nothing is checked twice.

use crate::model::first;

/// One part of canonical text. Strings are raw: between the quotes, escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    OpenArray,
    CloseArray,
    OpenObject,
    CloseObject,
    Key(&'a str),
    Text(&'a str),
    Number(&'a str),
    Bool(bool),
    Null,
}

/// The parts of one canonical text, in order. Does not recurse and does not allocate.
#[derive(Clone)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The first byte of the next token.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b',' | b':')) {
            self.at += 1;
        }
        self.byte()
    }

    /// The text of the next value as it stands; the value is passed over.
    pub(super) fn skip_value(&mut self) -> &'a str {
        self.peek();
        let start = self.at;
        let mut depth = 0_usize;
        for token in self.by_ref() {
            match token {
                Token::OpenArray | Token::OpenObject => depth += 1,
                Token::CloseArray | Token::CloseObject => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn one(&mut self, token: Token<'a>, length: usize) -> Token<'a> {
        self.at += length;
        token
    }

    fn string(&mut self) -> Token<'a> {
        let start = self.at + 1;
        let mut end = start;
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(end..).unwrap_or_default();
            let stop = first(rest, |byte| (byte == b'"') | (byte == b'\\'));
            let Some(stop) = stop else {
                end = bytes.len();
                break;
            };
            end += stop;
            if bytes.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        let raw = self.text.get(start..end).unwrap_or_default();
        if self.byte() == Some(b':') { Token::Key(raw) } else { Token::Text(raw) }
    }

    fn number(&mut self) -> Token<'a> {
        let start = self.at;
        while matches!(self.byte(), Some(b'-' | b'0'..=b'9')) {
            self.at += 1;
        }
        Token::Number(self.text.get(start..self.at).unwrap_or_default())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        Some(match self.peek()? {
            b'[' => self.one(Token::OpenArray, 1),
            b']' => self.one(Token::CloseArray, 1),
            b'{' => self.one(Token::OpenObject, 1),
            b'}' => self.one(Token::CloseObject, 1),
            b'"' => self.string(),
            b't' => self.one(Token::Bool(true), 4),
            b'f' => self.one(Token::Bool(false), 5),
            b'n' => self.one(Token::Null, 4),
            b'-' | b'0'..=b'9' => self.number(),
            // Sound text has no other byte here; end rather than loop.
            _ => return None,
        })
    }
}
