//! The corpus: a folder of JSON lines, each one attack, read so strictly that none is misread.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::{Map, Value};

use crate::payload::Payload;
use crate::words::{Class, Enc, Expect, Field};

/// One attack.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) class: Class,
    pub(crate) field: Field,
    pub(crate) enc: Enc,
    pub(crate) expect: Expect,
    pub(crate) payload: Payload,
    pub(crate) asserts: Map<String, Value>,
    pub(crate) note: String,
    /// The line itself, for whoever passes it on.
    pub(crate) line: String,
}

/// A line that is no entry, or one this runner cannot place; and why.
#[derive(Debug)]
pub(crate) struct Misplaced {
    pub(crate) id: String,
    pub(crate) why: String,
}

/// The folder to read: the one `GUARDRAIL_ATTACKS` names, else the project's own copy.
pub(crate) fn folder() -> PathBuf {
    match std::env::var_os("GUARDRAIL_ATTACKS") {
        Some(folder) if !folder.is_empty() => root().join(folder),
        _ => own(),
    }
}

/// The project's own copy.
pub(crate) fn own() -> PathBuf {
    root().join("tests/data/attacks")
}

/// The root of the project, from which relative folders are named.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every line of every `.jsonl` file of the folder, an entry or the reason why it is none.
pub(crate) fn read(folder: &Path) -> Vec<Result<Entry, Misplaced>> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(files) => files.filter_map(|file| file.ok().map(|file| file.path())).collect(),
        Err(error) => return vec![Err(misplaced(folder.display(), error.to_string()))],
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    if files.is_empty() {
        return vec![Err(misplaced(folder.display(), "there is no .jsonl file in it".to_owned()))];
    }
    let mut entries = Vec::new();
    let mut ids = std::collections::HashSet::new();
    for file in files {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                entries.push(Err(misplaced(file.display(), error.to_string())));
                continue;
            }
        };
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("{}:{}", file.display(), at + 1);
            let entry = Entry::parse(&place, line);
            if let Ok(entry) = &entry
                && !ids.insert(entry.id.clone())
            {
                entries.push(Err(misplaced(&entry.id, "the id stands there twice".to_owned())));
            }
            entries.push(entry);
        }
    }
    entries
}

fn misplaced(id: impl ToString, why: String) -> Misplaced {
    Misplaced { id: id.to_string(), why }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<P> {
    id: String,
    class: String,
    field: String,
    payload: P,
    expect: String,
    #[serde(default)]
    enc: Option<String>,
    #[serde(default, rename = "assert")]
    asserts: Map<String, Value>,
    #[serde(default)]
    note: String,
}

/// A payload of text with half a surrogate pair in it: bytes that are no UTF-8.
struct Halves(Vec<u8>);

impl<'de> Deserialize<'de> for Halves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Halves;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Halves, E> {
                Ok(Halves(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl Entry {
    /// Reads one line; `place` names it where it has no id.
    pub(crate) fn parse(place: &str, line: &str) -> Result<Self, Misplaced> {
        match serde_json::from_str::<Line<Value>>(line) {
            Ok(parsed) => {
                let id = parsed.id.clone();
                Self::of(parsed, line, Payload::read).map_err(|why| misplaced(id, why))
            }
            Err(error) => match serde_json::from_str::<Line<Halves>>(line) {
                Ok(parsed) => {
                    let id = parsed.id.clone();
                    Self::of(parsed, line, |_, halves| Ok(Payload::Bytes(halves.0)))
                        .map_err(|why| misplaced(id, why))
                }
                Err(_) => Err(misplaced(place, format!("the line is no entry: {error}"))),
            },
        }
    }

    fn of<P>(
        parsed: Line<P>,
        line: &str,
        payload: impl FnOnce(Enc, P) -> Result<Payload, String>,
    ) -> Result<Self, String> {
        let enc = Enc::named(parsed.enc.as_deref().unwrap_or("text"))?;
        Ok(Self {
            class: Class::named(&parsed.class)?,
            field: Field::named(&parsed.field)?,
            expect: Expect::named(&parsed.expect)?,
            payload: payload(enc, parsed.payload)?,
            enc,
            id: parsed.id,
            asserts: parsed.asserts,
            note: parsed.note,
            line: line.to_owned(),
        })
    }

    /// One assertion, where it is text.
    pub(crate) fn asserted(&self, name: &str) -> Option<&str> {
        self.asserts.get(name).and_then(Value::as_str)
    }

    /// One assertion that is a text or a list of texts.
    pub(crate) fn asserted_all(&self, name: &str) -> Vec<&str> {
        match self.asserts.get(name) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}
