//! Ends the writer of a log at a step of a transaction, as a process that dies there does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use guardrail_sql::Settings;

/// What a log's writer passes at every step. Clones are the same fuse.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fuse(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Steps until it blows; 0: it does not.
    left: AtomicU64,
    is_blown: AtomicBool,
}

impl Fuse {
    /// Settings with which a log's writer passes it.
    pub(crate) fn on(&self, settings: Settings) -> Settings {
        let fuse = self.clone();
        settings.steps(Arc::new(move |step| fuse.pass(step)))
    }

    /// It blows at the `nth` step from now on, counted from 1.
    pub(crate) fn light(&self, nth: usize) {
        self.0.left.store(nth as u64, Ordering::SeqCst);
    }

    /// It does not blow.
    pub(crate) fn put_out(&self) {
        self.0.left.store(0, Ordering::SeqCst);
    }

    /// It blows at the next step, whenever that comes.
    #[cfg(all(feature = "postgres", unix))]
    pub(crate) fn blow(&self) {
        self.0.is_blown.store(true, Ordering::SeqCst);
    }

    /// Whether the writer is gone.
    pub(crate) fn is_blown(&self) -> bool {
        self.0.is_blown.load(Ordering::SeqCst)
    }

    fn pass(&self, step: &str) {
        let of_a_transaction =
            ["sql at once", "sql begun", "sql inserted", "sql committed"].contains(&step);
        let left = |left: u64| left.checked_sub(1);
        let order = Ordering::SeqCst;
        let last = of_a_transaction && self.0.left.fetch_update(order, order, left) == Ok(1);
        if last || (of_a_transaction && self.is_blown()) {
            self.0.is_blown.store(true, order);
            // Nobody need hear of it on standard error.
            std::panic::resume_unwind(Box::new("the writer ends here"));
        }
    }
}
