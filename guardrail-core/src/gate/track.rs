//! How far a call has come, and what is put on record when it ends or goes away.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::desk::{self, Desk, Ending, Gone, Permit, Phase, SILENT, Slot};
use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::left_over::{LeftOver, Then};
use crate::model::{LogId, Outcome, RequestId, Requested, Version};

/// How long a call that failed at the gate waits for its end to be on record. What has not come
/// by then is tried behind its back.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// How far one call has come. Shared by its gate, its seal and its ticket.
#[derive(Debug, Default)]
pub(crate) struct Track {
    stage: Mutex<Stage>,
    /// What the gate said, until the seal takes it. Boxed: what waits would hold room for it.
    passed: Mutex<Option<Result<Arc<Requested>, Box<Error>>>>,
}

#[derive(Debug, Default)]
enum Stage {
    /// Nothing is on record, or nothing is left to be put there.
    #[default]
    Idle,
    /// A request is or may be on record.
    Tracked(Tracked),
    /// The start is on record.
    Started { desk: Arc<Desk>, permit: Permit, call: Option<RequestId>, body: bool },
    /// An end is to be put on record.
    Left(LeftOver),
}

/// A request that is or may be on record.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) desk: Arc<Desk>,
    pub(crate) id: RequestId,
    pub(crate) call: Option<RequestId>,
    pub(crate) place: Place,
}

/// How far its call has come, and the place it waits in. Thousands of calls wait at a time, so one of
/// these holds no room for another.
#[derive(Debug)]
pub(crate) enum Place {
    /// Its request is being put on record; then it has people asked.
    Opening(Arc<Requested>, Guardrail),
    /// It waits for people.
    Waiting(Slot),
    /// Its start is being put on record.
    Starting(Option<Slot>),
}

