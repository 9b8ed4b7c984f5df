//! Finds words that are made to be taken for other words (UTS #39).

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use super::warning::{WarningKind, Warnings};

/// Notes confusable words and signs of `text`.
pub(super) fn judge(text: &str, warnings: &mut Warnings) {
    if text.is_ascii() {
        return;
    }
    let mut twins = Vec::new();
    let mut foreign = false;
    for word in text.split(|c| !is_letter(c)).filter(|w| !w.is_ascii()) {
        match look(word) {
            Look::Deceives(c) => warnings.note(WarningKind::Confusable, Some(c)),
            // Words of another script that happen to look like ASCII: see below.
            Look::Twin(c) if twins.len() < TWINS => twins.push((c, word.chars().count())),
            Look::Twin(c) => warnings.note(WarningKind::Confusable, Some(c)),
            Look::Foreign => foreign = true,
            Look::Honest => {}
        }
    }
    for (c, length) in twins {
        // A short word such as Russian `а` is no threat in a text that is visibly Russian.
        if length > 2 || !foreign {
            warnings.note(WarningKind::Confusable, Some(c));
        }
    }
    signs(text, foreign, warnings);
}

/// Most look-alike words remembered until the whole text is known; later ones are all reported.
const TWINS: usize = 64;

enum Look {
    /// Mixed scripts or compatibility letters, first seen at this one.
    Deceives(char),
    /// One script, but it looks exactly like an ASCII word.
    Twin(char),
    /// Another script than Latin, and it shows.
    Foreign,
    /// Latin with letters that ASCII lacks, numbers.
    Honest,
}

fn look(word: &str) -> Look {
    let first = word.chars().find(|c| !c.is_ascii()).unwrap_or_default();
    if let Some(c) = word.chars().find(|c| !c.is_ascii() && (is_compatibility(*c) || is_drawn(*c)))
    {
        return Look::Deceives(c);
    }
    if let Some(c) = mixed(word) {
        return Look::Deceives(c);
    }
    if word.chars().all(|c| prototype(c).is_some_and(|c| c.is_ascii())) {
        Look::Twin(first)
    } else if word.chars().any(|c| c.is_alphabetic() && !is_latin(c)) {
        Look::Foreign
    } else {
        Look::Honest
    }
}

/// What `c` looks like, where that is a single character.
fn prototype(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    // ASCII is its own prototype here; UTS #39 has `m` look like `rn`.
    if c.is_ascii() {
        return Some(c);
    }
    let mut looks = skeleton(c.encode_utf8(&mut buffer));
    looks.next().filter(|_| looks.next().is_none())
}

/// Letters and digits that mean the same as others (`ﬁ`, `ⅰ`, `ａ`). Signs such as `…` and `²` do
/// not count: they are everywhere in honest prose and pass for nothing else.
fn is_compatibility(c: char) -> bool {
    use GeneralCategory as G;
    let letter = c.is_alphabetic() || matches!(c.general_category(), G::DecimalNumber);
    letter && ![c].into_iter().nfkc().eq([c].into_iter().nfc())
}

/// Letters that are another drawing of one of ASCII, which no language writes: small capitals of phonetics, and those
/// on dark ground.
fn is_drawn(c: char) -> bool {
    matches!(c, '\u{1D00}'..='\u{1D2B}' | '\u{A730}' | '\u{A731}' | '\u{1F150}'..='\u{1F189}')
        || "\u{262}\u{26A}\u{274}\u{276}\u{280}\u{28F}\u{299}\u{29B}\u{29C}\u{29F}".contains(c)
}

/// The first letter that is of another script than the ones before it. Latin may stand beside
/// Chinese, Japanese and Korean, as UTS #39 "highly restrictive" has it.
fn mixed(word: &str) -> Option<char> {
    let mut all = AugmentedScriptSet::default();
    let mut but_latin = AugmentedScriptSet::default();
    let mut latin = false;
    for c in word.chars() {
        let set = AugmentedScriptSet::for_char(c);
        all.intersect_with(set);
        if is_latin(c) {
            latin = true;
        } else {
            but_latin.intersect_with(set);
        }
        let east = but_latin.hanb || but_latin.jpan || but_latin.kore;
        if all.is_empty() && !(latin && east) {
            // The word `аbc` is Cyrillic first: what deceives is the letter that is not ASCII.
            return Some(if c.is_ascii() {
                word.chars().find(|c| !c.is_ascii()).unwrap_or(c)
            } else {
                c
            });
        }
    }
    None
}

