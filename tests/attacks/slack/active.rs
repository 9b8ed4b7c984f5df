//! Where in what is sent Slack would read markup, follow an address or name somebody.

use std::collections::BTreeSet;

use serde_json::Value;

/// Elements of rich text that are more than text.
const NAMES: [&str; 6] = ["user", "usergroup", "channel", "broadcast", "emoji", "team"];

/// Every string that Slack would read as more than text, with what differs from request to request taken out; each with
/// the kind of its place.
pub(crate) fn active(sent: &[Value]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in sent {
        // The fallback is markup for whoever shows it.
        if let Some(text) = call["text"].as_str() {
            found.insert(format!("fallback: {}", steady(text)));
        }
        walk(call, &mut found);
    }
    found
}

fn walk(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| walk(one, found)),
        Value::Object(map) => {
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
            if ["mrkdwn", "markdown"].contains(&kind) || NAMES.contains(&kind) || kind == "link" {
                found.insert(format!("{kind}: {}", steady(&value.to_string())));
            }
            for key in ["url", "image_url", "alt_text", "action_id", "block_id", "callback_id"] {
                if let Some(text) = map.get(key).and_then(Value::as_str) {
                    found.insert(format!("{key}: {}", steady(text)));
                }
            }
            map.values().for_each(|one| walk(one, found));
        }
        _ => {}
    }
}

/// The text without numbers and ids: times, request ids, nonces.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let number =
            bare.chars().all(|c| c.is_ascii_hexdigit()) && bare.chars().any(|c| c.is_ascii_digit());
        steady.push_str(if number { "#" } else { bare });
        steady.extend(word.strip_prefix(bare));
    }
    steady
}

/// Every string of what is sent, with its path.
pub(crate) fn strings(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        Value::Array(all) => {
            for (at, one) in all.iter().enumerate() {
                strings(one, &format!("{path}[{at}]"), found);
            }
        }
        Value::Object(map) => {
            for (key, one) in map {
                found.push((format!("{path}.{key}(key)"), key.clone()));
                strings(one, &format!("{path}.{key}"), found);
            }
        }
        _ => {}
    }
}