impl Track {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gate has said this, for the seal.
    pub(crate) fn pass(&self, passed: Result<Arc<Requested>, Error>) {
        let passed = passed.map_err(Box::new);
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) = Some(passed);
    }

    /// What the gate said, once.
    ///
    /// # Errors
    /// The refusal; or that the gate has said nothing, and the body must not begin.
    pub(crate) fn passed(&self) -> Result<Arc<Requested>, Error> {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner).take();
        match passed {
            Some(passed) => passed.map_err(|error| *error),
            None => Err(Error::unavailable(desk::Error::NotFound)),
        }
    }

    /// From here on, going away must be put on record.
    pub(crate) fn follow(&self, tracked: Tracked) {
        *self.stage() = Stage::Tracked(tracked);
    }

    /// The call waits for people, in this place.
    pub(crate) fn wait(&self, waiting: Slot) {
        if let Stage::Tracked(tracked) = &mut *self.stage() {
            tracked.place = Place::Waiting(waiting);
        }
    }

    /// The call is about to start.
    pub(crate) fn starting(&self) {
        if let Stage::Tracked(tracked) = &mut *self.stage() {
            let before = std::mem::replace(&mut tracked.place, Place::Starting(None));
            if let Place::Waiting(slot) = before {
                tracked.place = Place::Starting(Some(slot));
            }
        }
    }

    /// The start is on record.
    pub(crate) fn started(&self, permit: Permit) {
        let mut stage = self.stage();
        if let Stage::Tracked(Tracked { desk, call, .. }) = std::mem::take(&mut *stage) {
            *stage = Stage::Started { desk, permit, call, body: false };
        }
    }

    /// The request has ended on record; nothing is left to be done.
    pub(crate) fn settle(&self) {
        *self.stage() = Stage::Idle;
    }

    /// The next instruction is the body's first.
    ///
    /// # Errors
    /// It must not begin: no start is on record, a body has already used it, or others may have taken
    /// this process for gone since. The last is to be put on record.
    pub(crate) fn begin_body(&self) -> Result<(), Error> {
        let mut stage = self.stage();
        match &mut *stage {
            Stage::Started { desk, permit, body, .. } if !*body => {
                if desk.is_held(permit) {
                    *body = true;
                    return Ok(());
                }
            }
            _ => return Err(Error::unavailable(desk::Error::NotFound)),
        }
        let request = give_up(&mut stage, SILENT);
        Err(match request {
            Some(request) => Error::Lapsed { request, why: SILENT.into() },
            None => Error::unavailable(desk::Error::NotFound),
        })
    }

    /// The request whose body may run by now.
    pub(crate) fn running(&self) -> Option<(LogId, RequestId)> {
        match &*self.stage() {
            Stage::Started { desk, permit, .. } => Some((desk.log().id(), permit.id())),
            _ => None,
        }
    }

    /// The body does not begin although its start is on record.
    pub(crate) fn abort(&self, why: &str) -> Error {
        match give_up(&mut self.stage(), why) {
            Some(request) => Error::IntentChanged { request },
            None => Error::NoGuardrail,
        }
    }

    /// Where the start stands, for whoever puts its end on record.
    pub(crate) fn start(&self) -> Option<(Arc<Desk>, RequestId, Version)> {
        match &*self.stage() {
            Stage::Started { desk, permit, .. } => {
                Some((Arc::clone(desk), permit.id(), permit.request().version()))
            }
            _ => None,
        }
    }

    /// The body has ended like this.
    pub(crate) fn end_with(&self, outcome: Outcome) {
        let mut stage = self.stage();
        *stage = match std::mem::take(&mut *stage) {
            Stage::Started { desk, permit, body: true, .. } => {
                Stage::Left(LeftOver::outcome(desk, permit, outcome))
            }
            other => other,
        };
    }

    /// The body has ended, well or in an error.
    pub(crate) fn end_body(&self, well: bool) {
        self.end_with(match well {
            true => Outcome::Completed,
            false => Outcome::Failed { panicked: false },
        });
    }

    /// Puts the end of a call on record that failed at the gate. Where that takes too long or
    /// fails, it is tried behind the call's back.
    pub(crate) async fn clean_up(&self) {
        let Some(left) = self.leave() else { return };
        if left.ending.may_be_under_way() {
            return left.spawn();
        }
        let held = Held { track: self, left: Some(left) };
        if let Some(left) = &held.left
            && let Ok(Ok(())) = tokio::time::timeout(CLEAN_UP, left.desk.end(&left.ending)).await
        {
            let _on_record = held.done();
        }
        // Dropping what is held otherwise puts it back: the ticket spawns it.
    }

    /// Records the outcome that was stored. While it tries, the outcome stays stored.
    pub(crate) async fn record_outcome(&self) -> Result<(), Error> {
        // Taken out first: a guard in a `match` would be held through its arms.
        let taken = std::mem::take(&mut *self.stage());
        let left = match taken {
            Stage::Left(left) => left,
            other => {
                *self.stage() = other;
                return Ok(());
            }
        };
        let held = Held { track: self, left: Some(left) };
        let Some(LeftOver { desk, ending, .. }) = &held.left else { return Ok(()) };
        let Ending::Outcome { permit, outcome } = ending else { return Ok(()) };
        let recorded = desk.insist(ending).await;
        let (request, aborted) = (permit.id(), matches!(outcome, Outcome::Aborted { .. }));
        let left = held.done();
        match recorded {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::error!(%request, %error, "the outcome of a body could not be recorded");
                if let Some(left) = left {
                    left.spawn_late(error.clone());
                }
                // A body that did not begin has left nothing unrecorded.
                if aborted {
                    return Ok(());
                }
                Err(Error::Unrecorded { request, source: Arc::new(error) })
            }
        }
    }

    /// The call goes away: what it leaves to be put on record is put there, behind its back.
    pub(crate) fn abandon(&self) {
        if let Some(left) = self.leave() {
            left.spawn();
        }
    }

    /// What a call that goes away now leaves to be put on record.
    fn leave(&self) -> Option<LeftOver> {
        let taken = std::mem::take(&mut *self.stage());
        match taken {
            Stage::Idle => None,
            Stage::Tracked(Tracked { desk, id, call, place }) => {
                let (phase, then) = match place {
                    Place::Opening(requested, guardrail) => {
                        (Phase::Opening(requested), Then::Ask(guardrail))
                    }
                    Place::Waiting(mut slot) => {
                        // While another call with the same key waits, the request is its.
                        if !slot.leave() {
                            return None;
                        }
                        (Phase::Waiting, Then::Leave { _slot: slot })
                    }
                    Place::Starting(slot) => {
                        let leave = |slot| Then::Leave { _slot: slot };
                        (Phase::Starting, slot.map_or(Then::Nothing, leave))
                    }
                };
                Some(LeftOver { desk, ending: gone(id, call, phase), then })
            }
            Stage::Started { desk, permit, call, body } => {
                let panicked = std::thread::panicking();
                let phase = if body { Phase::Body { panicked } } else { Phase::Starting };
                let id = permit.id();
                Some(LeftOver { desk, ending: gone(id, call, phase), then: Then::Nothing })
            }
            Stage::Left(left) => Some(left),
        }
    }
}

/// The body of a start does not begin, and that is to be put on record. Returns its request.
fn give_up(stage: &mut Stage, why: &str) -> Option<RequestId> {
    match std::mem::take(stage) {
        Stage::Started { desk, permit, .. } => {
            let request = permit.id();
            let outcome = Outcome::Aborted { why: why.into() };
            *stage = Stage::Left(LeftOver::outcome(desk, permit, outcome));
            Some(request)
        }
        other => {
            *stage = other;
            None
        }
    }
}

fn gone(id: RequestId, call: Option<RequestId>, phase: Phase) -> Ending {
    Ending::Gone(Box::new(Gone { id, call, phase }))
}

/// What is being recorded; dropped before it is, it goes back to where it was stored.
struct Held<'t> {
    track: &'t Track,
    left: Option<LeftOver>,
}

impl Held<'_> {
    /// It is on record, or given up here.
    fn done(mut self) -> Option<LeftOver> {
        self.left.take()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(left) = self.left.take() {
            *self.track.stage() = Stage::Left(left);
        }
    }
}
