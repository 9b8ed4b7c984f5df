//! Reads shown text back: the proof that two texts are never shown alike.

/// The text that `shown` was made from. Panics where a marker is none of ours.
pub(super) fn decode(shown: &str) -> String {
    let mut text = String::new();
    let mut rest = shown;
    while let Some((before, marker)) = rest.split_once('⟨') {
        text.push_str(before);
        let (marker, after) = marker.split_once('⟩').expect("a marker ends");
        text.push_str(&meaning(marker));
        rest = after;
    }
    text.push_str(rest);
    text
}

fn meaning(marker: &str) -> String {
    if let Some(hex) = marker.strip_prefix("U+") {
        let c = char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap();
        return c.to_string();
    }
    let (count, what) = marker.split_once(' ').unwrap();
    let blank = match what {
        "spaces" => " ",
        "newlines" => "\n",
        other => panic!("unknown marker `{other}`"),
    };
    blank.repeat(count.parse().unwrap())
}

/// The rule of safe text, written down a second time: what is left when markers are gone.
pub(super) fn assert_safe(shown: &str, breaks: bool) {
    use unicode_normalization::UnicodeNormalization;
    use unicode_properties::{GeneralCategoryGroup as G, UnicodeGeneralCategory};
    for c in shown.chars() {
        let good = match c.general_category_group() {
            G::Letter | G::Mark | G::Number | G::Punctuation | G::Symbol => true,
            G::Separator => c == ' ',
            G::Other => c == '\n' && breaks,
        };
        assert!(good, "U+{:04X} is shown raw", u32::from(c));
        assert!(!"\u{3164}\u{115F}\u{2800}\u{FE0F}\u{E0100}\u{34F}\u{FFFD}".contains(c));
    }
    assert_eq!(shown.nfc().collect::<String>(), shown, "another spelling looks the same");
}
