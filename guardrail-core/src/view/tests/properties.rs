//! What holds for every text: safe, readable back, bounded.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::decode::{assert_safe, decode};
use crate::view::{Budget, Style, characters, columns, cut, visible};

/// Text made of what attackers use, mixed with anything.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        3 => "[ -~]{0,6}",
        2 => "[ \n]{0,12}",
        2 => "[\u{300}-\u{345}\u{1100}-\u{11ff}\u{9be}\u{9c7}\u{93c}\u{338}]{0,5}",
        2 => "[\u{ac00}-\u{ac20}\u{915}-\u{93f}ae]{0,3}",
        2 => "[\u{200b}-\u{200f}\u{2028}-\u{202f}\u{2060}-\u{206f}\u{80}-\u{a0}]{0,3}",
        1 => Just("⟨U+202E⟩".to_owned()),
        1 => Just("⟨40 spaces⟩".to_owned()),
    ];
    proptest::collection::vec(pieces, 0..40).prop_map(|parts| parts.concat())
}

fn style() -> impl Strategy<Value = Style> {
    (any::<bool>(), 0..10_usize).prop_map(|(breaks, spaces)| {
        if breaks { Style::BLOCK.spaces(spaces) } else { Style::LINE.spaces(spaces) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 22: what is shown can be read back, so two texts are never shown alike.
    #[test]
    fn shown_text_reads_back(text in hostile(), style in style()) {
        prop_assert_eq!(decode(visible(&text, style).text()), text);
    }

    /// Two spellings that Unicode calls equal are shown as two that it does not.
    #[test]
    fn canonical_twins_are_told_apart(text in hostile(), style in style()) {
        let twin: String = text.nfd().collect();
        let (a, b) = (visible(&text, style), visible(&twin, style));
        prop_assert_eq!(a.text().nfc().eq(b.text().nfc()), text == twin);
    }

    #[test]
    fn shown_text_is_safe_and_stays_safe(text in hostile()) {
        for (style, breaks) in [(Style::LINE, false), (Style::BLOCK, true)] {
            let once = visible(&text, style);
            assert_safe(once.text(), breaks);
            let twice = visible(once.text(), style);
            assert_safe(twice.text(), breaks);
            for warning in once.warnings() {
                let warning = warning.to_string();
                prop_assert!(warning.bytes().all(|b| (b' '..=b'~').contains(&b)), "{}", warning);
            }
        }
    }

    #[test]
    fn a_cut_keeps_its_budget_and_loses_nothing_unsaid(text in hostile(), most in 96..400_usize) {
        for measure in [characters, columns] {
            let budget = Budget::new(most, measure);
            let whole = visible(&text, Style::BLOCK);
            let cut = cut(&text, Style::BLOCK, &budget);
            prop_assert!(budget.cost(&cut.text()) <= most);
            prop_assert_eq!(cut.warnings(), whole.warnings());
            prop_assert_eq!(cut.is_whole(), budget.cost(whole.text()) <= most);
            prop_assert!(whole.text().starts_with(cut.head()));
            prop_assert!(whole.text().ends_with(cut.tail()));
            let shown = decode(cut.head()).chars().count() + decode(cut.tail()).chars().count();
            prop_assert_eq!(shown + cut.omitted(), text.chars().count());
            assert_safe(cut.head(), true);
        }
    }
}

#[test]
fn every_single_code_point_is_safe_alone_and_behind_a_letter() {
    // Ideographs and syllables, and the planes where nothing is assigned, are sampled.
    let every = |from, to, step| (from..=to).step_by(step);
    let all = every('\0', '\u{33FF}', 1)
        .chain(every('\u{3400}', '\u{9FFF}', 31))
        .chain(every('\u{A000}', '\u{ABFF}', 1))
        .chain(every('\u{AC00}', '\u{D7A3}', 31))
        .chain(every('\u{D7B0}', '\u{1FFFF}', 1))
        .chain(every('\u{20000}', '\u{DFFFF}', 211))
        .chain(every('\u{E0000}', '\u{E0FFF}', 1))
        .chain(every('\u{E1000}', char::MAX, 211));
    for c in all {
        for text in [c.to_string(), format!("a{c}"), format!("\u{1100}{c}b")] {
            let shown = visible(&text, Style::LINE);
            assert_safe(shown.text(), false);
            assert_eq!(decode(shown.text()), text);
        }
    }
}

#[test]
fn however_long_a_text_is_it_is_shown_in_the_budget() {
    let units = ["\u{1b}", "\n", " \n", "\u{301}", "e\u{301}", "\u{1161}", "а\u{200b}b", "⟨", "漢"];
    let long = units.map(|unit| (unit, 1 << 16));
    for (unit, bytes) in long.into_iter().chain([("A", 1 << 20), ("\0", 1 << 20)]) {
        let text = unit.repeat(bytes / unit.len());
        let budget = Budget::new(3000, characters);
        let cut = cut(&text, Style::BLOCK, &budget);
        assert!(budget.cost(&cut.text()) <= 3000, "{unit:?}");
        assert_eq!(cut.bytes(), text.len());
    }
}
