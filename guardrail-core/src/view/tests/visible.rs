//! Single rules of `visible`, each with the text that it is there for.

use super::decode::decode;
use crate::view::{Style, WarningKind, visible};

#[track_caller]
fn line(text: &str, expected: &str) {
    let shown = visible(text, Style::LINE);
    assert_eq!(shown.text(), expected);
    assert_eq!(decode(shown.text()), text);
}

#[track_caller]
fn block(text: &str, expected: &str) {
    let shown = visible(text, Style::BLOCK);
    assert_eq!(shown.text(), expected);
    assert_eq!(decode(shown.text()), text);
}

fn kinds(text: &str) -> Vec<WarningKind> {
    visible(text, Style::BLOCK).warnings().iter().map(crate::view::Warning::kind).collect()
}

#[test]
fn plain_text_of_any_script_stays_as_it_is() {
    for text in [
        "terraform apply -auto-approve",
        "naïve Übergröße, 5 €, 10 % … “quoted”",
        "Привет, мир",
        "Ελληνικά",
        "日本語のテキスト、Tシャツ",
        "한국어 문장",
        "हिन्दी में क्षमा",
        "ไทยที่นี่",
        "שלום עולם",
        "🦀 👍🏽 🇪🇺",
    ] {
        assert_eq!(visible(text, Style::LINE).text(), text);
        assert!(
            kinds(text).iter().all(|k| *k == WarningKind::RightToLeft),
            "{text}: {:?}",
            visible(text, Style::LINE).warnings()
        );
    }
}

#[test]
fn controls_are_numbers() {
    line("a\0b", "a⟨U+0000⟩b");
    line("\u{1b}[2J", "⟨U+001B⟩[2J");
    line("a\tb", "a⟨U+0009⟩b");
    line("a\u{9b}2J", "a⟨U+009B⟩2J");
    line("a\u{2028}b", "a⟨U+2028⟩b");
    assert_eq!(kinds("a\rb"), [WarningKind::Control]);
    assert_eq!(kinds("a\r\nb\tc"), []);
}

#[test]
fn a_written_marker_is_not_a_marker() {
    line("⟨U+202E⟩", "⟨U+27E8⟩U+202E⟨U+27E9⟩");
    line("〈U+202E〉", "⟨U+3008⟩U+202E⟨U+3009⟩");
    line("⟨40 spaces⟩", "⟨U+27E8⟩40 spaces⟨U+27E9⟩");
}

#[test]
fn long_blanks_are_counted() {
    line("a        b", "a        b");
    line("a         b", "a⟨9 spaces⟩b");
    block(&format!("ls{}rm", "\n".repeat(2000)), "ls⟨2000 newlines⟩rm");
    assert_eq!(kinds(&format!("a{}b", " ".repeat(40))), [WarningKind::Blanks]);
    assert_eq!(visible("a  b", Style::LINE.spaces(1)).text(), "a⟨2 spaces⟩b");
}

#[test]
fn blanks_at_an_edge_are_spelled_out() {
    line("ls ", "ls⟨U+0020⟩");
    line(" ls", "⟨U+0020⟩ls");
    line("   ", "⟨3 spaces⟩");
    block("a \n  b\n", "a⟨U+0020⟩\n  b⟨U+000A⟩");
}

#[test]
fn lines_break_only_where_the_style_lets_them() {
    line("a\nb", "a⟨U+000A⟩b");
    block("a\nb\n\nc", "a\nb\n\nc");
    block("\n\na", "⟨U+000A⟩⟨U+000A⟩a");
}

#[test]
fn empty_looking_lines_cannot_push_text_below_the_fold() {
    for filler in ["\n ", " \n", "\n\u{200b}", "\t\n", "\n\u{2800}"] {
        let text = format!("ls{}rm -rf /", filler.repeat(500));
        let shown = visible(&text, Style::BLOCK);
        assert!(shown.text().lines().count() <= 3, "{filler:?}");
        assert_eq!(decode(shown.text()), text);
    }
}

#[test]
fn canonical_twins_look_different() {
    line("é", "é");
    line("e\u{301}", "e⟨U+0301⟩");
    line("\u{212B}\u{C5}", "⟨U+212B⟩Å");
    line("\u{1100}\u{1161}가", "\u{1100}⟨U+1161⟩가");
    line("a\u{323}\u{302}", "a⟨U+0323⟩⟨U+0302⟩");
    assert_eq!(kinds("e\u{301}"), [WarningKind::NotNormal]);
}

