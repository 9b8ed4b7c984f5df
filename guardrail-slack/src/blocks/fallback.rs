//! The text beside the blocks. Slack reads it as markup, so no byte of an agent gets in that could
//! make a name, a link or an emoji.

/// Most characters of a name in a notification.
const NAME: usize = 64;

/// A name with everything but letters, digits, `-` and a `_` between letters of ASCII replaced. What
/// is left makes no mention (`<`, `@`), no link (`.`, `:`), no emoji (`:`) and no style (`_` around words).
pub(super) fn neutral(name: &str) -> String {
    let mut text = String::new();
    let mut letter = false;
    let mut chars = name.chars().take(NAME).peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().is_some_and(char::is_ascii_alphanumeric);
        let plain = c.is_ascii_alphanumeric() || c == '-' || (c == '_' && letter && next);
        text.push(if plain { c } else { '·' });
        letter = c.is_ascii_alphanumeric();
    }
    if name.chars().count() > NAME {
        text.push('…');
    }
    text
}
