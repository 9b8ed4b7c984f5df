//! Slack's limits on messages and modals, from its reference pages, beside what `slackblocks` finds.

use std::collections::BTreeSet;

use serde_json::Value;
use slackblocks::{Block, ModalView};

/// A message as a whole fails near 13,200 characters; this is what we promise to stay under.
const MESSAGE_MOST: usize = 10_000;

/// Key of an object, where in a block it may stand, and the most characters its text may have.
const TEXTS: &[(&str, &[&str], usize)] = &[
    ("section", &["text"], 3_000),
    ("header", &["text"], 150),
    ("button", &["text"], 75),
    ("input", &["label", "hint"], 2_000),
    ("plain_text_input", &["placeholder"], 150),
    ("modal", &["title", "submit", "close"], 24),
];

/// Kind of an object, a list in it, and the most entries it may have.
const LISTS: &[(&str, &str, usize)] =
    &[("section", "fields", 10), ("context", "elements", 10), ("actions", "elements", 25)];

/// Kind of an object, a string in it, and the most characters it may have.
const STRINGS: &[(&str, &str, usize)] = &[
    ("button", "value", 2_000),
    ("modal", "private_metadata", 3_000),
    ("modal", "callback_id", 255),
    ("modal", "external_id", 255),
];

/// What Slack would not take of a message's blocks or of a modal, one line each; nothing where it would take it.
#[must_use]
pub fn complaints(of: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let modal = of["type"] == "modal";
    let blocks = if modal { &of["blocks"] } else { of };
    let none = Vec::new();
    let blocks = blocks.as_array().unwrap_or(&none);
    let most = if modal { 100 } else { 50 };
    if blocks.is_empty() || blocks.len() > most {
        found.push(format!("{} blocks", blocks.len()));
    }
    for block in blocks {
        if let Err(error) = Block::try_from(block.clone()) {
            found.push(format!("slackblocks: {error} in {block}"));
        }
    }
    if modal && let Err(error) = ModalView::try_from(of.clone()) {
        found.push(format!("slackblocks: {error}"));
    }
    unique(blocks.iter().filter_map(|block| block["block_id"].as_str()), "block_id", &mut found);
    let mut actions = Vec::new();
    let mut length = 0;
    walk(of, "$", &mut |path, value| {
        object(path, value, &mut found);
        if let Some(id) = value["action_id"].as_str() {
            actions.push(id.to_owned());
        }
        if ["plain_text", "mrkdwn", "text"].contains(&value["type"].as_str().unwrap_or_default()) {
            length += characters(&value["text"]);
        }
    });
    unique(actions.iter().map(String::as_str), "action_id", &mut found);
    if !modal && length > MESSAGE_MOST {
        found.push(format!("{length} characters in all"));
    }
    found
}

fn object(path: &str, value: &Value, found: &mut Vec<String>) {
    let kind = value["type"].as_str().unwrap_or_default();
    let mut longer = |path: &str, length: usize, most: usize| {
        if length > most {
            found.push(format!("{path}: {length} of {most}"));
        }
    };
    for (of, keys, most) in TEXTS.iter().filter(|(of, ..)| *of == kind) {
        for key in *keys {
            longer(&format!("{path}.{key} of {of}"), characters(&value[key]["text"]), *most);
        }
    }
    for (of, key, most) in LISTS.iter().filter(|(of, ..)| *of == kind) {
        let length = value[key].as_array().map_or(0, Vec::len);
        longer(&format!("{path}.{key} of {of}"), length, *most);
    }
    for (of, key, most) in STRINGS.iter().filter(|(of, ..)| *of == kind) {
        longer(&format!("{path}.{key} of {of}"), characters(&value[key]), *most);
    }
    for key in ["action_id", "block_id"] {
        longer(&format!("{path}.{key}"), characters(&value[key]), 255);
    }
    for field in value["fields"].as_array().into_iter().flatten() {
        longer(&format!("{path}.fields"), characters(&field["text"]), 2_000);
    }
    if let Some(confirm) = value.get("confirm") {
        for (key, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
            longer(&format!("{path}.confirm.{key}"), characters(&confirm[key]["text"]), most);
        }
    }
    let text = ["plain_text", "mrkdwn"].contains(&kind);
    if text && characters(&value["text"]) == 0 {
        found.push(format!("{path}: an empty text"));
    }
}

fn unique<'a>(ids: impl Iterator<Item = &'a str>, what: &str, found: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for id in ids.filter(|id| !seen.insert(*id)) {
        found.push(format!("{what} `{id}` stands there twice"));
    }
}

fn characters(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

/// Calls `look` with every object and its path.
fn walk(value: &Value, path: &str, look: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Array(all) => {
            for (at, one) in all.iter().enumerate() {
                walk(one, &format!("{path}[{at}]"), look);
            }
        }
        Value::Object(map) => {
            look(path, value);
            for (key, one) in map {
                walk(one, &format!("{path}.{key}"), look);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::complaints;

    fn section(length: usize) -> Value {
        json!({ "type": "section", "text": { "type": "plain_text", "text": "a".repeat(length) } })
    }

    fn buttons(first: &str, second: &str, label: &str) -> Value {
        let button = |id: &str| {
            let text = json!({ "type": "plain_text", "text": label });
            json!({ "type": "button", "action_id": id, "text": text, "value": "v" })
        };
        json!([{ "type": "actions", "elements": [button(first), button(second)] }])
    }

    #[test]
    fn what_slack_takes_is_no_complaint() {
        assert_eq!(complaints(&json!([section(3_000)])), [""; 0]);
        assert_eq!(complaints(&buttons("approve", "deny", "Approve")), [""; 0]);
    }

    #[test]
    fn what_slack_refuses_is() {
        let many = Value::Array(vec![section(1); 51]);
        for (refused, of) in [
            ("a text too long", json!([section(3_001)])),
            ("an empty text", json!([section(0)])),
            (
                "a message too long",
                json!([section(3_000), section(3_000), section(3_000), section(1_001)]),
            ),
            ("too many blocks", many),
            ("no blocks", json!([])),
            ("a label too long", buttons("approve", "deny", &"a".repeat(76))),
            ("one action twice", buttons("approve", "approve", "Approve")),
            ("an unknown block", json!([{ "type": "magic" }])),
        ] {
            assert!(!complaints(&of).is_empty(), "{refused}");
        }
    }
}
