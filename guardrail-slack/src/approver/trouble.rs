//! What can go wrong on the way between a request and its people, and how long to be patient.

use std::time::Duration;

use guardrail_core::approver;
use tokio::time::Instant;

use crate::blocks;
use crate::client;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// Slack did not do what it was asked.
    #[error(transparent)]
    Slack(#[from] client::Error),
    /// The request could not be read or changed.
    #[error(transparent)]
    Request(#[from] approver::Error),
    /// The request could not be laid out.
    #[error(transparent)]
    Layout(#[from] blocks::Error),
}

impl From<Trouble> for approver::Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Request(error) => error,
            Trouble::Slack(error) => Self::channel(super::CHANNEL, error),
            Trouble::Layout(error) => Self::channel(super::CHANNEL, error),
        }
    }
}

/// Longest pause between two tries.
const PAUSE: Duration = Duration::from_secs(30);

/// Shortest pause where Slack asks for slower calls.
const SHORT: Duration = Duration::from_secs(1);

/// How long to try again while Slack cannot be reached.
#[derive(Debug)]
pub(super) struct Patience {
    give_up: Duration,
    since: Option<Instant>,
    pause: Duration,
}

impl Patience {
    pub(super) const fn new(give_up: Duration) -> Self {
        Self { give_up, since: None, pause: Duration::from_secs(1) }
    }

    /// How long to wait before the next try.
    ///
    /// # Errors
    /// The trouble, where trying again is of no use or has lasted long enough.
    pub(super) fn pause(&mut self, trouble: Trouble) -> Result<Duration, Trouble> {
        let Trouble::Slack(error) = &trouble else { return Err(trouble) };
        if let client::Error::RateLimited { after, .. } = error {
            // Slack is there and takes more in a moment: that is no outage, and begins a new count.
            tracing::debug!(%error, "a call to slack waits for its turn");
            self.since = None;
            return Ok((*after).clamp(SHORT, PAUSE));
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        if !error.may_pass() || since.elapsed() + self.pause > self.give_up {
            return Err(trouble);
        }
        tracing::warn!(%error, "slack is out of reach; trying again");
        let pause = self.pause;
        self.pause = (self.pause * 2).min(PAUSE);
        Ok(pause)
    }
}
