//! Every entry of the corpus that is text for a reader, run through `visible` and `cut`.

use super::corpus::{Attack, class};
use super::decode::{assert_safe, decode};
use super::request::{ASKED, deploy, pending};
use crate::view::{Budget, Style, Visible, characters, cut, open, text, visible};

fn texts(name: &str) -> impl Iterator<Item = (Attack, String)> {
    class(name).into_iter().filter(Attack::is_text).map(|attack| {
        let text = attack.text();
        (attack, text)
    })
}

/// Shows it in both styles; each is safe and reads back.
fn shown(attack: &Attack, text: &str) -> Visible {
    for (style, breaks) in [(Style::LINE, false), (Style::BLOCK, true)] {
        let shown = visible(text, style);
        assert_safe(shown.text(), breaks);
        assert_eq!(decode(shown.text()), text, "{}", attack.id);
    }
    visible(text, Style::LINE)
}

fn warns(shown: &Visible, word: &str) -> bool {
    shown.warnings().iter().any(|w| w.to_string().contains(word))
}

#[test]
fn hidden_code_points_are_shown_with_a_warning() {
    for name in ["bidi", "invisible", "control", "homoglyph", "ansi"] {
        for (attack, text) in texts(name).filter(|(a, _)| a.expect == "render_visible") {
            let shown = shown(&attack, &text);
            if let Some(code) = attack.assertion("rendered_contains") {
                assert!(shown.text().contains(code), "{}: {}", attack.id, shown.text());
            }
            // "mixed direction allowed, ..": its first words are the warning.
            let word = attack.assertion("warning").map(|w| w.split(" allowed").next().unwrap());
            assert!(warns(&shown, word.unwrap_or("")), "{}: {:?}", attack.id, shown.warnings());
        }
    }
}

#[test]
fn legitimate_right_to_left_text_stays_readable() {
    let (attack, text) = texts("bidi").find(|(a, _)| a.id == "bidi-016").unwrap();
    let shown = shown(&attack, &text);
    assert_eq!(shown.text(), text);
    assert_eq!(shown.isolated(), format!("\u{2068}{text}\u{2069}"));
}

#[test]
fn long_values_show_head_tail_length_and_hash() {
    for (attack, text) in texts("truncation") {
        let budget = Budget::new(2000, characters);
        let cut = cut(&text, Style::BLOCK, &budget);
        assert!(budget.cost(&cut.text()) <= 2000, "{}", attack.id);
        assert!(cut.text().lines().count() <= 3, "{}", attack.id);
        let suffix: String = text.chars().skip(text.chars().count() - 8).collect();
        assert!(cut.text().ends_with(&suffix), "{}", attack.id);
        if !cut.is_whole() {
            let notice = cut.notice().unwrap();
            assert!(notice.contains(&format!("{} bytes", text.len())) && notice.contains("sha256"));
        } else {
            assert!(text.len() <= 2000 || warns(&cut.visible(), "blanks"), "{}", attack.id);
        }
    }
}

#[test]
fn a_forged_log_line_stays_within_its_line() {
    for (attack, text) in texts("log_injection").chain(texts("dialog_forge")) {
        assert_eq!(shown(&attack, &text).text().lines().count(), 1, "{}", attack.id);
    }
}

#[test]
fn twin_keys_are_told_apart() {
    let (attack, text) = texts("json").find(|(a, _)| a.id == "json-048").unwrap();
    let shown = shown(&attack, &text);
    let keys: Vec<&str> = shown.text().split('"').collect();
    assert_ne!(keys[1], keys[3]);
    assert!(warns(&shown, "NFC") || keys[3] == "e\\u0301");
    assert_eq!(visible("e\u{301}", Style::LINE).text(), "e⟨U+0301⟩");
}

#[test]
fn credentials_are_in_no_rendering() {
    for (attack, payload) in texts("secret").filter(|(a, _)| a.id != "secret-011") {
        let intent = deploy()
            .arg("value", &payload)
            .arg("list", &[format!("before {payload} after")])
            .debug("debug", &payload)
            .reason(&payload)
            .summary(&payload)
            .preview(&payload);
        let facts = open(&pending(intent), ASKED);
        let shown = format!("{facts:?}{}", text(&facts, 200));
        // What precedes the secret in `password=..` and `postgres://..` may stay.
        let secret = payload.rsplit(['=', ':']).next().unwrap().split('@').next().unwrap();
        assert!(!shown.contains(secret), "{}: {shown}", attack.id);
        assert!(shown.contains("⟨masked, "), "{}", attack.id);
    }
}
