//! How arguments stand in a record: an object of their exact canonical texts, in call order.
//!
//! `{"path":"\"/tmp\"","token":{"redacted":"\"#secret:..\""}}`: a value is its text; what was
//! captured otherwise is an object that says how. A digest can be checked from it without writing
//! anything again.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

use crate::model::arguments::{Argument, Arguments, Captured};
use crate::model::canonical::{Canonical, exact};
use crate::model::prose::ARGUMENT_LIMIT;

/// A canonical text as a string.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Text(#[serde(with = "exact")] Canonical);

/// A text and how it was captured.
#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Entry {
    Value(Text),
    Other(Other),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Other {
    Debug(Text),
    Redacted(Text),
    Skipped(Text),
    Unshowable(Text),
}

struct Exact<'c>(&'c Canonical);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        exact::serialize(self.0, serializer)
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for argument in self.iter() {
            let name = argument.name();
            let text = || Text(argument.canonical().clone());
            match argument.captured() {
                Captured::Value => map.serialize_entry(name, &Exact(argument.canonical()))?,
                Captured::Debug => map.serialize_entry(name, &Other::Debug(text()))?,
                Captured::Redacted => map.serialize_entry(name, &Other::Redacted(text()))?,
                Captured::Skipped => map.serialize_entry(name, &Other::Skipped(text()))?,
                Captured::Unshowable => map.serialize_entry(name, &Other::Unshowable(text()))?,
            }
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
        let mut arguments: Vec<Argument> = Vec::new();
        while let Some((name, entry)) = map.next_entry::<String, Entry>()? {
            if arguments.len() >= ARGUMENT_LIMIT {
                return Err(de::Error::custom("too many arguments"));
            }
            if arguments.iter().any(|argument| argument.name() == name) {
                return Err(de::Error::custom("two arguments have one name"));
            }
            let (captured, text) = match entry {
                Entry::Value(text) => (Captured::Value, text),
                Entry::Other(Other::Debug(text)) => (Captured::Debug, text),
                Entry::Other(Other::Redacted(text)) => (Captured::Redacted, text),
                Entry::Other(Other::Skipped(text)) => (Captured::Skipped, text),
                Entry::Other(Other::Unshowable(text)) => (Captured::Unshowable, text),
            };
            arguments.push(Argument::recorded(name, captured, text.0));
        }
        Ok(Arguments::recorded(arguments))
    }
}
