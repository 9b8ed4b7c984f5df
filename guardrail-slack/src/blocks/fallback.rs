//! The text beside the blocks. Slack reads it as markup, so no byte of an agent gets in that could
//! make a name, a link or an emoji.

/// Most characters of a name in a notification.
const NAME: usize = 64;

/// A name with everything but letters, digits, `_` and `-` of ASCII replaced. What is left makes
/// no mention (`<`, `@`), no link (`.`, `:`), no emoji (`:`) and no style but a harmless slant.
pub(super) fn neutral(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut text: String =
        name.chars().take(NAME).map(|c| if plain(c) { c } else { '·' }).collect();
    if name.chars().count() > NAME {
        text.push('…');
    }
    text
}
