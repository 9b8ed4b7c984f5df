//! Rule: no Rust file is longer than a reader can hold.

use crate::house::finding::Finding;
use crate::tree::Tree;

const LINES: usize = 400;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let long = tree.sources().iter().filter_map(|source| {
        let lines = source.text().lines().count();
        (lines > LINES).then(|| {
            Finding::new(source.path(), format!("{lines} lines, at most {LINES}: split it"))
        })
    });
    long.collect()
}

#[cfg(test)]
mod tests {
    use super::{LINES, check};
    use crate::house::finding::said;

    #[test]
    fn a_file_one_line_too_long_is_found() {
        assert_eq!(said(check, &[("src/a.rs", &"\n".repeat(LINES))]), [""; 0]);
        let found = said(check, &[("src/a.rs", &"\n".repeat(LINES + 1))]);
        assert_eq!(found, ["src/a.rs: 401 lines, at most 400: split it"]);
    }
}
