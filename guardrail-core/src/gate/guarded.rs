//! The future of a guarded call: the gate, then the body, then the record of its outcome.

use std::fmt::{self, Display};
use std::future::{Pending, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::gate::error::Error;
use crate::gate::refusal::FromRefusal;
use crate::gate::ticket::{Recording, Ticket};
use crate::gate::track::Track;

/// The future that brings the approval, and leaves it with the track. `Send`, whatever the body is.
pub(crate) struct Gate(Pin<Box<dyn Future<Output = Turn> + Send>>);

/// What a gate comes to.
pub(crate) enum Turn {
    /// It has spoken.
    Spoken,
    /// It must wait for people: in a future of its own, so that thousands which wait do not each
    /// keep the room in which their request was made.
    Wait(Gate),
}

impl Gate {
    pub(crate) fn new(future: impl Future<Output = Turn> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }
}

/// The future that makes a preview.
pub type PreviewFuture = Pin<Box<dyn Future<Output = Result<String, String>> + Send>>;

/// Boxes the future of a preview.
pub fn preview_future<E: Display>(
    future: impl Future<Output = Result<String, E>> + Send + 'static,
) -> PreviewFuture {
    Box::pin(async move { future.await.map_err(|error| error.to_string()) })
}

/// One call on its way: its ticket, and its gate unless that has already spoken.
pub struct Call {
    gate: Option<Gate>,
    ticket: Ticket,
}

/// A body with the call it waits for.
pub struct Body<F>(pub Call, pub F);

impl<F: Future<Output: FromRefusal>> Body<F> {
    /// Guards a body whose return type can say that it was refused.
    pub fn guarded(self) -> Guarded<F, Carried> {
        self.ending(Carried)
    }
}

impl<F: Future> Body<F> {
    /// Guards a body of which expanded code says what its end means.
    pub fn guarded_by<W, U>(self, well: W, unrecorded: U) -> Guarded<F, Told<W, U>>
    where
        W: Fn(&F::Output) -> bool,
        U: Fn(F::Output, Error) -> F::Output,
    {
        self.ending(Told { well, unrecorded })
    }

    fn ending<E>(self, end: E) -> Guarded<F, E> {
        let Self(Call { gate, ticket }, body) = self;
        Guarded { stage: gate.map_or(Stage::Body, Stage::Gate), body, ticket, end }
    }
}

/// A return type that cannot say that it was refused is already an error where expanded code refuses.
/// With this it is not one here as well.
pub trait GuardedAnyway<F: Future> {
    /// Never called; if it were, nothing would run.
    fn guarded(self) -> Pending<F::Output>;
}

impl<F: Future> GuardedAnyway<F> for Body<F> {
    fn guarded(self) -> Pending<F::Output> {
        pending()
    }
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
    /// The compiler makes all that is generic over `F` once for each guarded function, so there is
    /// little of it: the rest is generic over what a body yields.
    ///
    /// The fields drop in their order: gate, body and recording before the ticket, which then puts on
    /// record how far they came.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Guarded<F: Future, E> {
        stage: Stage<F::Output>,
        #[pin]
        body: F,
        ticket: Ticket,
        end: E,
    }
}

/// How far a call has come that yields a `T`.
enum Stage<T> {
    /// Its gate has not spoken yet.
    Gate(Gate),
    /// Its body runs.
    Body,
    /// What its body came to is on its way to the record.
    Ended(Recording<T>),
}

impl<F: Future, E: End<F::Output>> Future for Guarded<F, E> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.stage.poll(this.body, this.ticket, this.end, cx)
    }
}

impl<T> Stage<T> {
    fn poll<E: End<T>>(
        &mut self,
        body: Pin<&mut dyn Future<Output = T>>,
        ticket: &Ticket,
        end: &E,
        cx: &mut Context<'_>,
    ) -> Poll<T> {
        while let Self::Gate(Gate(future)) = self {
            *self = match ready!(future.as_mut().poll(cx)) {
                Turn::Spoken => Self::Body,
                Turn::Wait(next) => Self::Gate(next),
            };
        }
        if let Self::Body = self {
            let ended = {
                let _running = ticket.running();
                ready!(body.poll(cx))
            };
            let well = end.well(&ended);
            *self = Self::Ended(ticket.record(ended, well));
        }
        let Self::Ended(recording) = self else { return Poll::Pending };
        let (ended, recorded) = ready!(recording.as_mut().poll(cx));
        Poll::Ready(match recorded {
            Ok(()) => ended,
            Err(error) => end.unrecorded(ended, error),
        })
    }
}

impl<F: Future, E> fmt::Debug for Guarded<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl Call {
    pub(crate) fn new(track: Arc<Track>, gate: Option<Gate>) -> Self {
        Self { gate, ticket: Ticket::new(track) }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for Body<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("call", &self.0).finish_non_exhaustive()
    }
}
