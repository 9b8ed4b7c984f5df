//! The newest head of a log, for whoever shows it or carries it to witnesses.

use std::sync::Arc;

use tokio::sync::watch;

use crate::audit::proof::checkpoint::SignedCheckpoint;

/// Follows the newest persisted head of one log. Channels show it: [`Heads::latest`]'s `Display`
/// names log, size and root.
#[derive(Clone, Debug)]
pub struct Heads(watch::Receiver<Option<Arc<SignedCheckpoint>>>);

impl Heads {
    /// The heads of a log, for its implementer, and the end that publishes them.
    #[must_use]
    pub fn new(
        first: Option<Arc<SignedCheckpoint>>,
    ) -> (watch::Sender<Option<Arc<SignedCheckpoint>>>, Self) {
        let (sender, heads) = watch::channel(first);
        (sender, Self(heads))
    }

    /// The newest head; `None` where nothing was signed yet.
    #[must_use]
    pub fn latest(&self) -> Option<Arc<SignedCheckpoint>> {
        self.0.borrow().clone()
    }

    /// Waits for a head that this handle has not given out yet; `None` once the log is closed.
    ///
    /// # Cancel safety
    /// Dropped, nothing is lost.
    pub async fn next(&mut self) -> Option<Arc<SignedCheckpoint>> {
        loop {
            // Of a log that was closed, the last head is still given out.
            self.0.changed().await.ok()?;
            if let Some(head) = self.0.borrow_and_update().clone() {
                return Some(head);
            }
        }
    }

    /// The newest head, which this handle has given out with that.
    pub(super) fn take(&mut self) -> Option<Arc<SignedCheckpoint>> {
        self.0.borrow_and_update().clone()
    }
}
