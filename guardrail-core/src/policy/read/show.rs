//! Text of the file inside a message: short, and with nothing in it that hides.

/// Most characters of a text that a message repeats.
const SHOWN: usize = 64;

/// As it stands, where it can be read; for text whose rule allows letters of any script.
pub(super) fn shown(text: &str) -> String {
    limited(text, text.chars().take(SHOWN).flat_map(char::escape_debug).collect())
}

/// With every letter beyond ASCII as its number; for words whose rule is ASCII, so that a letter
/// that only looks right can be seen.
pub(super) fn spelled(text: &str) -> String {
    limited(text, text.chars().take(SHOWN).flat_map(char::escape_default).collect())
}

/// A key as it is written in a path of keys.
pub(super) fn key(text: &str) -> String {
    let bare = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare {
        limited(text, text.chars().take(SHOWN).collect())
    } else {
        format!("\"{}\"", spelled(text))
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn limited(text: &str, mut head: String) -> String {
    if text.chars().nth(SHOWN).is_some() {
        head.push('…');
    }
    head
}
