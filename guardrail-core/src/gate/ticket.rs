//! How far a call has come, and what is put on record when it ends or goes away.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::desk::{Desk, Permit, Phase, Slot};
use crate::gate::attribute::Seal;
use crate::gate::error::Error;
use crate::model::{Outcome, RequestId};

/// The future that ends in a seal. `Send`, whatever the body is.
pub type Gate = Pin<Box<dyn Future<Output = Seal> + Send>>;

/// The future that makes a preview.
pub type PreviewFuture = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// Boxes the future of a preview.
pub fn preview_future<E: Display>(
    future: impl Future<Output = Result<String, E>> + Send + 'static,
) -> PreviewFuture {
    Box::pin(async move { future.await.map_err(|error| error.to_string()) })
}

/// How long a call that failed at the gate tries to put its end on record.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// How far one call has come. Shared by its gate and its ticket.
#[derive(Debug, Default)]
pub(crate) struct Track {
    stage: Mutex<Stage>,
}

#[derive(Debug, Default)]
enum Stage {
    /// Nothing is on record, or nothing is left to be put there.
    #[default]
    Idle,
    /// A request is or may be on record.
    Tracked(Tracked),
    /// The start is on record.
    Started { desk: Arc<Desk>, permit: Box<Permit>, call: Option<RequestId>, body: bool },
    /// The body has ended, or will not begin; that is to be put on record.
    Ended { desk: Arc<Desk>, permit: Box<Permit>, outcome: Outcome },
}

/// A request that is or may be on record.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) desk: Arc<Desk>,
    pub(crate) id: RequestId,
    pub(crate) call: Option<RequestId>,
    pub(crate) phase: Phase,
    pub(crate) slot: Option<Slot>,
}

impl Track {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on, going away must be put on record.
    pub(crate) fn follow(&self, tracked: Tracked) {
        *self.stage() = Stage::Tracked(tracked);
    }

    /// The call waits for people, in this place.
    pub(crate) fn wait(&self, waiting: Slot) {
        if let Stage::Tracked(tracked) = &mut *self.stage() {
            tracked.phase = Phase::Waiting;
            tracked.slot = Some(waiting);
        }
    }

    /// The call is about to start.
    pub(crate) fn starting(&self) {
        if let Stage::Tracked(tracked) = &mut *self.stage() {
            tracked.phase = Phase::Starting;
        }
    }

