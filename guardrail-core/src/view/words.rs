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
    signs(text, warnings);
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
    if let Some(c) = word.chars().find(|c| !c.is_ascii() && is_compatibility(*c)) {
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

/// Signs that pass for the ones that give addresses and commands their structure.
fn signs(text: &str, warnings: &mut Warnings) {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii() && !is_letter(c) {
            // Between ASCII only: a full-width colon in a Chinese sentence is just a colon.
            let beside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
            let next = chars.peek().copied();
            let inside = beside(before) && beside(next);
            let leads = before.is_none_or(is_blank) && next.is_some_and(leads_on);
            if (inside && looks_structural(c)) || (leads && looks_leading(c)) {
                warnings.note(WarningKind::Confusable, Some(c));
            }
        }
        before = Some(c);
    }
}

fn looks_structural(c: char) -> bool {
    // `|` itself looks like `l` to UTS #39, so whatever is no letter and looks like `l` is a bar.
    // Browsers read the full stops of Chinese and Japanese in a host's name as `.` (UTS #46).
    prototype(c).is_some_and(|c| "/\\:.;@?&=#$<>l".contains(c)) || "。｡".contains(c)
}

/// Whether `c` passes for the sign before a flag or a variable. A dash between two words, or two
/// numbers, is just a dash.
fn looks_leading(c: char) -> bool {
    matches!(c, '\u{2012}'..='\u{2015}') || prototype(c).is_some_and(|c| "$-".contains(c))
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
