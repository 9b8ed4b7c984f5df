//! What expanded code hands over: the details of a call, and the seal before its body.

use std::borrow::Cow;
use std::fmt::{self, Debug, Display};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::guarded::{Call, Gate, PreviewFuture, Turn};
use crate::gate::judge::{Judged, Ready, prepare, with_preview};
use crate::gate::pass::{Entered, Waiting, enter};
use crate::gate::refusal::Argument;
use crate::gate::scope::Frame;
use crate::gate::track::Track;
use crate::model::canonical::{Bounds, Canonical, Pen};
use crate::model::{Arguments, Captured, Intent, IntentBuilder};

/// What the attribute knows of a function when it is compiled.
#[derive(Debug)]
pub struct Meta {
    /// The policy it names.
    pub policy: &'static str,
    /// The function's name, or the name it was given.
    pub name: &'static str,
    /// `module_path!()`.
    pub module: &'static str,
}

/// Makes the text or plan that is shown beside the arguments.
pub type PreviewFn = fn(Arguments) -> PreviewFuture;

/// One thing that expanded code says of a call. References only, so that the array of them is
/// nothing but data to the compiler.
#[derive(Clone, Copy)]
pub enum Detail<'a> {
    /// An argument, by `Serialize`.
    Value(&'static str, &'a dyn Argument),
    /// An argument, by `Debug`.
    Debug(&'static str, &'a dyn Debug),
    /// An argument nobody is shown.
    Redacted(&'static str, &'a dyn Argument),
    /// An argument that is left out.
    Skipped(&'static str),
    /// Another name than the function's.
    Name(&'a dyn Display),
    /// What the deed is done to.
    Resource(&'a dyn Display),
    /// Why, in the agent's words.
    Reason(&'a dyn Display),
    /// The idempotency key.
    Key(&'a dyn Display),
    /// The one-line summary.
    Summary(fmt::Arguments<'a>),
    /// The guardrail to meet, whatever is in scope.
    Guardrail(&'a Guardrail),
    /// What makes the preview.
    Preview(PreviewFn),
}

impl fmt::Debug for Detail<'_> {
    /// Says nothing of the value: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detail").finish_non_exhaustive()
    }
}

/// One call, being captured.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) builder: IntentBuilder,
    pub(crate) guardrail: Option<Guardrail>,
    pub(crate) preview: Option<PreviewFn>,
}

impl Draft {
    fn first(
        meta: &'static Meta,
        place: &'static Location<'static>,
        details: &[Detail<'_>],
    ) -> Self {
        let builder = IntentBuilder::new(Cow::Borrowed(meta.name))
            .under(meta.policy)
            .at(meta.module, place.file(), place.line())
            .expecting(details.len());
        Self { builder, guardrail: None, preview: None }.with(details)
    }

    fn with(mut self, details: &[Detail<'_>]) -> Self {
        details.iter().for_each(|detail| self.add(*detail));
        self
    }

    fn add(&mut self, detail: Detail<'_>) {
        let builder = &mut self.builder;
        match detail {
            Detail::Value(name, value) => {
                let write = |pen: &mut Pen| value.write(pen);
                builder.capture(Cow::Borrowed(name), Captured::Value, |b| {
                    Canonical::written(b, write)
                });
            }
            Detail::Debug(name, value) => {
                let text = format_args!("{value:?}");
                builder.capture(Cow::Borrowed(name), Captured::Debug, |b| Canonical::of(&text, b));
            }
            Detail::Redacted(name, value) => {
                let write = |pen: &mut Pen| value.write(pen);
                builder.capture(Cow::Borrowed(name), Captured::Redacted, |b| {
                    Canonical::written(b, write)
                });
            }
            Detail::Skipped(name) => {
                let nothing = |_: &Bounds| Ok(Canonical::null());
                builder.capture(Cow::Borrowed(name), Captured::Skipped, nothing);
            }
            Detail::Name(name) => builder.set_action(name.to_string()),
            Detail::Resource(resource) => builder.set_resource(resource.to_string()),
            Detail::Reason(reason) => builder.set_reason(reason.to_string()),
            Detail::Key(key) => builder.set_key(key.to_string()),
            Detail::Summary(summary) => builder.set_summary(summary.to_string()),
            Detail::Guardrail(guardrail) => self.guardrail = Some(guardrail.clone()),
            Detail::Preview(preview) => self.preview = Some(preview),
        }
    }
}

/// Begins a guarded call: the call goes into [`Body`](crate::gate::private::Body) with the body, the
/// seal into the body. Where the attribute stands is where the caller is: two macros less for the
/// compiler to expand in each function.
#[must_use]
#[track_caller]
pub fn begin(meta: &'static Meta, details: &[Detail<'_>]) -> (Call, Seal) {
    begin_at(meta, Location::caller(), details)
}

fn begin_at(
    meta: &'static Meta,
    place: &'static Location<'static>,
    details: &[Detail<'_>],
) -> (Call, Seal) {
    let frame = Frame::current();
    let track = Arc::new(Track::default());
    let seal = Seal { track: Arc::clone(&track) };
    let (guardrail, draft) = match prepare(&frame, Draft::first(meta, place, details)) {
        Err(error) => {
            track.pass(Err(error));
            return (Call::new(track, None), seal);
        }
        Ok(Ready::Judged(guardrail, judged)) => {
            let gate = take_turn(guardrail, judged, Arc::clone(&track));
            return (Call::new(track, Some(gate)), seal);
        }
        Ok(Ready::Preview(guardrail, draft)) => (guardrail, draft),
    };
    let at = Arc::clone(&track);
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
        Poll::Ready(Turn::Wait(Gate::new(async move {
            track.pass(waiting.go_on(settled, &track).await);
            Turn::Spoken
        })))
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
    pub fn check(self, details: &[Detail<'_>]) -> Result<(), Error> {
        let intent = self.track.passed()?;
        if is_same(&intent, details) {
            self.track.begin_body()
        } else {
            Err(self.track.abort("the arguments changed between the approval and the start"))
        }
    }
}

/// Captures a second time, and holds each part against the first as it goes. A name that is computed
/// is computed again.
fn is_same(intent: &Intent, details: &[Detail<'_>]) -> bool {
    let mut arguments = intent.arguments().again();
    let mut resource = None;
    let same = details.iter().all(|detail| match *detail {
        Detail::Value(name, value) => {
            arguments.is_next(name, Captured::Value, |pen| value.write(pen))
        }
        Detail::Debug(name, value) => {
            arguments.is_next(name, Captured::Debug, |pen| pen.put(&format_args!("{value:?}")))
        }
        Detail::Redacted(name, value) => {
            arguments.is_next(name, Captured::Redacted, |pen| value.write(pen))
        }
        Detail::Skipped(name) => arguments.is_next(name, Captured::Skipped, |pen| pen.put(&())),
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
    same && arguments.is_over() && resource.as_deref() == intent.resource()
}
