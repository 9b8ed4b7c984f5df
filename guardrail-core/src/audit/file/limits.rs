//! When a file is closed.

use std::time::Duration;

use crate::audit::file::known::Known;
use crate::clock::Timestamp;

/// How large and how old a file gets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) bytes: u64,
    pub(super) age: Duration,
}

impl Limits {
    pub(super) fn are_reached(&self, known: &Known, now: Timestamp) -> bool {
        let Some(began) = known.active.began else { return false };
        let size = known.catalog.end();
        (size >= self.bytes || now.since(began) >= self.age) && size >= known.active.patience
    }
}
