//! What a person reads in Slack of one value: its frame, part by part.

use serde_json::Value;

/// One paragraph of rich text or one plain text: what kind it is, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paragraph {
    /// `rich_text_section`, `rich_text_preformatted`, `plain_text`, `mrkdwn`, ..
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// Every paragraph of what is sent, from the top downwards.
pub(crate) fn paragraphs(sent: &Value) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let blocks = if sent["view"].is_null() { &sent["blocks"] } else { &sent["view"]["blocks"] };
    walk(blocks, &mut found);
    found
}

fn walk(value: &Value, found: &mut Vec<Paragraph>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| walk(one, found)),
        Value::Object(map) => {
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            if kind.starts_with("rich_text_") && kind != "rich_text_list" {
                let parts = map.get("elements").and_then(Value::as_array);
                let parts = parts.into_iter().flatten();
                let text = parts.filter_map(|part| part["text"].as_str()).collect();
                found.push(Paragraph { kind, text });
            } else if let Some(text) = map.get("text").and_then(Value::as_str) {
                // Outside of rich text Slack reads these three entities, and nothing else.
                let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                found.push(Paragraph { kind, text });
            } else {
                for key in ["text", "fields", "elements", "label"] {
                    if let Some(one) = map.get(key) {
                        walk(one, found);
                    }
                }
            }
        }
        _ => {}
    }
}
