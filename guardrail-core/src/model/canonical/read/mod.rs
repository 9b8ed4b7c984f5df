//! Gives canonical text to serde again, as the value it was written from.

mod parts;
mod plain;

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use self::parts::{Elements, Members, UnitVariant, Variant};
use self::plain::plain;
use super::error::ReadError;
use super::escape::unescape;
use super::ser::RAW_VALUE;
use super::tag::Meaning;
use super::tokens::{Token, Tokens};
use crate::model::secret::MARKER;

/// What may stand for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As serde_json: a type reads whatever it wrote.
    Lenient,
    /// Structs are objects, unit variants are strings: for messages of strangers.
    Strict,
}

pub(super) fn read<T: DeserializeOwned>(text: &str, reading: Reading) -> Result<T, ReadError> {
    T::deserialize(&mut Reader { tokens: Tokens::new(text), reading })
}

/// Recurses once a container; canonical text is nowhere deeper than bounds allow.
struct Reader<'a> {
    tokens: Tokens<'a>,
    reading: Reading,
}

impl<'a> Reader<'a> {
    fn token(&mut self) -> Result<Token<'a>, ReadError> {
        self.tokens.next().ok_or_else(out_of_place)
    }

    /// What the next value means, if it is a string.
    fn ahead(&mut self) -> Option<Meaning<'a>> {
        if self.tokens.peek() != Some(b'"') {
            return None;
        }
        match self.tokens.clone().next() {
            Some(Token::Text(raw)) => Some(Meaning::of(raw)),
            _ => None,
        }
    }

    /// The canonical text of the next value, if that is a sealed secret.
    fn sealed(&mut self) -> Option<String> {
        let Some(Meaning::Sealed(inner)) = self.ahead() else { return None };
        self.tokens.next();
        Some(unescape(inner).into_owned())
    }
}

fn out_of_place() -> ReadError {
    ReadError::custom("a part is missing or out of place")
}

/// Gives a number to the visitor in the narrowest width that holds it.
fn number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, ReadError> {
    if text.contains(['.', 'e']) {
        let value = text.parse::<f64>().map_err(|_| out_of_place())?;
        visitor.visit_f64(value)
    } else if let Ok(value) = text.parse::<u64>() {
        visitor.visit_u64(value)
    } else if let Ok(value) = text.parse::<i64>() {
        visitor.visit_i64(value)
    } else if let Ok(value) = text.parse::<i128>() {
        visitor.visit_i128(value)
    } else if let Ok(value) = text.parse::<u128>() {
        visitor.visit_u128(value)
    } else {
        Err(out_of_place())
    }
}

/// Runs the same request on a reader of the sealed text, if the next value is sealed.
macro_rules! unseal {
    ($self:ident, $($call:tt)*) => {
        if let Some(text) = $self.sealed() {
            let mut inner = Reader { tokens: Tokens::new(&text), reading: $self.reading };
            return (&mut inner).$($call)*;
        }
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        unseal!(self, deserialize_any(visitor));
        match self.token()? {
            Token::Null => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Number(text) => number(text, visitor),
            Token::Text(raw) => match Meaning::of(raw) {
                Meaning::Plain(raw) => visitor.visit_str(&unescape(raw)),
                Meaning::Number(text) => number(text, visitor),
                Meaning::SomeNull(_) => visitor.visit_unit(),
                Meaning::Secret { .. } | Meaning::Mixed(_) => Err(ReadError::Masked),
                // Unsealed above.
                Meaning::Sealed(_) => Err(out_of_place()),
            },
            Token::OpenArray => {
                let value = visitor.visit_seq(Elements(&mut *self))?;
                match self.token()? {
                    Token::CloseArray => Ok(value),
                    _ => Err(ReadError::custom("the array has too many elements")),
                }
            }
            Token::OpenObject => {
                let value = visitor.visit_map(Members(&mut *self))?;
                match self.token()? {
                    Token::CloseObject => Ok(value),
                    _ => Err(ReadError::custom("the object has too many members")),
                }
            }
            Token::Key(_) | Token::CloseArray | Token::CloseObject => Err(out_of_place()),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        unseal!(self, deserialize_f32(visitor));
        // Straight from the text: by way of 64 bits it would be rounded twice.
        if let Some(Meaning::Number(text)) = self.ahead()
            && let Ok(value) = text.parse::<f32>()
        {
            self.tokens.next();
            return visitor.visit_f32(value);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        unseal!(self, deserialize_bytes(visitor));
        if let Some(Meaning::Plain(raw)) = self.ahead() {
            self.tokens.next();
            return visitor.visit_bytes(unescape(raw).as_bytes());
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        // A sealed value is present; whether it is an option itself, its own type asks.
        if self.tokens.peek() == Some(b'n') {
            self.tokens.next();
            return visitor.visit_none();
        }
        if let Some(Meaning::SomeNull(wraps)) = self.ahead() {
            self.tokens.next();
            let text = match wraps {
                1 => "null".to_owned(),
                _ => format!("\"#null:{}\"", wraps - 1),
            };
            return visitor
                .visit_some(&mut Reader { tokens: Tokens::new(&text), reading: self.reading });
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name == MARKER {
            unseal!(self, deserialize_newtype_struct(name, visitor));
        }
        if name == RAW_VALUE {
            unseal!(self, deserialize_newtype_struct(name, visitor));
            let text = plain(self.tokens.skip_value())?;
            return visitor.visit_map(MapDeserializer::new(std::iter::once((RAW_VALUE, text))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        unseal!(self, deserialize_struct(name, fields, visitor));
        if self.reading == Reading::Strict && self.tokens.peek() != Some(b'{') {
            return Err(ReadError::custom("expected an object"));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        unseal!(self, deserialize_enum(name, variants, visitor));
        match self.token()? {
            Token::Text(raw) => match Meaning::of(raw) {
                Meaning::Plain(raw) => visitor.visit_enum(UnitVariant(&unescape(raw))),
                Meaning::Secret { .. } | Meaning::Mixed(_) => Err(ReadError::Masked),
                _ => Err(ReadError::custom("expected a variant, found a number")),
            },
            Token::OpenObject => {
                let value = visitor.visit_enum(Variant(&mut *self))?;
                match self.token()? {
                    Token::CloseObject => Ok(value),
                    _ => Err(ReadError::custom("a variant is an object with one member")),
                }
            }
            _ => Err(ReadError::custom("expected a variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.tokens.skip_value();
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f64 char str string unit unit_struct seq
        tuple tuple_struct map identifier
    }
}
