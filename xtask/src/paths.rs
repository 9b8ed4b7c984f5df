//! The paths in a file: what it names, by its way from the root of the crate.

use crate::tree::Source;
use crate::words::Word;

/// A way through the modules of a crate, from its root.
pub(crate) type Way = Vec<String>;

/// One path, or one branch of a group.
#[derive(Debug)]
pub(crate) struct Named {
    /// The module it stands in, inline modules included.
    pub(crate) here: Way,
    pub(crate) way: Way,
    /// What it is called here: its own name, or the one behind `as`.
    pub(crate) name: String,
    pub(crate) line: usize,
    /// It stands in something that is compiled for tests only.
    pub(crate) test: bool,
    /// It names a macro.
    pub(crate) calls_macro: bool,
}

/// All that a file names, of its own crate. A path that begins with a bare name is one where
/// `is_module` says so of the way to it.
pub(crate) fn named(source: &Source, is_module: impl Fn(&Way) -> bool) -> Vec<Named> {
    let words = source.words();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.text.as_str());
        let rest = words.get(at + 1..).unwrap_or_default();
        if before == Some("::") || rest.first().is_none_or(|next| next.text != "::") {
            continue;
        }
        let here = word.module.as_slice();
        let mut way = match word.text.as_str() {
            "crate" => Vec::new(),
            "self" => here.to_vec(),
            "super" => above(here).to_vec(),
            name => {
                let below: Way = here.iter().cloned().chain([name.to_owned()]).collect();
                if !is_module(&below) {
                    continue;
                }
                below
            }
        };
        follow(rest, &mut way, &mut |way, name, calls_macro| {
            let (here, way, name) = (here.to_vec(), way.to_vec(), name.to_owned());
            found.push(Named { here, way, name, line: word.line, test: word.test, calls_macro });
        });
    }
    found
}

fn above(module: &[String]) -> &[String] {
    module.split_last().map_or(&[], |(_, above)| above)
}

/// Takes a way, what it is called, and whether that is a macro.
type Found<'f> = dyn FnMut(&[String], &str, bool) + 'f;

/// Follows a path behind its first word, into every branch of its groups.
fn follow(mut rest: &[Word], way: &mut Way, found: &mut Found<'_>) {
    while let [colons, next, after @ ..] = rest {
        match (colons.text.as_str(), next.text.as_str()) {
            ("::", "super") => {
                way.pop();
            }
            ("::", "{") => {
                branches(after, way, found);
                return;
            }
            ("::", "self") => {}
            ("::", name) => way.push(name.to_owned()),
            _ => break,
        }
        rest = after;
    }
    let called = match rest {
        [as_, name, ..] if as_.text == "as" => name.text.clone(),
        _ => way.last().cloned().unwrap_or_default(),
    };
    found(way, &called, rest.first().is_some_and(|word| word.text == "!"));
}

/// Follows each branch of a group that has just been opened.
fn branches(words: &[Word], way: &Way, found: &mut Found<'_>) {
    let (mut depth, mut fresh) = (0_usize, true);
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            "," if depth == 0 => fresh = true,
            name if fresh => {
                let mut way = way.clone();
                if name != "self" {
                    way.push(name.to_owned());
                }
                follow(words.get(at + 1..).unwrap_or_default(), &mut way, found);
                fresh = false;
            }
            _ => {}
        }
    }
}
