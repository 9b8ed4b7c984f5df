//! What expanded code calls: the beginning of a call, and the seal before its body.

use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::gate::Guardrail;
use crate::gate::argument::Named;
use crate::gate::draft::{Detail, Draft, What};
use crate::gate::error::Error;
use crate::gate::guarded::{Call, Gate, Turn};
use crate::gate::judge::{Judged, Ready, prepare, with_preview};
use crate::gate::pass::{Entered, Waiting, enter};
use crate::gate::scope::Frame;
use crate::gate::track::Track;
use crate::model::Intent;

/// Begins a guarded call: the call goes into [`Body`](crate::gate::private::Body) with the body, the
/// seal into the body. `name` is the function's own.
///
/// Written for the compiler: where the attribute stands is where the caller is, which is two macros
/// less to expand in each function, and three texts are less to it than one constant that holds them.
#[must_use]
#[track_caller]
pub fn begin(
    policy: &'static str,
    name: &'static str,
    module: &'static str,
    arguments: &[Named<'_>],
    details: &[Detail<'_>],
) -> (Call, Seal) {
    let what = What { policy, name, module };
    let mut draft = Draft::first(what, Location::caller(), arguments, details);
    let frame = Frame::current();
    let track = Arc::new(Track::default());
    let seal = Seal { track: Arc::clone(&track) };
    let guardrail = match prepare(&frame, &mut draft) {
        Err(error) => {
            track.pass(Err(error));
            return (Call::new(track, None), seal);
        }
        Ok(Ready::Judged(guardrail, judged)) => {
            let gate = take_turn(guardrail, judged, Arc::clone(&track));
            return (Call::new(track, Some(gate)), seal);
        }
        Ok(Ready::Preview(guardrail)) => guardrail,
    };
    let (at, draft) = (Arc::clone(&track), Box::new(draft));
    let gate = Gate::new(async move {
        match with_preview(&guardrail, &frame.context, *draft).await {
            Ok(judged) => Turn::Wait(take_turn(guardrail, judged, at)),
            Err(error) => {
                at.pass(Err(error));
                Turn::Spoken
            }
        }
    });
    (Call::new(track, Some(gate)), seal)
}

/// Takes a judged call through the gate, up to where it must wait.
fn take_turn(guardrail: Guardrail, mut judged: Judged, track: Arc<Track>) -> Gate {
    Gate::new(async move {
        let passed = match enter(&guardrail, &mut judged, &track).await {
            Ok(Entered::Waiting(waiting)) => {
                return Turn::Wait(Gate::new(Wait(Some((waiting, track)))));
            }
            Ok(Entered::Passed(intent)) => Ok(intent),
            Err(error) => Err(error),
        };
        track.pass(passed);
        Turn::Spoken
    })
}

/// A call that waits for people, up to their decision.
struct Wait(Option<(Waiting, Arc<Track>)>);

impl Future for Wait {
    type Output = Turn;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Turn> {
        let Some((waiting, _)) = &mut self.0 else { return Poll::Pending };
        let settled = ready!(waiting.poll_over(cx));
        let Some((waiting, track)) = self.0.take() else { return Poll::Pending };
        Poll::Ready(Turn::Wait(Gate::new(waiting.go_on(settled, track))))
    }
}

/// What stands between the gate and the body: the approval, to be held against the arguments
/// once more.
#[derive(Debug)]
pub struct Seal {
    track: Arc<Track>,
}

impl Seal {
    /// Holds a second capture against what was approved. The body may run behind `Ok` only.
    ///
    /// # Errors
    /// The refusal, or [`Error::IntentChanged`].
    pub fn check(self, arguments: &[Named<'_>], details: &[Detail<'_>]) -> Result<(), Error> {
        let requested = self.track.passed()?;
        if is_same(&requested.intent, arguments, details) {
            self.track.begin_body()
        } else {
            Err(self.track.abort("the arguments changed between the approval and the start"))
        }
    }
}

/// Captures a second time, and holds each part against the first as it goes. A name that is computed
/// is computed again.
fn is_same(intent: &Intent, arguments: &[Named<'_>], details: &[Detail<'_>]) -> bool {
    let mut first = intent.arguments().again();
    let mut resource = None;
    let same = arguments.iter().all(|(name, argument)| {
        first.is_next(name, argument.captured(), |pen| argument.write(pen))
    }) && details.iter().all(|detail| match *detail {
        Detail::Name(name) => name.to_string() == intent.action(),
        Detail::Resource(named) => {
            resource = Some(named.to_string());
            true
        }
        // Said once, and not what an approval is bound to.
        Detail::Reason(_)
        | Detail::Key(_)
        | Detail::Summary(_)
        | Detail::Guardrail(_)
        | Detail::Preview(_) => true,
    });
    same && first.is_over() && resource.as_deref() == intent.resource()
}
