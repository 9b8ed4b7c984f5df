//! Blocks as a person sees them.

use serde_json::Value;

/// Everything there is to read, line by line: texts, rich text, labels of buttons and inputs.
#[must_use]
pub fn read(blocks: &[Value]) -> String {
    let mut lines = String::new();
    for block in blocks {
        gather(block, &mut lines);
        lines.push('\n');
    }
    lines
}

/// Every text of the blocks or the modal: the kind of the object it stands in, and itself.
#[must_use]
pub fn texts(of: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(of, &mut found);
    found
}

/// Every button: its label, its action id and its value.
#[must_use]
pub fn buttons(of: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    find(of, "button", &mut found);
    found
}

pub(crate) fn find(of: &Value, kind: &str, found: &mut Vec<Value>) {
    if of["type"] == kind {
        found.push(of.clone());
    }
    match of {
        Value::Array(all) => all.iter().for_each(|one| find(one, kind, found)),
        Value::Object(map) => map.values().for_each(|one| find(one, kind, found)),
        _ => {}
    }
}

/// Reads downwards in the order in which Slack shows it.
fn gather(of: &Value, lines: &mut String) {
    const SHOWN: [&str; 11] = [
        "title",
        "text",
        "fields",
        "elements",
        "label",
        "element",
        "accessory",
        "hint",
        "placeholder",
        "options",
        "blocks",
    ];
    match of {
        Value::Array(all) => all.iter().for_each(|one| gather(one, lines)),
        Value::Object(map) => {
            if let Some(text) = map.get("text").and_then(Value::as_str) {
                lines.push_str(text);
                // Parts of rich text follow one another in one line.
                if map.get("type").is_none_or(|kind| kind != "text") {
                    lines.push('\n');
                }
            }
            SHOWN.iter().filter_map(|key| map.get(*key)).for_each(|one| gather(one, lines));
            // A paragraph of rich text ends its line.
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
            if kind.starts_with("rich_text_") {
                lines.push('\n');
            }
        }
        _ => {}
    }
}

fn collect(of: &Value, found: &mut Vec<(String, String)>) {
    match of {
        Value::Array(all) => all.iter().for_each(|one| collect(one, found)),
        Value::Object(map) => {
            if let Some(text) = map.get("text").and_then(Value::as_str) {
                let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
                found.push((kind.to_owned(), text.to_owned()));
            }
            map.values().for_each(|one| collect(one, found));
        }
        _ => {}
    }
}
