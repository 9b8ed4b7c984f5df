//! What expanded code hands over: the draft of a call, and the seal before its body.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use serde::Serialize;

use crate::gate::Guardrail;
use crate::gate::error::Error;
use crate::gate::judge::{Ready, prepare, with_preview};
use crate::gate::pass::enter;
use crate::gate::refusal::Argument;
use crate::gate::scope::Frame;
use crate::gate::ticket::{Gate, PreviewFuture, Ticket};
use crate::gate::track::Track;
use crate::model::canonical::Canonical;
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
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
}

/// Makes the text or plan that is shown beside the arguments.
pub(crate) type PreviewFn = fn(Arguments) -> PreviewFuture;

/// One call, being captured.
#[derive(Debug)]
pub struct Draft {
    pub(crate) builder: IntentBuilder,
    pub(crate) guardrail: Option<Guardrail>,
    pub(crate) preview: Option<PreviewFn>,
}

impl Draft {
    /// Begins a capture of `arguments` arguments.
    #[must_use]
    pub fn new(meta: &'static Meta, arguments: usize) -> Self {
        let builder = Intent::builder(meta.name)
            .policy(meta.policy)
            .at(meta.module, meta.file, meta.line)
            .expecting(arguments);
        Self { builder, guardrail: None, preview: None }
    }

    /// An argument, by `Serialize`.
    pub fn arg<T: Argument + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.serialize(name, Captured::Value, value);
    }

    /// An argument, by `Debug`.
    pub fn debug<T: Debug + ?Sized>(&mut self, name: &'static str, value: &T) {
        let text = format_args!("{value:?}");
        self.builder.capture(Cow::Borrowed(name), Captured::Debug, |b| Canonical::of(&text, b));
    }

    /// An argument nobody is shown.
    pub fn redact<T: Argument + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.serialize(name, Captured::Redacted, value);
    }

    fn serialize<T: Serialize + ?Sized>(&mut self, name: &'static str, how: Captured, value: &T) {
        self.builder.capture(Cow::Borrowed(name), how, |bounds| Canonical::of(value, bounds));
    }

    /// An argument that is left out.
    pub fn skip(&mut self, name: &'static str) {
        self.builder.capture(Cow::Borrowed(name), Captured::Skipped, |_| Ok(Canonical::null()));
    }

    /// Another name than the function's.
    pub fn name(&mut self, name: &dyn Display) {
        self.builder.set_action(name.to_string());
    }

    /// What the deed is done to.
    pub fn resource(&mut self, resource: &dyn Display) {
        self.builder.set_resource(resource.to_string());
    }

    /// Why, in the agent's words.
    pub fn reason(&mut self, reason: &dyn Display) {
        self.builder.set_reason(reason.to_string());
    }

    /// The idempotency key.
    pub fn key(&mut self, key: &dyn Display) {
        self.builder.set_key(key.to_string());
    }

    /// The one-line summary.
    pub fn summary(&mut self, summary: std::fmt::Arguments<'_>) {
        self.builder.set_summary(summary.to_string());
    }

    /// The guardrail to meet, whatever is in scope.
    pub fn guardrail(&mut self, guardrail: &Guardrail) {
        self.guardrail = Some(guardrail.clone());
    }

    /// What makes the preview.
    pub fn preview(&mut self, preview: PreviewFn) {
        self.preview = Some(preview);
    }
}

/// Begins a guarded call: the gate is awaited before the body, the ticket finished behind it.
#[must_use]
pub fn begin(draft: Draft) -> (Gate, Ticket) {
    let frame = Frame::current();
    let track = Arc::new(Track::default());
    let ticket = Ticket::new(Arc::clone(&track));
    let gate: Gate = match prepare(&frame, draft) {
        Err(error) => Box::pin(async move { Seal { passed: Err(error), track } }),
        Ok(Ready::Judged(guardrail, judged)) => {
            Box::pin(async move { Seal { passed: enter(&guardrail, judged, &track).await, track } })
        }
        Ok(Ready::Preview(guardrail, draft)) => Box::pin(async move {
            let judged = with_preview(&guardrail, &frame.context, *draft).await;
            let passed = match judged {
                Ok(judged) => enter(&guardrail, judged, &track).await,
                Err(error) => Err(error),
            };
            Seal { passed, track }
        }),
    };
    (gate, ticket)
}

/// What stands between the gate and the body: the approval, to be held against the arguments
/// once more.
#[derive(Debug)]
pub struct Seal {
    passed: Result<Arc<Intent>, Error>,
    track: Arc<Track>,
}

impl Seal {
    /// Holds a second capture against what was approved. The body may run behind `Ok` only.
    ///
    /// # Errors
    /// The refusal, or [`Error::IntentChanged`].
    pub fn check(self, draft: Draft) -> Result<(), Error> {
        let intent = self.passed?;
        if draft.builder.is_same_deed(&intent) {
            self.track.begin_body()
        } else {
            Err(self.track.abort("the arguments changed between the approval and the start"))
        }
    }
}
