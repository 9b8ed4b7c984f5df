//! Every string of a message with the way to it, and the rules that no string may break.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::blocks::Shown;
use crate::blocks::measure::cost;

/// Most that all texts of a message cost together.
const MESSAGE: usize = 10_000;

/// Every string and its way: `blocks[3].elements[0].text`. The type of the object it stands in
/// comes with it.
pub(crate) fn strings(value: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    walk(value, "", "", &mut found);
    found
}

fn walk(value: &Value, way: &str, kind: &str, found: &mut Vec<(String, String, String)>) {
    match value {
        Value::String(text) => found.push((way.to_owned(), kind.to_owned(), text.clone())),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                walk(item, &format!("{way}[{n}]"), kind, found);
            }
        }
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            for (key, value) in fields {
                walk(value, &format!("{way}.{key}"), kind, found);
            }
        }
        _ => {}
    }
}

/// Holds a message against every limit of Slack.
pub(crate) fn check_message(shown: &Shown) {
    assert!(!shown.text.is_empty());
    assert!(shown.blocks.len() <= 50, "{} blocks", shown.blocks.len());
    let blocks = Value::Array(shown.blocks.clone());
    let texts: usize = strings(&blocks)
        .iter()
        .filter(|(way, ..)| [".text", ".url", ".value"].iter().any(|end| way.ends_with(end)))
        .map(|(.., text)| cost_in_slack(text))
        .sum();
    let whole = texts + cost_in_slack(&shown.text);
    assert!(whole < MESSAGE, "a message of {whole}");
    check_blocks(&blocks);
}

/// Holds a modal against every limit of Slack.
pub(crate) fn check_view(view: &Value) {
    let blocks = view.get("blocks").unwrap();
    assert!(blocks.as_array().unwrap().len() <= 100);
    assert!(text(view, "/title/text").chars().count() <= 24);
    for part in ["/submit/text", "/close/text"] {
        assert!(view.pointer(part).is_none_or(|text| text.as_str().unwrap().len() <= 24));
    }
    assert!(view.get("private_metadata").is_none_or(|text| text.as_str().unwrap().len() <= 3000));
    assert!(serde_json::to_vec(view).unwrap().len() <= 200_000);
    check_blocks(blocks);
}

fn check_blocks(blocks: &Value) {
    let mut ids = BTreeSet::new();
    for (way, kind, text) in strings(blocks) {
        let length = text.chars().count().max(text.encode_utf16().count());
        assert!(!text.is_empty(), "{way} is empty");
        assert!(length <= 3000, "{way} has {length}");
        if way.ends_with(".action_id") || way.ends_with(".block_id") {
            assert!(text.len() <= 255);
            assert!(ids.insert(way.rsplit('.').next().unwrap().to_owned() + &text), "{text} twice");
        }
        if kind == "button" && way.ends_with(".value") {
            assert!(length <= 2000);
        }
        if kind == "plain_text" && way.ends_with(".text") {
            assert!(
                !text
                    .replace("&amp;", "")
                    .replace("&lt;", "")
                    .replace("&gt;", "")
                    .contains(['<', '>', '&']),
                "{way}: {text}"
            );
        }
    }
    for block in blocks.as_array().unwrap() {
        if block["type"] == "header" {
            assert!(text(block, "/text/text").chars().count() <= 150);
        }
        let fields = block.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
        assert!(fields.len() <= 10);
        assert!(fields.iter().all(|field| text(field, "/text").chars().count() <= 2000));
        for element in block.get("elements").and_then(Value::as_array).into_iter().flatten() {
            if element["type"] == "button" {
                assert!(text(element, "/text/text").len() <= 75);
            }
            if let Some(confirm) = element.get("confirm") {
                assert!(text(confirm, "/title/text").len() <= 100);
                assert!(text(confirm, "/text/text").len() <= 300);
            }
        }
    }
}

/// What Slack may count at most, but for line breaks, which we make dearer.
fn cost_in_slack(text: &str) -> usize {
    cost(&text.replace('\n', "\""))
}

fn text<'v>(value: &'v Value, way: &str) -> &'v str {
    value.pointer(way).and_then(Value::as_str).unwrap()
}

/// Everything a person reads.
pub(crate) fn read(value: &Value) -> String {
    let mut page = String::new();
    for (way, kind, text) in strings(value) {
        if way.ends_with(".text") {
            let text = if kind == "plain_text" || kind == "mrkdwn" {
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            } else {
                text
            };
            page.push_str(&text);
            page.push('\n');
        }
    }
    page
}
