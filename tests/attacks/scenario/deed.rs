//! The guarded function of the scenarios: what it is given, and how often its body ran.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use guardrail::{Error, requires_approval};
use tokio::sync::Notify;

/// What one call is about. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    args: Mutex<String>,
    file: Mutex<Option<PathBuf>>,
    /// What the body was given, once for each time it ran.
    given: Mutex<Vec<String>>,
    /// The body waits for its leave to end.
    held: AtomicBool,
    may_end: Notify,
    panics: AtomicBool,
}

impl Deed {
    pub(crate) fn new(args: &str, file: Option<PathBuf>) -> Self {
        let deed = Self::default();
        deed.set(args);
        *deed.0.file.lock().unwrap() = file;
        deed
    }

    pub(crate) fn set(&self, args: &str) {
        args.clone_into(&mut self.0.args.lock().unwrap());
    }

    pub(crate) fn args(&self) -> String {
        self.0.args.lock().unwrap().clone()
    }

    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.0.file.lock().unwrap().clone()
    }

    /// What the deed reads beside its arguments. Part of the intent, so that it is looked at again
    /// before the body begins.
    fn operand(&self) -> Option<String> {
        self.file().map(|file| std::fs::read_to_string(file).unwrap_or_default())
    }

    pub(crate) fn given(&self) -> Vec<String> {
        self.0.given.lock().unwrap().clone()
    }

    pub(crate) fn hold(&self, held: bool) {
        self.0.held.store(held, Ordering::SeqCst);
        self.0.may_end.notify_waiters();
    }

    pub(crate) fn panic(&self) {
        self.0.panics.store(true, Ordering::SeqCst);
    }

    async fn body(&self) -> Result<(), Error> {
        self.0.given.lock().unwrap().push(self.args());
        loop {
            let leave = self.0.may_end.notified();
            if !self.0.held.load(Ordering::SeqCst) {
                break;
            }
            leave.await;
        }
        if self.0.panics.load(Ordering::SeqCst) {
            // Without the words that `panic!` would print.
            std::panic::resume_unwind(Box::new("the body panics"));
        }
        Ok(())
    }
}

#[requires_approval(
    policy = "deed",
    skip_all,
    fields(args = deed.args(), operand = deed.operand())
)]
pub(crate) async fn perform(deed: &Deed) -> Result<(), Error> {
    deed.body().await
}
