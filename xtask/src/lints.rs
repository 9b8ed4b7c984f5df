//! Step `lints`: the attribute neither adds a lint to a file nor takes one away, but for the rows here.

use std::collections::BTreeSet;
use std::fs;

use crate::command::{Failure, root};
use crate::scratch::Scratch;
use crate::step::{Done, Step};

/// One function of each shape; the attribute stands behind the feature `guarded`.
const SUBJECT: &str = "tests/data/lints.rs";

const GROUPS: &str = "-W clippy::pedantic -W clippy::nursery -W clippy::restriction \
                      -A clippy::blanket_clippy_restriction_lints";

/// Lints that the guarded file may lose, by how their message begins, and why.
const LOST: &[(&str, &str)] = &[
    ("unused variable: ", "an argument is used when it is shown, whatever the body does"),
    ("unused `async` for function", "a guarded function waits, whatever the body does"),
    (
        "this function can be simplified using the `async fn` syntax",
        "what is guarded is no longer one async block",
    ),
    ("missing `return` statement", "clippy looks for it in the bodies of functions alone"),
    ("unneeded `return` statement", "clippy looks for it in the bodies of functions alone"),
];

pub(crate) fn step() -> Step {
    Step::work("lints", || {
        let subject = fs::read_to_string(root().join(SUBJECT))
            .map_err(|e| Failure::new(format!("cannot read {SUBJECT}: {e}")))?;
        let plain = lints(&subject, "")?;
        let guarded = lints(&subject, "--features guarded")?;
        let differ = differ(&plain, &guarded);
        match differ.is_empty() {
            true => {
                println!("{} lints with the attribute, {} without", guarded.len(), plain.len());
                Ok(Done::Passed)
            }
            false => Err(Failure::new(differ.join("\n"))),
        }
    })
}

/// Every lint of the subject, as `line:column: warning: message`.
fn lints(subject: &str, features: &str) -> Result<BTreeSet<String>, Failure> {
    let dependencies = "async-trait = \"*\"\nserde = { version = \"*\", features = [\"derive\"] }";
    let scratch = Scratch::write("lints", dependencies, subject)?;
    let command = scratch.cargo("clippy --message-format short").args(features).arg("--");
    let said = command.args(GROUPS).said()?;
    let lints: BTreeSet<String> =
        said.lines().filter_map(|line| Some(line.split_once("lib.rs:")?.1.to_owned())).collect();
    match lints.is_empty() {
        true => Err(Failure::new(format!("clippy finds nothing in {SUBJECT}, which has lints"))),
        false => Ok(lints),
    }
}

/// What differs and has no row.
fn differ(plain: &BTreeSet<String>, guarded: &BTreeSet<String>) -> Vec<String> {
    let lost = plain.difference(guarded).filter(|lint| {
        let message = lint.split_once(": warning: ").map_or(lint.as_str(), |(_, message)| message);
        !LOST.iter().any(|(known, _)| message.starts_with(known))
    });
    let gained = guarded.difference(plain);
    lost.map(|lint| format!("lost with the attribute: {SUBJECT}:{lint}"))
        .chain(gained.map(|lint| format!("only with the attribute: {SUBJECT}:{lint}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::differ;

    fn lints(lints: &[&str]) -> BTreeSet<String> {
        lints.iter().map(|&lint| lint.to_owned()).collect()
    }

    #[test]
    fn a_lint_more_and_a_lint_less_are_found() {
        let plain = lints(&["3:1: warning: dbg", "4:1: warning: unused variable: `a`"]);
        let guarded = lints(&["5:1: warning: panic"]);
        let differ = differ(&plain, &guarded);
        assert_eq!(differ.len(), 2, "{differ:?}");
        assert!(differ.iter().any(|line| line.starts_with("lost") && line.contains("dbg")));
        assert!(differ.iter().any(|line| line.starts_with("only") && line.contains("panic")));
    }
}
