//! The future of a guarded call: the gate, then the body, then the record of its outcome.

use std::fmt::{self, Display};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::gate::error::Error;
use crate::gate::refusal::FromRefusal;
use crate::gate::ticket::{Recording, Ticket};
use crate::gate::track::Track;

/// The future that waits for the approval, and leaves it with the track. `Send`, whatever the body is.
pub(crate) type Gate = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The future that makes a preview.
pub type PreviewFuture = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// Boxes the future of a preview.
pub fn preview_future<E: Display>(
    future: impl Future<Output = Result<String, E>> + Send + 'static,
) -> PreviewFuture {
    Box::pin(async move { future.await.map_err(|error| error.to_string()) })
}

/// Guards a body whose return type can say that it was refused.
pub fn guarded<F>(call: Call, body: F) -> Guarded<F, Carried>
where
    F: Future<Output: FromRefusal>,
{
    Guarded { stage: Stage::Body { body }, call, end: Carried }
}

/// Guards a body of which expanded code says what its end means.
pub fn guarded_by<F, W, U>(call: Call, body: F, well: W, unrecorded: U) -> Guarded<F, Told<W, U>>
where
    F: Future,
    W: Fn(&F::Output) -> bool,
    U: Fn(F::Output, Error) -> F::Output,
{
    Guarded { stage: Stage::Body { body }, call, end: Told { well, unrecorded } }
}

/// What the end of a body means.
pub trait End<T> {
    /// Whether it went well.
    fn well(&self, ended: &T) -> bool;

    /// The value that says: done, but its outcome is not on record.
    fn unrecorded(&self, ended: T, error: Error) -> T;
}

/// The return type says it.
#[derive(Debug)]
pub struct Carried;

impl<T: FromRefusal> End<T> for Carried {
    fn well(&self, ended: &T) -> bool {
        ended.ended_well()
    }

    fn unrecorded(&self, ended: T, error: Error) -> T {
        T::unrecorded(ended, error)
    }
}

/// Expanded code says it.
#[derive(Debug)]
pub struct Told<W, U> {
    well: W,
    unrecorded: U,
}

impl<T, W: Fn(&T) -> bool, U: Fn(T, Error) -> T> End<T> for Told<W, U> {
    fn well(&self, ended: &T) -> bool {
        (self.well)(ended)
    }

    fn unrecorded(&self, ended: T, error: Error) -> T {
        (self.unrecorded)(ended, error)
    }
}

pin_project_lite::pin_project! {
    /// A guarded call. The body is not polled before the gate was passed.
    ///
    /// The fields drop in their order: the body before the ticket, which then knows how it ended.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Guarded<F: Future, E> {
        #[pin]
        stage: Stage<F>,
        call: Call,
        end: E,
    }
}

pin_project_lite::pin_project! {
    /// Body and return value are never there together: one place holds both.
    #[project = StageProjection]
    enum Stage<F: Future> {
        Body { #[pin] body: F },
        Ended { ended: Option<F::Output> },
    }
}

impl<F: Future, E: End<F::Output>> Future for Guarded<F, E> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        ready!(this.call.poll_gate(cx));
        if let StageProjection::Body { body } = this.stage.as_mut().project() {
            let ended = ready!(body.poll(cx));
            this.call.record(this.end.well(&ended));
            this.stage.set(Stage::Ended { ended: Some(ended) });
        }
        let recorded = ready!(this.call.poll_record(cx));
        let StageProjection::Ended { ended } = this.stage.project() else { return Poll::Pending };
        // Polled again behind its end, it has nothing to give.
        let Some(ended) = ended.take() else { return Poll::Pending };
        Poll::Ready(match recorded {
            Ok(()) => ended,
            Err(error) => this.end.unrecorded(ended, error),
        })
    }
}

impl<F: Future, E> fmt::Debug for Guarded<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("call", &self.call).finish_non_exhaustive()
    }
}

/// One call on its way. Nothing in it depends on the body, so it is compiled once.
pub struct Call {
    way: Way,
    // Behind `way`: a recording that is dropped gives the outcome back, and the ticket takes it.
    ticket: Ticket,
}

enum Way {
    Gate(Gate),
    Body,
    Record(Recording),
}

impl Call {
    /// A call with its gate, or one of which the gate has already spoken.
    pub(crate) fn new(track: Arc<Track>, gate: Option<Gate>) -> Self {
        Self { way: gate.map_or(Way::Body, Way::Gate), ticket: Ticket::new(track) }
    }

    fn poll_gate(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Way::Gate(gate) = &mut self.way {
            ready!(gate.as_mut().poll(cx));
            self.way = Way::Body;
        }
        Poll::Ready(())
    }

    /// The body has ended: that is stored, and then put on record.
    fn record(&mut self, well: bool) {
        self.way = Way::Record(self.ticket.record(well));
    }

    fn poll_record(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match &mut self.way {
            Way::Record(recording) => recording.as_mut().poll(cx),
            // The body has ended, so it is being recorded.
            Way::Gate(_) | Way::Body => Poll::Pending,
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}
