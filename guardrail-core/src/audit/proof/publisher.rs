//! Carries the heads of a log to whoever remembers them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::audit::proof::checkpoint::Checkpoint;
use crate::audit::proof::head::Heads;
use crate::audit::proof::witness::{Witness, WitnessError};

/// Longest that one witness may take for one head.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a witness that failed is left alone.
const AGAIN: Duration = Duration::from_secs(10);

/// Carries the heads of one log to its witnesses.
///
/// Each gets the newest head it has not seen; one that fails or takes longer than 60 s is tried
/// again after 10 s, with what is newest then, and holds up no other. What fails is said once, in
/// `tracing`, as a warning.
///
/// Several processes that write one log may publish to the same witness. One that is told of a later
/// head than its own has 10 s to hear of that head from the log; only then it is a contradiction.
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
    let mut newest = heads.take();
    let (mut warned, mut outrun) = (false, None);
    loop {
        let Some(head) = newest.take() else {
            newest = heads.next().await;
            match newest {
                Some(_) => continue,
                None => return,
            }
        };
        let checkpoint = head.checkpoint();
        let published = tokio::time::timeout(LIMIT, witness.publish(&head)).await;
        let failed = match published {
            Ok(Ok(())) => {
                (warned, outrun) = (false, None);
                continue;
            }
            Ok(Err(WitnessError::Contradicts { known }))
                if Outrun::lets_wait(&mut outrun, checkpoint, &known) =>
            {
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("it took more than {} s", LIMIT.as_secs())),
        };
        if let Some(error) = failed
            && !std::mem::replace(&mut warned, true)
        {
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

/// The witness has a later head than ours, which another process may have brought it. Either we hear of
/// that head soon, or our log is an old copy.
struct Outrun {
    size: u64,
    until: Instant,
}

impl Outrun {
    /// Whether it is too early to call it a contradiction. Each head that we have caught up with gives the
    /// next one its own time.
    fn lets_wait(outrun: &mut Option<Self>, ours: &Checkpoint, known: &Checkpoint) -> bool {
        if known.origin() != ours.origin() || known.size() <= ours.size() {
            return false;
        }
        match outrun {
            Some(outrun) if ours.size() < outrun.size => Instant::now() < outrun.until,
            _ => {
                *outrun = Some(Self { size: known.size(), until: Instant::now() + AGAIN });
                true
            }
        }
    }
}
