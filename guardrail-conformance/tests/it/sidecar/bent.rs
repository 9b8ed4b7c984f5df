//! The suite can fail: sidecars that break one rule each are caught by the case of that rule.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use guardrail_conformance::sidecar::{CASES, SidecarFactory, run};
use guardrail_core::audit::sidecar::{Error, Label, Opening, Sidecar};

/// The rule a sidecar breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bend {
    /// It keeps them all.
    Nothing,
    /// It keeps the first of several only.
    First,
    /// It changes what it keeps.
    Changes,
    /// It looks at the commitment only.
    Requests,
    /// It lists what was kept in another order.
    Order,
    /// It lists the label it was to begin behind.
    After,
    /// It erases the first of several only.
    ErasesFirst,
    /// It hides what it should erase, and keeps the bytes.
    Hides,
    /// It erases everything of a request.
    ErasesRequest,
    /// It does not say how many there were.
    Count,
    /// It fails where there is nothing to erase.
    Fails,
    /// It prints what it keeps.
    Prints,
    /// It forgets everything in a restart.
    Forgets,
    /// What it has erased comes back in a restart.
    ComesBack,
}

struct Bent {
    bend: Bend,
    kept: Mutex<BTreeMap<Label, Opening>>,
    gone: Mutex<Vec<Opening>>,
}

impl std::fmt::Debug for Bent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.bend == Bend::Prints {
            for opening in self.kept.lock().unwrap().values() {
                f.write_str(opening.expose())?;
            }
        }
        f.write_str("Bent")
    }
}

#[async_trait]
impl Sidecar for Bent {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let most = if self.bend == Bend::First { 1 } else { usize::MAX };
        for opening in openings.iter().take(most) {
            let mut opening = opening.clone();
            if self.bend == Bend::Changes {
                let (label, salt) = (opening.label(), opening.salt().clone());
                opening = Opening::read(label, "/", salt, opening.expose().to_owned());
            }
            self.kept.lock().unwrap().insert(opening.label(), opening);
        }
        Ok(())
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        let kept = self.kept.lock().unwrap();
        if self.bend == Bend::Requests {
            let found = kept.values().find(|kept| kept.label().commitment == label.commitment);
            return Ok(found.cloned());
        }
        Ok(kept.get(label).cloned())
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, Error> {
        let mut kept = self.kept.lock().unwrap();
        let mut erased = 0;
        let most = if self.bend == Bend::ErasesFirst { 1 } else { usize::MAX };
        for label in labels.iter().take(most) {
            if self.bend == Bend::ErasesRequest {
                kept.retain(|other, _| other == label || other.request != label.request);
            }
            if let Some(opening) = kept.remove(label) {
                erased += 1;
                self.gone.lock().unwrap().push(opening);
            } else if self.bend == Bend::Fails {
                return Err(Error::storage("bent sidecar", "erase", "nothing is there"));
            }
        }
        Ok(if self.bend == Bend::Count { labels.len() } else { erased })
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        let kept = self.kept.lock().unwrap();
        let behind = |label: &&Label| match self.bend {
            Bend::After => Some(**label) >= after,
            _ => Some(**label) > after,
        };
        let mut labels: Vec<Label> = kept.keys().filter(behind).copied().take(limit).collect();
        if self.bend == Bend::Order {
            labels.reverse();
        }
        Ok(labels)
    }
}

struct Bends(Bend);

#[async_trait]
impl SidecarFactory for Bends {
    type Sidecar = Bent;

    async fn fresh(&self) -> Bent {
        Bent { bend: self.0, kept: Mutex::default(), gone: Mutex::default() }
    }

    async fn reopen(&self, sidecar: Bent) -> Option<Bent> {
        match self.0 {
            Bend::Forgets => return Some(self.fresh().await),
            Bend::ComesBack => {
                let gone = std::mem::take(&mut *sidecar.gone.lock().unwrap());
                sidecar.keep(&gone).await.unwrap();
            }
            _ => {}
        }
        Some(sidecar)
    }

    async fn bytes(&self, sidecar: &Bent) -> Option<Vec<u8>> {
        let gone = sidecar.gone.lock().unwrap();
        let gone = gone.iter().filter(|_| self.0 == Bend::Hides);
        let kept = sidecar.kept.lock().unwrap();
        let bytes = |opening: &Opening| {
            [&opening.salt().expose()[..], opening.expose().as_bytes()].concat()
        };
        Some(kept.values().chain(gone).flat_map(bytes).collect())
    }
}

#[test]
fn every_broken_rule_is_caught_by_its_case() {
    let caught = [
        (Bend::First, "what_is_kept_opens"),
        (Bend::Changes, "what_is_kept_opens"),
        (Bend::Changes, "hostile_places_and_values_come_back"),
        (Bend::Requests, "what_is_not_kept_is_not_there"),
        (Bend::Order, "labels_list_everything_in_order"),
        (Bend::After, "labels_list_everything_in_order"),
        (Bend::ErasesFirst, "what_is_erased_is_gone"),
        (Bend::ErasesFirst, "hostile_places_and_values_come_back"),
        (Bend::ErasesRequest, "what_is_not_erased_still_opens"),
        (Bend::Count, "erasing_again_is_no_error"),
        (Bend::Fails, "erasing_again_is_no_error"),
        (Bend::Hides, "no_byte_of_what_is_erased_is_left"),
        (Bend::Prints, "nothing_of_an_opening_is_printed"),
        (Bend::Forgets, "nothing_kept_is_lost_by_a_restart"),
        (Bend::ComesBack, "what_is_erased_stays_gone_after_a_restart"),
    ];
    for (bend, case) in caught {
        assert!(run(&Bends(bend), case).is_err(), "{bend:?} passes {case}");
    }
    for case in CASES {
        run(&Bends(Bend::Nothing), case).unwrap();
    }
    assert!(run(&Bends(Bend::Nothing), "no_such_case").is_err());
}