fn is_latin(c: char) -> bool {
    let own = AugmentedScriptSet::for_char(c);
    let mut common = own;
    common.intersect_with(AugmentedScriptSet::for_char('a'));
    !own.is_all() && !common.is_empty()
}

/// Signs that pass for the ones that give addresses and commands their structure. In a text that is visibly in another
/// script many of them are just its own.
fn signs(text: &str, foreign: bool, warnings: &mut Warnings) {
    let mut before = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let structural = !c.is_ascii() && !is_letter(c) && looks_structural(c);
        if !c.is_ascii() {
            // Of several such signs in a row, `https:⁄⁄x`, all stand between the same two.
            let next = chars.clone().take(LOOK).find(|c| c.is_ascii() || !looks_structural(*c));
            let at_once = chars.clone().next();
            let beside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
            let open = |c: Option<char>| c.is_none_or(|c| c.is_ascii());
            let inside = structural && beside(before) && beside(next);
            // Between blanks it is a sign of its own, as `；` between two commands.
            let apart = structural && !foreign && is_strong(c) && open(before) && open(next);
            let leads = before.is_none_or(is_blank) && at_once.is_some_and(leads_on);
            if inside || apart || (leads && looks_leading(c)) || spells(c, before, at_once) {
                warnings.note(WarningKind::Confusable, Some(c));
            }
        }
        before = before.filter(|_| structural).or(Some(c));
    }
}

/// Most signs in a row behind which it is looked for something else.
const LOOK: usize = 8;

fn looks_structural(c: char) -> bool {
    // `|` itself looks like `l` to UTS #39, so whatever is no letter and looks like `l` is a bar.
    // Browsers read the full stops of Chinese and Japanese in a host's name as `.` (UTS #46).
    prototype(c).is_some_and(|c| "/\\:.;@?&=#$<>l*".contains(c)) || "。｡".contains(c) || is_wide(c)
}

/// Whether a sign is no part of honest prose beside ASCII, wherever it stands: `‹`, `∶` and the bars of drawings may be.
fn is_strong(c: char) -> bool {
    is_wide(c)
        || matches!(c, '\u{37E}' | '\u{2223}' | '\u{2758}')
        || !matches!(c, '\u{2039}' | '\u{203A}')
            && prototype(c).is_some_and(|c| "/\\;&<>*".contains(c))
}

/// The signs of ASCII in full width.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{FF01}'..='\u{FF5E}') && !c.is_alphanumeric()
}

/// Whether `c` is a sign that passes for letters or points beside ASCII: `🇦dmin`, `‥/etc`.
fn spells(c: char, before: Option<char>, next: Option<char>) -> bool {
    let beside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    match c {
        '\u{1F1E6}'..='\u{1F1FF}' | '\u{249C}'..='\u{24B5}' => beside(before) || beside(next),
        '\u{2024}'..='\u{2026}' => matches!(next, Some('/' | '\\')),
        _ => false,
    }
}

/// Whether `c` passes for the sign before a flag or a variable. A dash between two words, or two
/// numbers, is just a dash.
fn looks_leading(c: char) -> bool {
    // The strokes of Chinese, Japanese and Korean that are nothing but a line.
    matches!(c, '\u{2012}'..='\u{2015}' | '\u{30FC}' | '\u{4E00}' | '\u{3161}')
        || prototype(c).is_some_and(|c| "$-".contains(c))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || "\"'=(".contains(c)
}

/// What stands behind such a sign.
fn leads_on(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '-' | '(' | '{' | '_')
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || {
        use GeneralCategory as G;
        matches!(c.general_category(), G::NonspacingMark | G::SpacingMark | G::EnclosingMark)
    }
}
