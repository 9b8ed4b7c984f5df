//! Small readers of words.

use std::time::Duration;

/// Whether one of the words stands in the text.
pub(crate) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The people scenarios speak of. The agent and the requester are parties too.
pub(crate) const PEOPLE: [&str; 8] =
    ["alice", "bob", "carol", "dave", "erin", "mallory", "requester", "agent"];

/// The first of them in the text.
pub(crate) fn person(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.into_iter().find(|word| PEOPLE.contains(word))
}

/// The person whose name stands right behind these words.
pub(crate) fn name_behind(text: &str, words: &str) -> Option<String> {
    let (_, rest) = text.split_once(words)?;
    person(rest.split_whitespace().next()?).map(str::to_owned)
}

/// The person whose name stands right before these words.
pub(crate) fn name_before(text: &str, words: &str) -> Option<String> {
    let (before, _) = text.split_once(words)?;
    person(before.split_whitespace().next_back()?).map(str::to_owned)
}

/// The first length of time in the text: `1 h`, `90 s`, `5 minutes`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let rest = text.get(at..)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let unit = rest.get(digits.len()..)?.trim_start();
    let number: u64 = digits.parse().ok()?;
    let millis = match unit {
        unit if unit.starts_with("ms") || unit.starts_with("millis") => 1,
        unit if unit.starts_with('s') => 1000,
        unit if unit.starts_with("mo") => 30 * 24 * 60 * 60 * 1000,
        unit if unit.starts_with('m') => 60 * 1000,
        unit if unit.starts_with('h') => 60 * 60 * 1000,
        unit if unit.starts_with('d') => 24 * 60 * 60 * 1000,
        unit if unit.starts_with('w') => 7 * 24 * 60 * 60 * 1000,
        unit if unit.starts_with('y') => 365 * 24 * 60 * 60 * 1000,
        _ => return None,
    };
    Some(Duration::from_millis(number.saturating_mul(millis)))
}
