//! Shows in a channel how far an audit log has come.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::proof::{Checkpoint, SignedCheckpoint, Witness, WitnessError, is_new};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::blocks::Note;
use crate::client::{Client, Post, Sent};

/// How long a message is changed before the next one is posted: what was posted stays to be read.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The least time between two heads, so that approvals have Slack's limits for themselves.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows the heads of an audit log in a channel: whoever reads along remembers them, and can
/// contradict another log later. Made by [`SlackApprover::witness`](crate::SlackApprover::witness).
///
/// It posts one message an hour and changes it in between, a head every ten seconds at most. What it
/// showed before the program began it does not know.
pub struct SlackWitness {
    client: Client,
    channel: String,
    shown: Mutex<Option<Shown>>,
}

struct Shown {
    head: Checkpoint,
    /// The message; nothing once it could not be changed.
    at: Option<Sent>,
    posted: Instant,
    last: Instant,
}

impl SlackWitness {
    pub(crate) fn new(client: Client, channel: String) -> Self {
        Self { client, channel, shown: Mutex::default() }
    }
}

#[async_trait]
impl Witness for SlackWitness {
    fn name(&self) -> &str {
        "slack"
    }

    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let head = head.checkpoint();
        let mut shown = self.shown.lock().await;
        if !is_new(shown.as_ref().map(|shown| &shown.head), head)? {
            return Ok(());
        }
        let said = Note::head(head).shown().map_err(WitnessError::failed)?;
        if let Some(shown) = &mut *shown {
            sleep_until(shown.last + PAUSE).await;
            shown.last = Instant::now();
            if let Some(at) = shown.at.take().filter(|_| shown.posted.elapsed() < HOUR) {
                // Where that fails it may be gone: the next head gets a message of its own.
                let changed = self.client.update(&at, &said.text, &said.blocks).await;
                changed.map_err(WitnessError::failed)?;
                (shown.head, shown.at) = (head.clone(), Some(at));
                return Ok(());
            }
        }
        let (channel, thread) = (self.channel.clone(), None);
        let post = Post { channel, thread, text: said.text, blocks: said.blocks };
        let at = self.client.post_message(&post).await.map_err(WitnessError::failed)?;
        let now = Instant::now();
        *shown = Some(Shown { head: head.clone(), at: Some(at), posted: now, last: now });
        Ok(())
    }
}

impl fmt::Debug for SlackWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackWitness").field("channel", &self.channel).finish_non_exhaustive()
    }
}
