//! A guarded function whose body counts how often it runs.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use guardrail::{Error, requires_approval};

type Deed = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<u32, Error>> + Send>> + Send + Sync>;

/// What a guarded function does, and how often it was done.
pub(crate) struct Body {
    runs: AtomicU32,
    deed: Deed,
}

impl Body {
    /// Ends well at once.
    pub(crate) fn new() -> Self {
        Self::doing(async || Ok(1))
    }

    /// Does this, each time it runs.
    pub(crate) fn doing<F>(deed: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<u32, Error>> + Send + 'static,
    {
        Self { runs: AtomicU32::new(0), deed: Box::new(move || Box::pin(deed())) }
    }

    /// How often it has begun.
    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    pub(crate) async fn run(&self) -> Result<u32, Error> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        (self.deed)().await
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("runs", &self.runs()).finish_non_exhaustive()
    }
}

/// The guarded function of most tests.
#[requires_approval(policy = "deploy", summary = "deploy to {workspace}", skip(body))]
pub(crate) async fn deploy(body: &Body, workspace: &str) -> Result<u32, Error> {
    let _ = workspace;
    body.run().await
}
