//! Gathers mistakes by their place in the text.

use crate::policy::error::{Mistake, PolicyError};

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Offset in bytes, key, what is wrong.
    found: Vec<(usize, String, String)>,
}

impl Report {
    /// How many mistakes are kept. More help nobody, and each costs a search for the right word.
    const MOST: usize = 100;

    pub(super) fn add(&mut self, at: usize, key: impl Into<String>, what: impl Into<String>) {
        if !self.is_full() {
            self.found.push((at, key.into(), what.into()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether further mistakes are not kept, so that nobody need look for them.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= Self::MOST
    }

    /// All mistakes with their lines and columns in `text`.
    pub(super) fn into_error(mut self, file: &str, text: &str) -> PolicyError {
        self.found.sort();
        let more = self.is_full();
        let lines = Lines::new(text);
        let mistakes = self.found.into_iter().map(|(at, key, what)| {
            let (line, column) = lines.place(at);
            Mistake { file: file.into(), line, column, key: key.into(), what: what.into() }
        });
        PolicyError::Mistakes { mistakes: mistakes.collect(), more }
    }
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after).collect() }
    }

    /// Line and character of an offset in bytes, both from 1.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        (line, self.text.get(start..at).unwrap_or_default().chars().count() + 1)
    }
}
