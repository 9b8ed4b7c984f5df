//! The likely right word for a wrong one.

use crate::model::fold;

/// Text beyond this many characters is no misspelling of anything.
const LONGEST: usize = 64;

/// Which of `words` was probably meant by `text`: the one with the fewest wrong letters, or the
/// first that continues it.
pub(super) fn likely<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let wrong = letters(text)?;
    let misspelled = words.into_iter().filter_map(|word| {
        let right = letters(word)?;
        let few = match wrong.len().min(right.len()) {
            0..=3 => 1,
            4..=7 => 2,
            _ => 3,
        };
        if wrong.len() >= 3 && right.starts_with(&wrong) {
            return Some((right.len() - wrong.len(), word));
        }
        if wrong.len().abs_diff(right.len()) > few {
            return None;
        }
        Some((distance(&wrong, &right), word)).filter(|(errors, _)| *errors <= few)
    });
    misspelled.min().map(|(_, word)| word)
}

fn letters(text: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = fold(text).chars().take(LONGEST + 1).collect();
    (letters.len() <= LONGEST).then_some(letters)
}

/// How many letters to change, add, drop or swap (the restricted Damerau distance).
fn distance(a: &[char], b: &[char]) -> usize {
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
    let mut older: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = at(&above, j) + usize::from(x != y);
            let mut least = changed.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let before = |s: &[char], i: usize| i.checked_sub(1).and_then(|i| s.get(i)).copied();
            if before(b, j) == Some(*x) && before(a, i) == Some(*y) {
                least = least.min(at(&older, j.saturating_sub(1)) + 1);
            }
            row.push(least);
        }
        older = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}
