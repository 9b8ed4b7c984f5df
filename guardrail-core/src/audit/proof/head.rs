//! The newest head of a log, for whoever shows it or carries it to witnesses.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::audit::proof::checkpoint::SignedCheckpoint;
use crate::audit::proof::witness::Witness;

/// Longest that one witness may take for one head.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a witness that failed is left alone.
const AGAIN: Duration = Duration::from_secs(10);

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
}

/// Carries the heads of one log to its witnesses.
///
/// Each gets the newest head it has not seen; one that fails or takes longer than 60 s is tried
/// again after 10 s, with what is newest then, and holds up no other.
#[derive(Debug)]
pub struct Publisher {
    heads: Heads,
    witnesses: Vec<Arc<dyn Witness>>,
}

impl Publisher {
    /// Of these heads, to nobody yet.
    #[must_use]
    pub const fn new(heads: Heads) -> Self {
        Self { heads, witnesses: Vec::new() }
    }

    /// To this witness, too.
    #[must_use]
    pub fn to(mut self, witness: impl Witness) -> Self {
        self.witnesses.push(Arc::new(witness));
        self
    }

    /// Publishes until the log is closed and its last head delivered or failed. Needs a runtime
    /// with time.
    ///
    /// # Cancel safety
    /// Dropped, no witness hears more than what is on its way.
    pub async fn run(self) {
        let mut carriers = tokio::task::JoinSet::new();
        for witness in self.witnesses {
            carriers.spawn(carry(self.heads.clone(), witness));
        }
        while carriers.join_next().await.is_some() {}
    }
}

async fn carry(mut heads: Heads, witness: Arc<dyn Witness>) {
    let mut newest = heads.latest();
    heads.0.mark_unchanged();
    let mut warned = false;
    loop {
        let Some(head) = newest.take() else {
            newest = heads.next().await;
            match newest {
                Some(_) => continue,
                None => return,
            }
        };
        let published = tokio::time::timeout(LIMIT, witness.publish(&head)).await;
        let failed = match published {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("it took more than {} s", LIMIT.as_secs())),
        };
        let Some(error) = failed else {
            warned = false;
            continue;
        };
        if !std::mem::replace(&mut warned, true) {
            let checkpoint = head.checkpoint();
            tracing::warn!(witness = witness.name(), %checkpoint, %error, "a witness has not taken a head");
        }
        newest = match tokio::time::timeout(AGAIN, heads.next()).await {
            Ok(Some(newer)) => Some(newer),
            // The log is closed: one more try would have no later one.
            Ok(None) => return,
            Err(_) => Some(head),
        };
    }
}
