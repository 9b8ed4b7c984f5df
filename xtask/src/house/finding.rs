//! One thing the house check found, and where.

use std::fmt;

#[derive(Debug)]
pub(crate) struct Finding {
    path: String,
    line: Option<usize>,
    what: String,
}

// ===== impl Finding =====

impl Finding {
    pub(crate) fn new(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, what: what.into() }
    }

    pub(crate) fn at(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::new(path, what) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}

/// What a rule says about some files, for its tests.
#[cfg(test)]
pub(crate) fn said(rule: super::Rule, files: &[(&str, &str)]) -> Vec<String> {
    rule(&crate::tree::Tree::of(files)).iter().map(Finding::to_string).collect()
}
