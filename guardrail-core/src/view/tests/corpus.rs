//! The attack corpus, as far as its entries are text for a reader.

use serde::Deserialize;
use serde_json::Value;

const LINES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/attacks/attacks.jsonl"));

#[derive(Debug, Deserialize)]
pub(super) struct Attack {
    pub(super) id: String,
    pub(super) class: String,
    pub(super) expect: String,
    #[serde(default)]
    pub(super) enc: String,
    payload: Value,
    #[serde(default, rename = "assert")]
    assertions: Value,
}

impl Attack {
    /// The payload as text, built where it is described.
    pub(super) fn text(&self) -> String {
        match &self.payload {
            Value::String(text) => text.clone(),
            generator => {
                let part = |name: &str| generator[name].as_str().unwrap();
                let count = usize::try_from(generator["count"].as_u64().unwrap()).unwrap();
                format!("{}{}{}", part("prefix"), part("unit").repeat(count), part("suffix"))
            }
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.payload.is_string() && self.enc.is_empty() || self.payload["gen"] == "repeat"
    }

    pub(super) fn assertion(&self, name: &str) -> Option<&str> {
        self.assertions[name].as_str()
    }
}

/// All entries of a class; a class without entries is a mistake in the test.
pub(super) fn class(name: &str) -> Vec<Attack> {
    let all: Vec<Attack> = LINES
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|attack: &Attack| attack.class == name)
        .collect();
    assert!(!all.is_empty(), "no attack of class {name}");
    all
}
