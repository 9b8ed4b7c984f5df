//! Signs what no head covers yet when nobody writes any more: a second after the last record.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::audit::file::shared::Shared;
use crate::audit::file::writer::checkpoint_here;

/// A thread that looks after the head of one log, for it needs a timer on every runtime, and none
/// that stands still where a test pauses time. It goes with this handle.
#[derive(Debug)]
pub(super) struct Ticker {
    _alive: mpsc::Sender<()>,
}

impl Ticker {
    /// Looks as often as this. Without a thread, heads are signed by those who write, and at the
    /// end.
    pub(super) fn start(shared: &Arc<Shared>, every: Duration) -> Option<Self> {
        let (alive, gone) = mpsc::channel();
        let shared = Arc::downgrade(shared);
        let thread = thread::Builder::new().name("guardrail-heads".to_owned());
        let run = move || {
            while gone.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if !look(&shared) {
                    return;
                }
            }
        };
        match thread.spawn(run) {
            Ok(_) => Some(Self { _alive: alive }),
            Err(error) => {
                tracing::warn!(%error, "no thread to sign the heads of an idle log");
                None
            }
        }
    }
}

/// Signs if it is time; whether the log is still there.
fn look(shared: &Weak<Shared>) -> bool {
    let Some(shared) = shared.upgrade() else { return false };
    let size = shared.known().tree.size();
    let now = shared.now();
    if shared.signing.as_ref().is_some_and(|signing| signing.is_due(size, now)) {
        checkpoint_here(&shared);
    }
    !shared.is_poisoned()
}