#[test]
fn marks_pile_up_no_higher_than_three() {
    let text = format!("x{}y", "\u{302}\u{303}\u{304}\u{305}\u{306}");
    line(&text, "x\u{302}\u{303}\u{304}⟨U+0305⟩⟨U+0306⟩y");
    line("\u{302}x", "⟨U+0302⟩x");
    line(" \u{302}", "⟨U+0020⟩⟨U+0302⟩");
    line("a\u{336}b\u{20dd}", "a⟨U+0336⟩b⟨U+20DD⟩");
}

#[test]
fn look_alikes_are_named() {
    for text in [
        "p\u{430}ypal",
        "\u{430}\u{440}\u{440}\u{4cf}\u{435}.com",
        "rm -rf \u{430}",
        "ﬁle",
        "Привет, сосо",
    ] {
        assert_eq!(kinds(text), [WarningKind::Confusable], "{text}");
    }
    assert_eq!(
        visible("p\u{430}ypal", Style::LINE).warnings()[0].to_string(),
        "mixed-script or confusable letters: U+0430"
    );
    for sign in [
        "\u{2044}", "\u{2215}", "\u{ff0f}", "\u{2024}", "\u{a789}", "\u{2223}", "\u{3002}",
        "\u{ff61}",
    ] {
        assert_eq!(kinds(&format!("a{sign}b")), [WarningKind::Confusable], "{sign}");
    }
}

/// Signs in a row, signs between blanks, letters of phonetics, symbols in place of letters.
#[test]
fn look_alikes_that_stand_apart_are_named() {
    for text in [
        "https:\u{2044}\u{2044}evil.example",
        "https:\u{ff0f}\u{ff0f}evil.example",
        "echo hi\u{ff1b} reboot",
        "ls \u{ff5c} sh",
        "ls \u{2223} sh",
        "ls \u{ff06}\u{ff06} reboot",
        "rm \u{2217}",
        "\u{2044}etc",
        "\u{2024}\u{2024}/etc",
        "\u{2025}/etc",
        "$\u{ff08}id\u{ff09}",
        "\u{ff02}x\u{ff02}",
        "rm \u{ff0d}rf",
        "rm \u{30fc}rf",
        "\u{1d00}dmin",
        "\u{274}ode",
        "\u{249c}dmin",
        "\u{1f170}DMIN",
        "\u{1f1e6}DMIN",
    ] {
        let shown = visible(text, Style::LINE);
        let warned = shown.warnings().iter().any(|w| w.kind() == WarningKind::Confusable);
        assert!(warned, "{text}");
    }
    // A question mark of Greek is a semicolon to whoever reads it.
    assert_eq!(kinds("echo hi\u{37e} x"), [WarningKind::Confusable, WarningKind::NotNormal]);
}

#[test]
fn honest_prose_raises_no_alarm() {
    for text in [
        "я и а, с ним",
        "don’t — 5 m² … ½",
        "あ：い（う）",
        "端口：8080",
        "使用 ； 分隔",
        "Ærø, Œuvre, straße",
        "Settings › General",
        "├── src │ lib",
        "一 二 三",
        "スーパー",
        "🇩🇪 flag 🇫🇷",
        "wait… then / stop",
        "2 × 3 ≤ 7 ÷ 1",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn right_to_left_text_is_isolated_line_by_line() {
    let shown = visible("a שלום\nb", Style::BLOCK);
    assert!(shown.is_rtl());
    assert_eq!(shown.isolated(), "\u{2068}a שלום\u{2069}\nb");
    assert_eq!(visible("plain", Style::LINE).isolated(), "plain");
}

#[test]
fn a_warning_counts_places_and_keeps_few_samples() {
    let shown = visible("\u{200b}\u{200b}\u{200c}\u{200d}\u{2060}\u{2061}", Style::LINE);
    assert_eq!(
        shown.warnings()[0].to_string(),
        "invisible characters: U+200B, U+200C, U+200D, U+2060 (6 places)"
    );
}

#[test]
fn signs_that_pass_for_those_of_flags_and_variables() {
    for text in [
        "rm \u{2212}rf /",
        "ls \u{2010}la",
        "git push \u{2014}force",
        "echo \u{FF04}(id)",
        "\u{2013}-all",
    ] {
        let warnings = visible(text, Style::LINE);
        let warned = warnings.warnings().iter().any(|w| w.kind() == WarningKind::Confusable);
        assert!(warned, "{text}");
    }
    for text in [
        "Mon\u{2013}Fri",
        "10\u{2013}20",
        "one \u{2014} two",
        "e\u{2011}mail",
        "\u{2212}5 \u{b0}C",
        "5 \u{20ac}",
    ] {
        assert_eq!(visible(text, Style::LINE).warnings(), [], "{text}");
    }
}
