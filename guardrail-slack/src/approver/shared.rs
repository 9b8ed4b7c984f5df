//! What the reviews and the handler of deliveries share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guardrail_core::approver::{self, Door, Review};
use guardrail_core::model::{Nonce, RequestId};
use tokio::sync::watch;

use super::groups::Groups;
use super::live::Live;
use super::people::People;
use super::receipt::Reference;
use crate::client::{self, Client};
use crate::config::Config;
use crate::seen::Seen;
use crate::socket::Watcher;

/// Most guardrails one approver serves.
const DOORS: usize = 16;

/// How long the receipt of a message is waited for.
const BEING_POSTED: Duration = Duration::from_secs(10);

/// What the reviews and the handler of deliveries share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) config: Config,
    pub(super) people: People,
    pub(super) groups: Groups,
    pub(super) live: Live,
    doors: Mutex<Vec<Door>>,
    seen: Mutex<Seen<String>>,
    /// Whether it is known what is for us.
    ready: watch::Sender<bool>,
    /// Why no click is heard any more, where that is so.
    deaf: watch::Sender<Option<String>>,
    /// How the socket stands, in Socket Mode.
    socket: Option<Watcher>,
}

impl Shared {
    pub(super) fn new(client: Client, config: Config, socket: Option<Watcher>) -> Self {
        Self {
            socket,
            people: People::new(client.clone(), &config),
            groups: Groups::new(client.clone(), config.groups.clone()),
            live: Live::default(),
            doors: Mutex::default(),
            seen: Mutex::default(),
            ready: watch::Sender::new(config.audience().is_ready()),
            deaf: watch::Sender::new(None),
            client,
            config,
        }
    }

    /// Adds the door to one more guardrail; those that lead nowhere any more are let go.
    pub(super) fn open(&self, door: Door) {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.retain(Door::is_open);
        if doors.len() < DOORS {
            doors.push(door);
        } else {
            tracing::error!("one slack approver serves {DOORS} guardrails at most");
        }
    }

    /// The handle on a request as it stands now, wherever it is known.
    pub(super) async fn find(&self, id: RequestId) -> Result<Option<Review>, approver::Error> {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut failed = None;
        for door in doors {
            match door.review(id).await {
                Ok(Some(review)) => return Ok(Some(review)),
                Ok(None) => {}
                // A log that fails hides nothing of the others.
                Err(error) => failed = Some(error),
            }
        }
        // An approver that somebody wrapped may never have been attached.
        let Some(mut review) = self.live.review(id) else {
            return failed.map_or(Ok(None), Err);
        };
        review.current().await?;
        Ok(Some(review))
    }

    /// Where this nonce of the request was shown. A message that is being posted is waited for: its
    /// receipt follows it.
    pub(super) async fn shown(
        &self,
        review: &mut Review,
        nonce: &Nonce,
    ) -> Result<Option<Reference>, approver::Error> {
        if let Some(reference) = Reference::of(review.request(), nonce) {
            return Ok(Some(reference));
        }
        // Whoever clicks sees the message: its receipt is on the way, or there will be none.
        let turn = self.live.turn(review.id());
        drop(tokio::time::timeout(BEING_POSTED, turn.lock_owned()).await);
        Ok(Reference::of(review.current().await?, nonce))
    }

    /// Whether this is the first delivery of what it names.
    pub(super) fn first(&self, key: String) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = !seen.contains(&key);
        seen.remember(key);
        first
    }

    /// Tells one person alone: in the channel, or by direct message where Slack does not do that.
    /// That they cannot be told changes nothing.
    pub(super) async fn tell(&self, channel: Option<&str>, user: &str, text: &str) {
        let told = match channel {
            Some(channel) => self.client.post_ephemeral(channel, user, None, text).await,
            None => self.client.post_direct(user, text).await,
        };
        let told = match told {
            Err(client::Error::Refused { .. }) if channel.is_some() => {
                self.client.post_direct(user, text).await
            }
            told => told,
        };
        if let Err(error) = told {
            tracing::warn!(%error, "a private answer did not reach its reader");
        }
    }

    /// No click is heard any more: every review leaves with this reason.
    pub(super) fn fall_deaf(&self, why: String) {
        self.deaf.send_replace(Some(why));
    }

    /// It is known what is for us: clicks are heard.
    pub(super) fn hear_again(&self) {
        self.deaf.send_replace(None);
        self.ready.send_replace(true);
    }

    /// Waits until it is known what is for us. Before that a click would be turned away, so no
    /// button is shown.
    pub(super) async fn ready(&self) {
        let mut ready = self.ready.subscribe();
        // The sender lives as long as this.
        let _ready = ready.wait_for(|ready| *ready).await;
    }

    /// Waits until nothing stands against hearing clicks.
    #[cfg(test)]
    pub(super) async fn hears(&self) {
        let mut deaf = self.deaf.subscribe();
        let _hears = deaf.wait_for(Option::is_none).await;
    }

    /// Waits until no click is heard any more, and says why.
    pub(super) async fn deaf(&self) -> String {
        let mut deaf = self.deaf.subscribe();
        let mut socket = self.socket.clone();
        tokio::select! {
            // The sender lives as long as this.
            deaf = deaf.wait_for(Option::is_some) => match deaf {
                Ok(why) => why.clone().unwrap_or_default(),
                Err(_) => "the approver is gone".to_owned(),
            },
            Some(why) = async {
                match &mut socket {
                    Some(socket) => Some(socket.lost(self.config.give_up_after).await),
                    None => std::future::pending().await,
                }
            } => why,
        }
    }
}
