//! Makes an intent of a draft and has the policies judge it, before anything is on record.

use std::panic::AssertUnwindSafe;
use std::task::Poll;
use std::time::Duration;

use crate::desk::Prepared;
use crate::gate::Guardrail;
use crate::gate::context::Context;
use crate::gate::draft::{Draft, PreviewFn};
use crate::gate::error::Error;
use crate::gate::runtime::has_runtime;
use crate::gate::scope::Frame;
use crate::model::{Intent, IntentBuilder, IntentError};

/// How long a preview may take.
const PREVIEW: Duration = Duration::from_secs(10);

/// A call whose policy has spoken.
pub(crate) struct Judged {
    pub(crate) prepared: Prepared,
    /// Why it is refused, where no intent could be made of it.
    pub(crate) invalid: Option<Box<IntentError>>,
}

/// How far a call comes without waiting.
pub(crate) enum Ready {
    /// Judged.
    Judged(Guardrail, Judged),
    /// Its preview must be made first.
    Preview(Guardrail),
}

/// Takes a draft as far as it comes without waiting.
pub(crate) fn prepare(frame: &Frame, draft: &mut Draft) -> Result<Ready, Error> {
    let Some(guardrail) = draft.guardrail.take().or_else(|| frame.guardrail()) else {
        tracing::error!("a guarded call was refused: no guardrail is installed or in scope");
        return Err(Error::NoGuardrail);
    };
    if !has_runtime() {
        return Err(Error::NoRuntime);
    }
    if draft.preview.is_some() {
        return Ok(Ready::Preview(guardrail));
    }
    let judged = assemble(&guardrail, &frame.context, &mut draft.builder)?;
    Ok(Ready::Judged(guardrail, judged))
}

/// Makes the preview of a draft, and judges it.
pub(crate) async fn with_preview(
    guardrail: &Guardrail,
    context: &Context,
    draft: Draft,
) -> Result<Judged, Error> {
    let Draft { mut builder, preview, .. } = draft;
    if let Some(preview) = preview {
        builder = add_preview(builder, preview, guardrail).await;
    }
    assemble(guardrail, context, &mut builder)
}

fn assemble(
    guardrail: &Guardrail,
    context: &Context,
    builder: &mut IntentBuilder,
) -> Result<Judged, Error> {
    let origin = context.origin(guardrail);
    judge(guardrail, builder.assemble(Some(&origin), &**guardrail.inner.desk.entropy()))
}

/// Has the policies judge an intent; what no intent could be made of is refused, on record.
pub(crate) fn judge(
    guardrail: &Guardrail,
    made: Result<Intent, (IntentError, Box<Intent>)>,
) -> Result<Judged, Error> {
    let desk = &guardrail.inner.desk;
    let judged = match made {
        Ok(intent) => desk.prepare(intent).map(|prepared| Judged { prepared, invalid: None }),
        Err((error, intent)) => {
            let reason = error.to_string().into();
            desk.prepare_refusal(*intent, reason)
                .map(|prepared| Judged { prepared, invalid: Some(Box::new(error)) })
        }
    };
    judged.map_err(Error::unavailable)
}

/// Makes the preview, within its time; what goes wrong with it refuses the call.
async fn add_preview(
    mut builder: IntentBuilder,
    preview: PreviewFn,
    guardrail: &Guardrail,
) -> IntentBuilder {
    let arguments = match builder.arguments(&**guardrail.inner.desk.entropy()) {
        Ok(arguments) => arguments,
        Err(error) => {
            builder.fail(error.into());
            return builder;
        }
    };
    let made = async {
        let mut future = std::panic::catch_unwind(AssertUnwindSafe(|| preview(arguments)))
            .map_err(|_| "it panicked".to_owned())?;
        std::future::poll_fn(|cx| {
            // After a panic the future is not polled again.
            match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                Ok(poll) => poll,
                Err(_) => Poll::Ready(Err("it panicked".to_owned())),
            }
        })
        .await
    };
    match tokio::time::timeout(PREVIEW, made).await {
        Ok(Ok(text)) => builder.preview(text),
        Ok(Err(error)) => {
            builder.fail(IntentError::preview(&error));
            builder
        }
        Err(_) => {
            builder.fail(IntentError::preview("it took longer than 10 seconds"));
            builder
        }
    }
}
