//! A canonical text inside another value: it stands there as the JSON it is, tags and all.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use super::Canonical;
use super::bounds::Bounds;
use super::error::CaptureError;
use super::escape::unescape;
use super::ser::{NUMBER, SPLICE};
use super::strict;
use super::text::TextOf;
use super::tokens::{Token, Tokens};
use super::write::Writer;
use crate::model::secret;

/// Writes the text itself into a canonical text around it. Any other serializer gets the same
/// JSON; it holds no number that a JSON reader could round.
impl Serialize for Canonical {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        secret::withdraw();
        serializer.serialize_newtype_struct(SPLICE, &Text(&self.0))
    }
}

/// Reads back what `Serialize` wrote, from canonical text around it or from any other format. All
/// of it is taken as canonical text, tags included: read JSON of strangers by
/// [`Canonical::from_json`] instead.
impl<'de> Deserialize<'de> for Canonical {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut writer = Writer::new(Bounds::STORED);
        deserializer.deserialize_newtype_struct(SPLICE, Verbatim(&mut writer))?;
        let text = writer.finish().map_err(de::Error::custom)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl Writer {
    /// Writes the canonical text that `value` hands over.
    pub(super) fn splice<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        let sink = TextOf(|text: &str| strict::splice_canonical(self, text));
        let written = secret::offer(|| value.serialize(sink));
        written.unwrap_or(Err(CaptureError::failed("a text reached it through another serializer")))
    }
}

struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if secret::accept() {
            serializer.serialize_str(self.0)
        } else {
            pass(&mut Tokens::new(self.0), serializer)
        }
    }
}

/// Hands the next value of `tokens` to a serializer. Recurses once a container.
fn pass<S: Serializer>(tokens: &mut Tokens<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    match tokens.next() {
        Some(Token::Null) => serializer.serialize_unit(),
        Some(Token::Bool(value)) => serializer.serialize_bool(value),
        Some(Token::Number(text)) => {
            serializer.serialize_i64(text.parse().map_err(S::Error::custom)?)
        }
        Some(Token::Text(raw)) => serializer.serialize_str(&unescape(raw)),
        Some(Token::OpenArray) => {
            let mut seq = serializer.serialize_seq(None)?;
            while !matches!(tokens.peek(), Some(b']') | None) {
                seq.serialize_element(&Next::new(tokens))?;
            }
            tokens.next();
            seq.end()
        }
        Some(Token::OpenObject) => {
            let mut map = serializer.serialize_map(None)?;
            while let Some(Token::Key(raw)) = tokens.next() {
                map.serialize_entry(&unescape(raw), &Next::new(tokens))?;
            }
            map.end()
        }
        Some(Token::Key(_) | Token::CloseArray | Token::CloseObject) | None => {
            Err(S::Error::custom("a part is missing or out of place"))
        }
    }
}

/// The value that stands next in a text; passes over it when made.
struct Next<'a>(&'a str);

impl<'a> Next<'a> {
    fn new(tokens: &mut Tokens<'a>) -> Self {
        Self(tokens.skip_value())
    }
}

impl Serialize for Next<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        pass(&mut Tokens::new(self.0), serializer)
    }
}

/// Writes what a deserializer gives as canonical text, strings as they stand.
struct Verbatim<'w>(&'w mut Writer);

impl Verbatim<'_> {
    fn done<E: de::Error>(written: Result<(), CaptureError>) -> Result<(), E> {
        written.map_err(E::custom)
    }
}

impl<'de> de::DeserializeSeed<'de> for Verbatim<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Verbatim<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("canonical JSON")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    /// Our own reader hands over the text as it stands.
    fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<(), E> {
        let text = std::str::from_utf8(text).map_err(E::custom)?;
        Self::done(strict::splice_canonical(self.0, text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Self::done(self.0.null())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        Self::done(self.0.bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        Self::done(self.0.signed(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        Self::done(self.0.unsigned(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        let writer = self.0;
        let written = writer.begin_text().and_then(|()| writer.piece(value));
        Self::done(written.and_then(|()| writer.end_text()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let array = self.0.open_array().map_err(de::Error::custom)?;
        loop {
            let seed = Element(&mut *self.0);
            if seq.next_element_seed(seed)?.is_none() {
                return Self::done(self.0.close_array(array));
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let writer = self.0;
        let mut key = map.next_key::<String>()?;
        if key.as_deref() == Some(NUMBER) && serde_json_keeps_number_text() {
            let text: String = map.next_value()?;
            return Self::done(strict::splice_number(writer, &text));
        }
        let mut object = writer.open_object().map_err(de::Error::custom)?;
        while let Some(name) = key {
            let written = writer
                .begin_key(&object)
                .and_then(|()| writer.piece(&name))
                .and_then(|()| writer.end_key(&mut object));
            Self::done(written)?;
            map.next_value_seed(Verbatim(&mut *writer))?;
            key = map.next_key()?;
        }
        Self::done(writer.close_object(object))
    }
}

/// One element of an array: writes its comma first.
struct Element<'w>(&'w mut Writer);

impl<'de> de::DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.element().map_err(de::Error::custom)?;
        deserializer.deserialize_any(Verbatim(self.0))
    }
}

/// True if somebody in the program has turned on serde_json's `arbitrary_precision`, which makes
/// it pass every number as an object with one private key.
fn serde_json_keeps_number_text() -> bool {
    struct Probe(bool);

    impl<'de> Deserialize<'de> for Probe {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct AsMap;

            impl<'de> Visitor<'de> for AsMap {
                type Value = Probe;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a number")
                }

                fn visit_u64<E>(self, _: u64) -> Result<Probe, E> {
                    Ok(Probe(false))
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Probe, A::Error> {
                    while map.next_entry::<String, String>()?.is_some() {}
                    Ok(Probe(true))
                }
            }

            deserializer.deserialize_any(AsMap)
        }
    }

    serde_json::from_str("0").is_ok_and(|Probe(kept)| kept)
}
