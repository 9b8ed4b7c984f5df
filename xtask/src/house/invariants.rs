//! Rule: the table of invariants in ARCHITECTURE.md is whole, and names only tests that exist.

use std::collections::BTreeSet;

use crate::house::finding::Finding;
use crate::tree::Tree;

const PATH: &str = "ARCHITECTURE.md";
const HEADING: &str = "## Invariants";
const INVARIANTS: usize = 27;
/// Stands where no test has been written yet.
const OPEN: &str = "open";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tests = tests(tree);
    let mut rows = 0;
    let lines = tree.architecture().lines().enumerate();
    let section = lines.skip_while(|(_, line)| *line != HEADING);
    for (at, line) in section {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", number, _, named, ""] = cells.as_slice() else { continue };
        if number.parse() != Ok(rows + 1) {
            continue;
        }
        rows += 1;
        if *named == OPEN {
            continue;
        }
        let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            findings.push(Finding::at(
                PATH,
                at + 1,
                format!("invariant {number} names no test; write `{OPEN}` while it has none"),
            ));
        }
        for name in names {
            let function = name.rsplit("::").next().unwrap_or(name);
            if !tests.contains(function) {
                findings.push(Finding::at(
                    PATH,
                    at + 1,
                    format!("invariant {number} names `{name}`, which is no test"),
                ));
            }
        }
    }
    if rows != INVARIANTS {
        findings
            .push(Finding::new(PATH, format!("has {rows} invariants in order, not {INVARIANTS}")));
    }
    findings
}

/// The names of all functions in test code.
fn tests(tree: &Tree) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for source in tree.sources() {
        let pairs = source.words().iter().zip(source.words().iter().skip(1));
        names.extend(
            pairs
                .filter(|(word, _)| word.text == "fn" && (word.test || source.is_test()))
                .map(|(_, name)| name.text.as_str()),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{HEADING, INVARIANTS, check};
    use crate::house::finding::said;

    fn table(rows: usize, named: &str) -> String {
        let rows: String = (1..=rows).map(|n| format!("| {n} | holds | {named} |\n")).collect();
        format!("| 1 | `clock` | a row of another table |\n\n{HEADING}\n\n{rows}")
    }

    fn found(text: &str) -> usize {
        said(
            check,
            &[
                (super::PATH, text),
                ("tests/it/a.rs", "#[test]\nfn holds_always() {}"),
                ("src/a.rs", "fn shipped() {}"),
            ],
        )
        .len()
    }

    #[test]
    fn a_table_that_lost_a_row_is_found() {
        assert_eq!(found(&table(INVARIANTS, "open")), 0);
        assert_eq!(found(&table(INVARIANTS - 1, "open")), 1);
    }

    #[test]
    fn a_test_that_does_not_exist_is_found() {
        assert_eq!(found(&table(INVARIANTS, "`it::a::holds_always`")), 0);
        assert_eq!(found(&table(INVARIANTS, "`it::a::holds_always`, `gone`")), INVARIANTS);
        assert_eq!(found(&table(INVARIANTS, "`shipped`")), INVARIANTS);
        assert_eq!(found(&table(INVARIANTS, "")), INVARIANTS);
    }
}
