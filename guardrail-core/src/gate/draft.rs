//! What expanded code hands over: the details of a call, and the call as it is captured.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::panic::Location;

use crate::gate::Guardrail;
use crate::gate::argument::Named;
use crate::gate::guarded::PreviewFuture;
use crate::model::{Arguments, IntentBuilder};

/// What the attribute knows of a function when it is compiled.
#[derive(Clone, Copy)]
pub(crate) struct What {
    /// The policy it names.
    pub(crate) policy: &'static str,
    /// The function's name, or the name it was given.
    pub(crate) name: &'static str,
    /// `module_path!()`.
    pub(crate) module: &'static str,
}

/// Makes the text or plan that is shown beside the arguments.
pub type PreviewFn = fn(Arguments) -> PreviewFuture;

/// One thing that expanded code says of a call beside its arguments. References only, so that the
/// array of them is nothing but data to the compiler.
#[derive(Clone, Copy)]
pub enum Detail<'a> {
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
    pub(crate) fn first(
        what: What,
        place: &'static Location<'static>,
        arguments: &[Named<'_>],
        details: &[Detail<'_>],
    ) -> Self {
        // Filled where it lies: it is large, and goes through few hands.
        let builder = IntentBuilder::new(Cow::Borrowed(what.name));
        let mut draft = Self { builder, guardrail: None, preview: None };
        let builder = &mut draft.builder;
        builder.set_policy(what.policy);
        builder.set_place(what.module, place);
        builder.expect(arguments.len());
        for (name, argument) in arguments {
            builder.capture(name, argument.captured(), |pen| argument.write(pen));
        }
        details.iter().for_each(|detail| draft.add(*detail));
        draft
    }

    fn add(&mut self, detail: Detail<'_>) {
        let builder = &mut self.builder;
        match detail {
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
