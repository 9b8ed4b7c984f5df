//! The guarded function of the scenarios: what it is given, and how often its body ran.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use guardrail::{Error, requires_approval};
use tokio::sync::Notify;

/// What one call is about. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Deed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    args: Mutex<String>,
    file: Option<PathBuf>,
    /// One line for each time the body ran: what it was given. A file, so that it outlives whoever
    /// ran it.
    given: PathBuf,
    /// The body waits for its leave to end.
    held: AtomicBool,
    may_end: Notify,
    panics: AtomicBool,
}

impl Deed {
    /// About these arguments and perhaps a file; its runs are counted in this folder.
    pub(crate) fn new(args: &str, file: Option<PathBuf>, folder: &Path, key: &str) -> Self {
        Self(Arc::new(Inner {
            args: Mutex::new(args.to_owned()),
            file,
            given: folder.join(format!("{key}.given")),
            held: AtomicBool::new(false),
            may_end: Notify::new(),
            panics: AtomicBool::new(false),
        }))
    }

    pub(crate) fn set(&self, args: &str) {
        args.clone_into(&mut self.0.args.lock().unwrap());
    }

    pub(crate) fn args(&self) -> String {
        self.0.args.lock().unwrap().clone()
    }

    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.0.file.clone()
    }

    /// What the deed reads beside its arguments. Part of the intent, so that it is looked at again
    /// before the body begins.
    fn operand(&self) -> Option<String> {
        self.file().map(|file| fs::read_to_string(file).unwrap_or_default())
    }

    pub(crate) fn given(&self) -> Vec<String> {
        let lines = fs::read_to_string(&self.0.given).unwrap_or_default();
        lines.lines().map(str::to_owned).collect()
    }

    pub(crate) fn hold(&self, held: bool) {
        self.0.held.store(held, Ordering::SeqCst);
        self.0.may_end.notify_waiters();
    }

    pub(crate) fn panic(&self) {
        self.0.panics.store(true, Ordering::SeqCst);
    }

    async fn body(&self) -> Result<(), Error> {
        let file = OpenOptions::new().append(true).create(true).open(&self.0.given);
        writeln!(file.unwrap(), "{}", self.args()).unwrap();
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
