//! Which guardrail a call meets: the one in scope of its task, else the one installed.

use std::sync::{Arc, OnceLock};

use crate::gate::Guardrail;
use crate::gate::context::Context;

static INSTALLED: OnceLock<Guardrail> = OnceLock::new();

tokio::task_local! {
    pub(crate) static FRAME: Frame;
}

/// The guardrail and the context of one task tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    guardrail: Option<Guardrail>,
    pub(crate) context: Arc<Context>,
}

impl Frame {
    /// The frame of the present task; empty outside of any.
    pub(crate) fn current() -> Self {
        FRAME.try_with(Self::clone).unwrap_or_default()
    }

    /// The guardrail in scope, else the one installed.
    pub(crate) fn guardrail(&self) -> Option<Guardrail> {
        self.guardrail.clone().or_else(|| INSTALLED.get().cloned())
    }
}

/// A guardrail is already installed in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a guardrail is already installed in this process; use `scope` for a second one")]
#[non_exhaustive]
pub struct InstallError;

impl Guardrail {
    /// Makes this the guardrail of every call in the process that is in no scope. Once a process.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install(&self) -> Result<(), InstallError> {
        INSTALLED.set(self.clone()).map_err(|_| InstallError)
    }

    /// Runs a future with this guardrail for its calls. Lost in `tokio::spawn`: see
    /// [`InContext::in_context`].
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let mut frame = Frame::current();
        frame.guardrail = Some(self.clone());
        FRAME.scope(frame, future)
    }
}

/// Takes guardrail and context along into a spawned task.
pub trait InContext: Future + Sized {
    /// This future with the guardrail and the context of the present task, wherever it is polled.
    ///
    /// ```
    /// # async fn example() {
    /// use guardrail_core::gate::InContext;
    ///
    /// let task = tokio::spawn(async { /* guarded calls */ }.in_context());
    /// # let _ended = task.await;
    /// # }
    /// ```
    fn in_context(self) -> impl Future<Output = Self::Output> + use<Self> {
        FRAME.scope(Frame::current(), self)
    }
}

impl<F: Future> InContext for F {}
