//! Holds a sidecar against what its log says: what is kept must open what was committed to, and what
//! was erased must be gone.

use std::sync::Arc;

use crate::audit::sidecar::Sidecar;
use crate::audit::sidecar::error::Error;
use crate::audit::sidecar::ledger::{Erasure, Ledger, Said};
use crate::audit::sidecar::opening::{Label, Opening};

/// Most flaws that are named one by one; the others are counted.
const NAMED: usize = 100;
/// Labels of one page.
const PAGE: usize = 1000;

/// What became of one redacted value.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is kept, and is what the commitment was made to.
    Opened(Opening),
    /// It was never kept.
    NotKept,
    /// It was erased, and that is on record.
    Erased(Arc<Erasure>),
    /// Something is wrong with it.
    Flawed(Flaw),
}

/// What is wrong with a redacted value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// It was kept, and is gone without a record.
    #[error("is gone, and no erasure is on record")]
    Missing,
    /// What is kept is not what the commitment was made to.
    #[error("is not the value that was committed to")]
    Forged,
    /// Its erasure is on record, and it is still there.
    #[error("is still there, though its erasure is on record: erase it again")]
    StillThere,
    /// It is kept, and no record says so: a call that was cut short.
    #[error("is kept, and no record says so: the call was cut short; erase it")]
    Unclaimed,
}

/// A redacted value with something wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Flawed {
    /// Which.
    pub label: Label,
    /// Where it stood, where that is known.
    pub place: Box<str>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What came of holding a sidecar against its log.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Checked {
    /// Values that are kept and open their commitments.
    pub opened: u64,
    /// Values that were erased, each with a record.
    pub erased: u64,
    /// Values that were never kept.
    pub not_kept: u64,
    /// Values that are gone without a record.
    pub missing: u64,
    /// Values that are not what was committed to.
    pub forged: u64,
    /// Values that are still there though their erasure is on record.
    pub still_there: u64,
    /// Values that are kept without a record.
    pub unclaimed: u64,
    /// The first hundred of those with something wrong.
    pub flaws: Vec<Flawed>,
}

impl Checked {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.missing == 0 && self.forged == 0 && self.still_there == 0 && self.unclaimed == 0
    }

    fn count(&mut self, label: Label, place: &str, found: &Fate) {
        let flaw = match found {
            Fate::Opened(_) => return self.opened = self.opened.saturating_add(1),
            Fate::NotKept => return self.not_kept = self.not_kept.saturating_add(1),
            Fate::Erased(_) => return self.erased = self.erased.saturating_add(1),
            Fate::Flawed(flaw) => *flaw,
        };
        let count = match flaw {
            Flaw::Missing => &mut self.missing,
            Flaw::Forged => &mut self.forged,
            Flaw::StillThere => &mut self.still_there,
            Flaw::Unclaimed => &mut self.unclaimed,
        };
        *count = count.saturating_add(1);
        if self.flaws.len() < NAMED {
            self.flaws.push(Flawed { label, place: place.into(), flaw });
        }
    }
}

impl Ledger {
    /// What became of this value.
    ///
    /// # Errors
    /// When the sidecar failed.
    pub async fn look(&self, sidecar: &dyn Sidecar, label: &Label) -> Result<Fate, Error> {
        let said = self.get(label);
        let opening = match sidecar.open(label).await {
            Err(Error::Damaged { .. }) if said.is_some_and(|said| said.erased.is_none()) => {
                return Ok(Fate::Flawed(Flaw::Forged));
            }
            Err(Error::Damaged { .. }) if said.is_some() => {
                return Ok(Fate::Flawed(Flaw::StillThere));
            }
            Err(Error::Damaged { .. }) => return Ok(Fate::Flawed(Flaw::Unclaimed)),
            opened => opened?,
        };
        Ok(match (said, opening) {
            (Some(Said { erased: Some(_), .. }), Some(_)) => Fate::Flawed(Flaw::StillThere),
            (Some(Said { erased: Some(erased), .. }), None) => Fate::Erased(Arc::clone(erased)),
            (Some(Said { is_kept: true, place, .. }), Some(opening)) => {
                // The place too: the commitment is to a value at its place.
                let is_it = opening.is_sound() && opening.place() == &**place;
                if is_it { Fate::Opened(opening) } else { Fate::Flawed(Flaw::Forged) }
            }
            (Some(Said { is_kept: true, .. }), None) => Fate::Flawed(Flaw::Missing),
            (_, Some(_)) => Fate::Flawed(Flaw::Unclaimed),
            (_, None) => Fate::NotKept,
        })
    }

    /// Looks at every redacted value of the log, and at everything the sidecar keeps.
    ///
    /// # Errors
    /// When the sidecar failed.
    pub async fn check(&self, sidecar: &dyn Sidecar) -> Result<Checked, Error> {
        let mut checked = Checked::default();
        for (label, said) in self.iter() {
            checked.count(*label, &said.place, &self.look(sidecar, label).await?);
        }
        let mut after = None;
        loop {
            let page = sidecar.labels(after, PAGE).await?;
            let Some(last) = page.last().copied().filter(|last| Some(*last) > after) else {
                return Ok(checked);
            };
            for label in page.iter().filter(|label| self.get(label).is_none()) {
                checked.count(*label, "", &Fate::Flawed(Flaw::Unclaimed));
            }
            after = Some(last);
        }
    }
}