    /// The start is on record.
    pub(crate) fn started(&self, permit: Box<Permit>) {
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
    pub(crate) fn begin_body(&self) {
        if let Stage::Started { body, .. } = &mut *self.stage() {
            *body = true;
        }
    }

    /// The body does not begin although its start is on record.
    pub(crate) fn abort(&self, why: &str) -> Error {
        let mut stage = self.stage();
        match std::mem::take(&mut *stage) {
            Stage::Started { desk, permit, .. } => {
                let request = permit.id();
                let outcome = Outcome::Aborted { why: why.into() };
                *stage = Stage::Ended { desk, permit, outcome };
                Error::IntentChanged { request }
            }
            other => {
                *stage = other;
                Error::NoGuardrail
            }
        }
    }

    /// The body has ended, well or in an error.
    fn end_body(&self, well: bool) {
        let mut stage = self.stage();
        *stage = match std::mem::take(&mut *stage) {
            Stage::Started { desk, permit, body: true, .. } => {
                let outcome = match well {
                    true => Outcome::Completed,
                    false => Outcome::Failed { panicked: false },
                };
                Stage::Ended { desk, permit, outcome }
            }
            other => other,
        };
    }

    /// Puts the end of a call on record that failed at the gate, as far as that is possible.
    pub(crate) async fn clean_up(&self) {
        let Some(left) = self.left_over() else { return };
        let ended = tokio::time::timeout(CLEAN_UP, left.record()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::error!("the end of a refused call could not be put on record");
        }
    }

    /// What a call that goes away now leaves to be put on record.
    fn left_over(&self) -> Option<LeftOver> {
        let taken = std::mem::take(&mut *self.stage());
        match taken {
            Stage::Idle => None,
            // Another call with the same key still waits: the request is its.
            Stage::Tracked(Tracked { phase: Phase::Waiting, slot: Some(slot), .. })
                if !slot.is_last() =>
            {
                None
            }
            Stage::Tracked(tracked) => Some(LeftOver::Request(tracked)),
            Stage::Started { desk, permit, call, body } => {
                let panicked = std::thread::panicking();
                let phase = if body { Phase::Body { panicked } } else { Phase::Starting };
                let id = permit.id();
                Some(LeftOver::Request(Tracked { desk, id, call, phase, slot: None }))
            }
            Stage::Ended { desk, permit, outcome } => {
                Some(LeftOver::Outcome { desk, permit, outcome })
            }
        }
    }
}

/// What is to be put on record when a call has gone away.
enum LeftOver {
    Request(Tracked),
    Outcome { desk: Arc<Desk>, permit: Box<Permit>, outcome: Outcome },
}

impl LeftOver {
    async fn record(self) -> Result<(), crate::desk::Error> {
        match self {
            Self::Request(Tracked { desk, id, call, phase, slot }) => {
                let ended = desk.abandon(id, call, &phase).await;
                drop(slot);
                ended
            }
            Self::Outcome { desk, permit, outcome } => desk.finish(&permit, &outcome).await,
        }
    }
}

/// The end of a guarded call. Dropped before it is finished, it spawns what puts the legal end on
/// record; nothing rests on that.
#[derive(Debug)]
#[must_use = "a guarded call ends with its ticket"]
pub struct Ticket {
    track: Arc<Track>,
}

impl Ticket {
    pub(crate) fn new(track: Arc<Track>) -> Self {
        Self { track }
    }

    /// Puts the outcome of the body on record. It is stored before the first await: dropped, it is
    /// recorded all the same, as far as that is possible.
    ///
    /// # Errors
    /// When the body has acted and its outcome could not be recorded for 5 seconds.
    #[must_use]
    pub fn finish(self, well: bool) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> {
        self.track.end_body(well);
        Box::pin(async move {
            let recorded = self.track.record_outcome().await;
            drop(self);
            recorded
        })
    }
}

impl Track {
    /// Records the outcome that was stored. While it tries, the outcome stays stored.
    async fn record_outcome(&self) -> Result<(), Error> {
        // Taken out first: a guard in a `match` would be held through its arms.
        let taken = std::mem::take(&mut *self.stage());
        let guard = match taken {
            Stage::Ended { desk, permit, outcome } => {
                Recording { track: self, left: Some((desk, permit, outcome)) }
            }
            other => {
                *self.stage() = other;
                return Ok(());
            }
        };
        guard.record().await
    }
}

/// An outcome that is being recorded; dropped before it is, it goes back to where it was stored.
struct Recording<'t> {
    track: &'t Track,
    left: Option<(Arc<Desk>, Box<Permit>, Outcome)>,
}

impl Recording<'_> {
    async fn record(mut self) -> Result<(), Error> {
        let Some((desk, permit, outcome)) = &self.left else { return Ok(()) };
        let recorded = desk.finish(permit, outcome).await;
        let (request, aborted) = (permit.id(), matches!(outcome, Outcome::Aborted { .. }));
        self.left = None;
        match recorded {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::error!(%request, %error, "the outcome of a body could not be recorded");
                // A body that did not begin has left nothing unrecorded.
                if aborted {
                    return Ok(());
                }
                Err(Error::Unrecorded { request, source: Arc::new(error) })
            }
        }
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        if let Some((desk, permit, outcome)) = self.left.take() {
            *self.track.stage() = Stage::Ended { desk, permit, outcome };
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(left) = self.track.left_over() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            tracing::error!(
                "a guarded call went away outside of a runtime: its end is not on record"
            );
            return;
        };
        drop(runtime.spawn(async move {
            if let Err(error) = left.record().await {
                tracing::error!(%error, "the end of a call that went away is not on record");
            }
        }));
    }
}
