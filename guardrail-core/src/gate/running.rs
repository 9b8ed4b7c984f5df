//! Which guarded body runs on this thread at the moment, for the key it can read.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::gate::track::Track;
use crate::model::{IdempotencyKey, LogId, RequestId};

/// A body's request, in its log.
pub(crate) type Of = (LogId, RequestId);

thread_local! {
    /// Set while a body is polled, and put back behind that: tasks and threads it spawns do not see it.
    static RUNNING: Cell<Option<Of>> = const { Cell::new(None) };
}

/// What the guarded body that runs can give to whatever it calls, so that the same deed asked for
/// twice is done once: the same whenever the body of this request begins, also where a policy says
/// `retry = "idempotent"` and a process after a crash lets it begin again; of no other request.
///
/// `None` outside of a guarded body. A task the body spawns is outside: read it before, and take it
/// along. In a guarded body within another it is the inner one's.
///
/// ```
/// # async fn example() {
/// if let Some(key) = guardrail_core::gate::idempotency_key() {
///     let header = ("Idempotency-Key", key.to_string());
/// }
/// # }
/// ```
#[must_use]
pub fn idempotency_key() -> Option<IdempotencyKey> {
    RUNNING.get().map(|(log, request)| IdempotencyKey::of(log, request))
}

/// As long as it is there, this body runs on this thread.
pub(crate) struct Running {
    before: Option<Of>,
}

impl Running {
    pub(crate) fn enter(of: Option<Of>) -> Self {
        Self { before: RUNNING.replace(of) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(self.before);
    }
}

pin_project! {
    /// A body run by hand.
    pub(crate) struct InBody<'t, F> {
        #[pin]
        body: F,
        track: &'t Track,
    }
}

impl<'t, F> InBody<'t, F> {
    pub(crate) const fn new(track: &'t Track, body: F) -> Self {
        Self { body, track }
    }
}

impl<F: Future> Future for InBody<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _running = Running::enter(this.track.running());
        this.body.poll(cx)
    }
}
