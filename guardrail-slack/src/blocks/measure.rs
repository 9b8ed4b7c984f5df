//! How long a text is to Slack, and the limits of its messages and modals.
//!
//! All texts of a message cost less than 10,000 together: Slack refuses a message at about 13,200,
//! and counts some of its structure as well.

use guardrail_core::view::Limits;

/// Most blocks of one page; a modal takes 100, and the rest is for inputs.
pub(super) const PAGE_BLOCKS: usize = 90;
/// Most bytes of the blocks of one page. Slack refuses a modal above 250 kB.
pub(super) const PAGE_BYTES: usize = 100_000;
/// Most pages of one request; what needs more cannot be approved in Slack.
pub(super) const PAGES: usize = 12;
/// Most that the texts of one rich text block cost, and one part of a long value.
pub(super) const BLOCK: usize = 2_800;
/// Most that a field of a section costs, which takes 2,000.
pub(super) const FIELD: usize = 1_900;
/// Most of one value in a message.
const VALUE: usize = 2_600;
/// What stands around one fact: line breaks, the sign before a notice.
const EACH: usize = 12;

/// What a character costs: the most of what Slack may count, which it does not tell. It escapes
/// three characters, and a line break takes a line.
pub(super) fn measure(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        '"' | '\\' => 2,
        '\n' => 40,
        c => c.len_utf8(),
    }
}

/// What a text costs.
pub(super) fn cost(text: &str) -> usize {
    text.chars().map(measure).sum()
}

/// How much of a request one message shows: 8,576 for all facts together, so that what stands
/// around them has the rest of 10,000.
pub(super) fn limits() -> Limits {
    Limits::new(VALUE, 0, measure).each(EACH)
}

/// Cuts a text into parts of at most `most`, each but the last at a place where no marker of ours
/// and no letter with its marks is split.
pub(super) fn parts(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at_checked(end(rest, most)).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts
}

/// Where a part that begins here ends, in bytes; never 0.
fn end(text: &str, most: usize) -> usize {
    let mut spent = 0;
    let mut good = 0;
    let mut open = false;
    for (at, c) in text.char_indices() {
        // Before ASCII or a marker of ours, not within one: marks stand on what they follow.
        if at > 0 && !open && (c.is_ascii() || c == '⟨') {
            good = at;
        }
        spent += measure(c);
        if spent > most && at > 0 {
            return if good > 0 { good } else { at };
        }
        open = (open || c == '⟨') && c != '⟩';
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_text_and_none_costs_too_much() {
        for text in [
            "x".repeat(10_000),
            "⟨U+202E⟩".repeat(900),
            "a & b < c\n".repeat(500),
            "漢字".repeat(4_000),
        ] {
            let parts = parts(&text, BLOCK);
            assert_eq!(parts.concat(), text);
            assert!(parts.len() > 1);
            assert!(parts.iter().all(|part| cost(part) <= BLOCK));
            assert!(
                parts.iter().all(|part| part.matches('⟨').count() == part.matches('⟩').count())
            );
        }
    }
}
