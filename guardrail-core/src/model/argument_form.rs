//! How arguments stand in a record: an object of their exact canonical texts, in call order.
//!
//! `{"path":"\"/tmp\"","token":{"redacted":"\"#secret:..\""}}`: a value is its text; what was
//! captured otherwise is an object that says how. A digest can be checked from it without writing
//! anything again.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

use crate::model::arguments::Arguments;
use crate::model::canonical::Canonical;
use crate::model::piece::{Captured, Entries, push};
use crate::model::prose::ARGUMENT_LIMIT;

/// A text and how it was captured.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Entry<'a> {
    Value(#[serde(borrow)] Cow<'a, str>),
    Other(Other<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Other<'a> {
    Debug(Cow<'a, str>),
    Redacted(Cow<'a, str>),
    Skipped(Cow<'a, str>),
    Unshowable(Cow<'a, str>),
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for argument in self.iter() {
            let text = Cow::Borrowed(argument.json());
            let entry = match argument.captured() {
                Captured::Value => Entry::Value(text),
                Captured::Debug => Entry::Other(Other::Debug(text)),
                Captured::Redacted => Entry::Other(Other::Redacted(text)),
                Captured::Skipped => Entry::Other(Other::Skipped(text)),
                Captured::Unshowable => Entry::Other(Other::Unshowable(text)),
            };
            map.serialize_entry(argument.name(), &entry)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Arguments;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arguments")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Arguments, A::Error> {
        let (mut piece, mut count) = (String::new(), 0);
        while let Some((name, entry)) = map.next_entry::<Cow<'de, str>, Entry<'de>>()? {
            if count >= ARGUMENT_LIMIT {
                return Err(de::Error::custom("too many arguments"));
            }
            if Entries(&piece).any(|argument| argument.name == name) {
                return Err(de::Error::custom("two arguments have one name"));
            }
            let (captured, text) = match entry {
                Entry::Value(text) => (Captured::Value, text),
                Entry::Other(Other::Debug(text)) => (Captured::Debug, text),
                Entry::Other(Other::Redacted(text)) => (Captured::Redacted, text),
                Entry::Other(Other::Skipped(text)) => (Captured::Skipped, text),
                Entry::Other(Other::Unshowable(text)) => (Captured::Unshowable, text),
            };
            // Only text that is in canonical form.
            let text = Canonical::parse(&text).map_err(de::Error::custom)?;
            push(&mut piece, &name, captured, text.as_str());
            count += 1;
        }
        Ok(Arguments::new(&piece, Vec::new()))
    }
}
