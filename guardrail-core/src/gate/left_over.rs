//! What a call leaves to be put on record behind its back, and what is done once that is there.

use std::sync::{Arc, Weak};

use crate::approver::attend;
use crate::desk::{self, Desk, Ending, Permit, Slot, Watch};
use crate::gate::{Guardrail, Inner};
use crate::model::Outcome;

/// An end that is to be put on record.
#[derive(Debug)]
pub(crate) struct LeftOver {
    pub(crate) desk: Arc<Desk>,
    pub(crate) ending: Ending,
    pub(crate) then: Then,
}

/// What is done once that is on record.
#[derive(Debug)]
pub(crate) enum Then {
    Nothing,
    /// This place is free.
    Leave {
        _slot: Slot,
    },
    /// People are asked, where others wait for what this call went away from before it had them asked.
    Ask(Guardrail),
}

impl LeftOver {
    pub(crate) fn outcome(desk: Arc<Desk>, permit: Permit, outcome: Outcome) -> Self {
        Self { desk, ending: Ending::Outcome { permit, outcome }, then: Then::Nothing }
    }

    /// Records it in a task of its own, as far as that is possible: nothing rests on it.
    pub(crate) fn spawn(self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            tracing::error!(
                "a guarded call went away outside of a runtime: its end is not on record"
            );
            return;
        };
        drop(runtime.spawn(async move {
            let recorded = self.desk.insist(&self.ending).await;
            if let Err(error) = &recorded {
                tracing::error!(%error, "the end of a call that went away is not on record");
            }
            self.end_late(recorded).await;
        }));
    }

    /// Tries on in a task of its own to record what failed like this.
    pub(crate) fn spawn_late(self, error: desk::Error) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(self.end_late(Err(error))));
        }
    }

    /// Tries on to record what has come so far, and has people asked then. It keeps neither the guardrail
    /// nor its log.
    async fn end_late(self, recorded: Result<(), desk::Error>) {
        let Self { desk, ending, then } = self;
        let guardrail = then.into_guardrail();
        let is_there = desk.end_late(&ending, recorded).await;
        if is_there && let Some(inner) = guardrail.upgrade() {
            Guardrail { inner }.ask_others(&ending).await;
        }
    }
}

impl Then {
    /// Who has people asked. A place is free from here on.
    fn into_guardrail(self) -> Weak<Inner> {
        match self {
            Self::Ask(guardrail) => Arc::downgrade(&guardrail.inner),
            Self::Nothing | Self::Leave { .. } => Weak::new(),
        }
    }
}

impl Guardrail {
    /// Has people asked about a request that others wait for, and that nobody was told of yet.
    async fn ask_others(&self, ending: &Ending) {
        let desk = &self.inner.desk;
        let Ending::Gone(gone) = ending else { return };
        match desk.left_to_others(gone).await {
            Ok(Some(request)) => {
                attend(&Watch::new(Arc::clone(desk), request), &self.inner.approvers);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "nobody could be asked about what others wait for");
            }
        }
    }
}
