//! Which guardrail a call meets: the one in scope of its task, else the one installed.

use std::pin::Pin;
use std::sync::{Arc, LazyLock, OnceLock};
use std::task::{self, Poll};

use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use crate::gate::Guardrail;
use crate::gate::context::Context;

static INSTALLED: OnceLock<Guardrail> = OnceLock::new();

/// The context of every task that is in no context's scope.
static NOTHING: LazyLock<Arc<Context>> = LazyLock::new(Arc::default);

tokio::task_local! {
    /// Filled at the first poll of the future whose scope it is.
    static FRAME: Arc<OnceLock<Frame>>;
}

/// The guardrail and the context of one task tree.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    guardrail: Option<Guardrail>,
    pub(crate) context: Arc<Context>,
}

/// What one scope adds to the frame around it.
#[derive(Debug)]
pub(crate) enum Layer {
    Guardrail(Guardrail),
    Context(Context),
}

impl Default for Frame {
    fn default() -> Self {
        Self { guardrail: None, context: Arc::clone(&NOTHING) }
    }
}

impl Frame {
    /// The frame of the present task; empty outside of any.
    pub(crate) fn current() -> Self {
        FRAME.try_with(|frame| frame.get().cloned()).ok().flatten().unwrap_or_default()
    }

    /// The guardrail in scope, else the one installed.
    pub(crate) fn guardrail(&self) -> Option<Guardrail> {
        self.guardrail.clone().or_else(|| INSTALLED.get().cloned())
    }

    fn under(mut self, layer: Layer) -> Self {
        match layer {
            Layer::Guardrail(guardrail) => self.guardrail = Some(guardrail),
            Layer::Context(context) => self.context = Arc::new(context.over(&self.context)),
        }
        self
    }
}

pin_project! {
    /// A future with a frame of its own.
    ///
    /// INVARIANT: a layer is laid over the frame in which the future is first polled, not over the
    /// one in which it was made: scopes that stand in one another add up in whatever order they
    /// were written, and nothing that was said for whom a call is made is lost.
    pub(crate) struct Scoped<F> {
        #[pin]
        future: TaskLocalFuture<Arc<OnceLock<Frame>>, F>,
        frame: Arc<OnceLock<Frame>>,
        layer: Option<Layer>,
    }
}

impl<F: Future> Scoped<F> {
    pub(crate) fn new(layer: Layer, future: F) -> Self {
        let frame = Arc::new(OnceLock::new());
        Self { future: FRAME.scope(Arc::clone(&frame), future), frame, layer: Some(layer) }
    }

    /// With the frame of the task that makes it, wherever it is polled.
    fn here(future: F) -> Self {
        let frame = Arc::new(OnceLock::from(Frame::current()));
        Self { future: FRAME.scope(Arc::clone(&frame), future), frame, layer: None }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(layer) = this.layer.take() {
            // Nobody else fills it.
            let _ = this.frame.set(Frame::current().under(layer));
        }
        this.future.poll(cx)
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
        Scoped::new(Layer::Guardrail(self.clone()), future)
    }
}

impl Context {
    /// Runs a future in this context.
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Scoped::new(Layer::Context(self), future)
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
        Scoped::here(self)
    }
}

impl<F: Future> InContext for F {}
