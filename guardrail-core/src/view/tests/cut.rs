//! What a cut value still tells, and that no cut goes through a character.

use crate::view::{Budget, Style, characters, columns, cut};

fn slack(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    }
}

#[test]
fn a_value_that_fits_is_whole() {
    let text = "x".repeat(96);
    let cut = cut(&text, Style::LINE, &Budget::new(96, characters));
    assert!(cut.is_whole());
    assert_eq!((cut.text(), cut.gap(), cut.notice()), (text, None, None));
}

#[test]
fn one_more_character_is_cut_with_head_tail_length_and_hash() {
    let text = format!("begin{}end", "x".repeat(89));
    let cut = cut(&text, Style::LINE, &Budget::new(96, characters));
    assert!(!cut.is_whole());
    assert!(cut.head().starts_with("begin") && cut.tail().ends_with("end"));
    assert_eq!((cut.characters(), cut.bytes()), (97, 97));
    assert_eq!(cut.omitted(), 97 - cut.head().len() - cut.tail().len());
    // printf 'begin%089dend' 0 | tr 0 x | sha256sum
    assert_eq!(cut.short_hash(), "0bd8db9c9950e8ca");
    assert_eq!(cut.notice().unwrap(), "97 characters, 97 bytes, sha256 0bd8db9c9950e8ca…");
}

#[test]
fn no_budget_is_too_small_for_head_tail_and_gap() {
    assert_eq!(Budget::new(1, characters).most(), 96);
}

#[test]
fn a_measure_that_counts_much_raises_the_least() {
    let budget = Budget::new(1, |_| 10);
    let cut = cut(&"x".repeat(500), Style::LINE, &budget);
    assert!(budget.cost(&cut.text()) <= budget.most());
    assert!(cut.head().contains("xx") && cut.tail().contains("xx"));
}

#[test]
fn the_budget_counts_what_the_channel_spends() {
    let text = format!("{};drop table users", "&".repeat(1500));
    let budget = Budget::new(3000, slack);
    let cut = cut(&text, Style::LINE, &budget);
    assert!(!cut.is_whole());
    assert!(budget.cost(&cut.text()) <= 3000);
    assert!(cut.tail().ends_with(";drop table users"));
}

#[test]
fn wide_letters_and_line_breaks_cost_what_they_take() {
    let wide = cut(&"漢".repeat(60), Style::LINE, &Budget::new(100, columns));
    assert!(!wide.is_whole());
    let lines = cut(&"a\n".repeat(60), Style::BLOCK, &Budget::new(800, columns));
    assert!(lines.text().lines().count() <= 10);
}

#[test]
fn no_marker_and_no_letter_with_marks_is_split() {
    for length in 0..40 {
        let unit = "\u{1b}g\u{302}👍🏽🇪🇺";
        let text = format!("{}{}", "x".repeat(length), unit.repeat(100));
        let cut = cut(&text, Style::LINE, &Budget::new(200, characters));
        for part in [cut.head(), cut.tail()] {
            assert_eq!(part.matches('⟨').count(), part.matches('⟩').count());
            let halves = part.chars().filter(|c| matches!(c, '🇪' | '🇺')).count();
            assert_eq!(halves % 2, 0, "a flag is split");
            assert!(!part.starts_with(['\u{302}', '🏽', '⟩', 'U']));
        }
        assert!(!cut.head().ends_with('👍') && !cut.head().ends_with('⟨'));
    }
}

#[test]
fn warnings_speak_of_the_part_left_out_too() {
    let text = format!("{}\u{202e}{}", "a".repeat(500), "b".repeat(500));
    let cut = cut(&text, Style::LINE, &Budget::new(100, characters));
    assert!(!cut.text().contains("202E"));
    assert_eq!(cut.warnings()[0].to_string(), "bidi controls that reorder text: U+202E");
}
