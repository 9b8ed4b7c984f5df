//! A sidecar in memory, gone with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::audit::sidecar::Sidecar;
use crate::audit::sidecar::error::Error;
use crate::audit::sidecar::opening::{Label, Opening};

/// A sidecar in memory, for tests and programs that need no memory of yesterday. It holds at most
/// [`MemorySidecar::LIMIT`] openings and then refuses, as does every call with a redacted value.
#[derive(Default)]
pub struct MemorySidecar {
    openings: Mutex<BTreeMap<Label, Opening>>,
}

impl MemorySidecar {
    /// Most openings it holds.
    pub const LIMIT: usize = 1_000_000;

    /// An empty sidecar.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Label, Opening>> {
        // Nothing below panics between two changes.
        self.openings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemorySidecar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySidecar").field("openings", &self.lock().len()).finish()
    }
}

#[async_trait]
impl Sidecar for MemorySidecar {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let mut kept = self.lock();
        if kept.len().saturating_add(openings.len()) > Self::LIMIT {
            return Err(Error::Full { sidecar: "memory sidecar", limit: Self::LIMIT });
        }
        for opening in openings {
            kept.entry(opening.label()).or_insert_with(|| opening.clone());
        }
        Ok(())
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        Ok(self.lock().get(label).cloned())
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, Error> {
        let mut kept = self.lock();
        Ok(labels.iter().filter(|label| kept.remove(label).is_some()).count())
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.lock();
        Ok(kept.range((behind, Bound::Unbounded)).map(|(label, _)| *label).take(limit).collect())
    }
}
