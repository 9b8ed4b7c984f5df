//! Rule: nothing unfinished, no test that is skipped, none that waits for the wall clock.

use crate::house::finding::Finding;
use crate::tree::{Source, Tree};
use crate::words::Word;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources().iter().flat_map(check_source).collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tests = source.is_test();
    let words = source.words();
    let paused = source.text().contains("start_paused = true");
    for (at, word) in words.iter().enumerate() {
        let next = |ahead: usize| words.get(at + ahead).map_or("", |word| word.text.as_str());
        let before =
            at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.text.as_str());
        let mut found = |what: &str| findings.push(Finding::at(source.path(), word.line, what));
        match word.text.as_str() {
            "todo" | "unimplemented" | "dbg" if next(1) == "!" => {
                found(&format!("`{}!` is left", word.text))
            }
            "#" if next(1) == "[" && ignores(words.get(at + 2..).unwrap_or_default()) => {
                found("an ignored test: let the environment choose its size, or delete it");
            }
            "sleep" | "sleep_until" if next(1) == "(" && before != "." && before != "fn" => {
                let thread = before == "::"
                    && at >= 2
                    && words.get(at - 2).is_some_and(|w| w.text == "thread");
                // Where a file's tests pause time, tokio's sleep waits for nothing.
                let real = thread || ((tests || word.test) && !paused);
                if real && !explained(source, word.line) {
                    found("a sleep without a comment that says why: let time stand still instead");
                }
            }
            _ => {}
        }
    }
    for (at, line) in source.text().lines().enumerate() {
        let line = line.trim_start();
        let fence =
            line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim_start);
        if fence
            .and_then(|f| f.strip_prefix("```"))
            .is_some_and(|info| info.split(',').any(|w| w.trim() == "ignore"))
        {
            findings.push(Finding::at(
                source.path(),
                at + 1,
                "an ignored example: use `no_run`, `compile_fail` or `text`",
            ));
        }
    }
    findings
}

/// Whether the words after `#[` are `ignore`, or a `cfg_attr` that comes to it.
fn ignores(attribute: &[Word]) -> bool {
    let inside = attribute.iter().take_while(|word| word.text != "]");
    match attribute.first().map(|word| word.text.as_str()) {
        Some("ignore") => true,
        Some("cfg_attr") => inside.into_iter().any(|word| word.text == "ignore"),
        _ => false,
    }
}

/// Whether a comment stands on the line, or alone on the line before.
fn explained(source: &Source, line: usize) -> bool {
    source.line(line).contains("// ") || source.line(line.saturating_sub(1)).starts_with("// ")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::house::finding::said;

    fn found(path: &str, text: &str) -> usize {
        said(check, &[(path, text)]).len()
    }

    #[test]
    fn unfinished_code_is_found() {
        assert_eq!(
            found("src/a.rs", "fn f() { todo!() }\nfn g() { dbg!(1); unimplemented!() }"),
            3
        );
        assert_eq!(found("src/a.rs", "fn todo() { todo() } // todo!()"), 0);
    }

    #[test]
    fn ignored_tests_and_examples_are_found() {
        assert_eq!(found("tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}"), 1);
        assert_eq!(found("tests/it/a.rs", "#[cfg_attr(windows, ignore)]\n#[test]\nfn f() {}"), 1);
        assert_eq!(found("src/a.rs", "/// ```ignore\n/// x\n/// ```\nfn f() {}"), 1);
        assert_eq!(found("src/a.rs", "//! ```rust,ignore\n//! ```"), 1);
        assert_eq!(found("src/a.rs", "/// ```no_run\n/// ```\n#[must_use]\nfn ignore() {}"), 0);
    }

    #[test]
    fn sleeps_in_tests_are_found_unless_a_comment_says_why() {
        let sleep = "async fn f() {\n    tokio::time::sleep(d).await;\n}";
        assert_eq!(found("tests/it/a.rs", sleep), 1);
        assert_eq!(found("guardrail-conformance/src/log.rs", sleep), 1);
        assert_eq!(found("src/a.rs", sleep), 0);
        let paused = format!("#[tokio::test(start_paused = true)]\n{sleep}");
        assert_eq!(found("tests/it/a.rs", &paused), 0);
        let blocking = "#[tokio::test(start_paused = true)]\nfn f() { std::thread::sleep(d) }";
        assert_eq!(found("tests/it/a.rs", blocking), 1);
        assert_eq!(found("src/a.rs", &format!("#[cfg(test)]\nmod tests {{ {sleep} }}")), 1);
        assert_eq!(
            found(
                "tests/it/a.rs",
                "async fn f() {\n    // A file system is slow.\n    sleep(d).await;\n}"
            ),
            0
        );
        assert_eq!(
            found(
                "tests/it/a.rs",
                "async fn f() {\n    sleep(d).await; // a file system is slow\n}"
            ),
            0
        );
        assert_eq!(found("tests/it/a.rs", "fn f(c: &C) { c.sleep(d) }"), 0);
    }

    #[test]
    fn a_blocking_sleep_is_found_in_library_code_too() {
        assert_eq!(found("src/a.rs", "fn f() { std::thread::sleep(d) }"), 1);
    }
}
