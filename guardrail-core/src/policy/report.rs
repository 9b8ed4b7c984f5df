//! Gathers mistakes by their place in the text.

use crate::policy::error::{Mistake, PolicyError};

/// How many mistakes are listed. More help nobody.
const LISTED: usize = 100;
/// How many are kept to find the first ones.
const KEPT: usize = 1000;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Offset in bytes, key, what is wrong.
    found: Vec<(usize, String, String)>,
    /// Found beyond [`KEPT`].
    dropped: usize,
}

impl Report {
    pub(super) fn add(&mut self, at: usize, key: impl Into<String>, what: impl Into<String>) {
        if self.found.len() < KEPT {
            self.found.push((at, key.into(), what.into()));
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All mistakes with their lines and columns in `text`.
    pub(super) fn into_error(mut self, file: &str, text: &str) -> PolicyError {
        self.found.sort();
        let more = self.found.len().saturating_sub(LISTED) + self.dropped;
        let starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mistakes = self.found.into_iter().take(LISTED).map(|(at, key, what)| {
            let line = starts.partition_point(|start| *start <= at).max(1);
            let start = starts.get(line - 1).copied().unwrap_or(0);
            let before = text.get(start..at).unwrap_or_default();
            Mistake {
                file: file.into(),
                line,
                column: before.chars().count() + 1,
                key: key.into(),
                what: what.into(),
            }
        });
        PolicyError::Mistakes { mistakes: mistakes.collect(), more }
    }
}
