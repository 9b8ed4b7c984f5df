//! The ticket of a call: what puts its end on record, whatever becomes of it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::gate::error::Error;
use crate::gate::running::Running;
use crate::gate::track::Track;

/// What records an outcome, and holds what the body yielded until then. The type of the future is
/// gone, not what it holds: it is `Send` where the value is.
pub(crate) type Recording<T> = Pin<Box<Ending<T, dyn Future<Output = Result<(), Error>> + Send>>>;

pin_project! {
    /// What a body yielded, and the future that puts its outcome on record.
    pub(crate) struct Ending<T, R: ?Sized> {
        ended: Option<T>,
        #[pin]
        recording: R,
    }
}

impl<T, R: Future + ?Sized> Future for Ending<T, R> {
    type Output = (T, R::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Polled again behind its end, it has nothing to give.
        if this.ended.is_none() {
            return Poll::Pending;
        }
        let recorded = ready!(this.recording.poll(cx));
        this.ended.take().map_or(Poll::Pending, |ended| Poll::Ready((ended, recorded)))
    }
}

/// The end of a guarded call. Dropped before an outcome is on record, it spawns what puts the legal
/// end there; nothing rests on that.
#[derive(Debug)]
#[must_use = "a guarded call ends with its ticket"]
pub(crate) struct Ticket {
    track: Arc<Track>,
}

impl Ticket {
    pub(crate) fn new(track: Arc<Track>) -> Self {
        Self { track }
    }

    /// While what this returns is there, the body runs on this thread.
    pub(crate) fn running(&self) -> Running {
        Running::enter(self.track.running())
    }

    /// Puts the outcome of the body on record. It is stored before this returns: what comes back may
    /// be dropped, before the ticket, and the ticket records it all the same, as far as that is
    /// possible.
    ///
    /// Fails when the body has acted and its outcome could not be recorded for 5 seconds.
    pub(crate) fn record<T>(&self, ended: T, well: bool) -> Recording<T> {
        self.track.end_body(well);
        Box::pin(Ending { ended: Some(ended), recording: recording(Arc::clone(&self.track)) })
    }
}

async fn recording(track: Arc<Track>) -> Result<(), Error> {
    track.record_outcome().await
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.track.abandon();
    }
}
