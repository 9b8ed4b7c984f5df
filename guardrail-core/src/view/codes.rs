//! What a single code point does to a reader: plain, a mark on another, or something that hides.

use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::warning::WarningKind;

/// How one code point may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It may stand as itself.
    Plain,
    /// U+0020.
    Space,
    /// U+000A.
    Newline,
    /// It stands on the code point before it, and may do so if that one is plain.
    Mark,
    /// It is shown as its number, for the reason given. `None`: it is harmless, but would be
    /// mistaken for a marker or has no width of its own that a reader could count on.
    Coded(Option<WarningKind>),
}

/// Decides how `c` may be shown, by itself.
pub(super) fn class(c: char) -> Class {
    match c {
        ' ' => Class::Space,
        '\n' => Class::Newline,
        '\t' => Class::Coded(None),
        '!'..='~' => Class::Plain,
        _ if is_bracket(c) => Class::Coded(None),
        _ if is_bidi_control(c) => Class::Coded(Some(WarningKind::Bidi)),
        _ if is_invisible(c) => Class::Coded(Some(WarningKind::Invisible)),
        '\u{FFFC}' | '\u{FFFD}' => Class::Coded(Some(WarningKind::Foreign)),
        _ => by_category(c),
    }
}

/// Whether `c` is written from right to left by itself (bidi classes R, AL and AN, by block).
pub(super) fn is_rtl(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8FF}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

fn by_category(c: char) -> Class {
    use GeneralCategory as G;
    match c.general_category() {
        G::Control | G::LineSeparator | G::ParagraphSeparator => {
            Class::Coded(Some(WarningKind::Control))
        }
        G::Format => Class::Coded(Some(WarningKind::Invisible)),
        G::SpaceSeparator => Class::Coded(Some(WarningKind::Blanks)),
        G::PrivateUse | G::Surrogate | G::Unassigned => Class::Coded(Some(WarningKind::Foreign)),
        // Circles, squares and strokes drawn over a letter make it another one.
        G::EnclosingMark => Class::Coded(Some(WarningKind::Confusable)),
        G::NonspacingMark if canonical_combining_class(c) == 1 => {
            Class::Coded(Some(WarningKind::Confusable))
        }
        G::NonspacingMark | G::SpacingMark => Class::Mark,
        _ => Class::Plain,
    }
}

/// The brackets of our own markers, and what looks like them.
fn is_bracket(c: char) -> bool {
    matches!(
        c,
        '\u{27E8}' | '\u{27E9}' | '\u{2329}' | '\u{232A}' | '\u{3008}' | '\u{3009}' | '\u{276C}'
            ..='\u{2771}' | '\u{29FC}' | '\u{29FD}' | '\u{FE3F}' | '\u{FE40}'
    )
}

fn is_bidi_control(c: char) -> bool {
    matches!(c,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `Default_Ignorable_Code_Point` (Unicode 17, DerivedCoreProperties) and the few that have a
/// glyph without ink.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'
        // Braille blank, null notehead, Khitan filler: no ink.
        | '\u{2800}' | '\u{1D159}' | '\u{16FE4}')
}
