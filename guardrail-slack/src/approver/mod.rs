//! Brings requests before people in Slack, and hears what they do there.
//!
//! `keep` is one request's way from its message to its end, `tail` what is told after. `hear` works
//! on what Slack delivers, whether a review runs here or not: `press` and `submit` find the request
//! and who it is (`people`, `groups`), and `vote` casts. A nonce counts where its receipt says it
//! was shown, and to whom.

mod asker;
mod comment;
mod groups;
mod hear;
mod keep;
mod live;
mod modal;
mod people;
mod press;
mod receipt;
mod shared;
mod show;
mod submit;
mod tail;
mod tails;
mod trouble;
mod vote;
mod words;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use guardrail_core::approver::{self, Approver, Door, Review};
use guardrail_core::policy::PolicySet;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::audience::Audience;
use crate::config::Config;
use crate::counts::{Counts, Refusal};
use crate::delivery::{Delivery, Inbox, inbox};
use crate::error::Error;
use crate::router;
use crate::socket::{Socket, Teller, link};
use crate::witness::SlackWitness;
use shared::Shared;
use tails::Tails;

/// The channel's name, and the realm of its accounts.
const CHANNEL: &str = "slack";

/// The first wait before Slack is asked again whose the bot's token is, and the longest.
const GREETING: Duration = Duration::from_secs(1);
const LONGEST_GREETING: Duration = Duration::from_secs(60);

/// Asks people in Slack: a request appears in the channel, a click decides.
///
/// Clicks are heard by Socket Mode or over HTTP, from the moment the approver is part of a
/// guardrail that is built, for every request in that guardrail's log: one of another process on
/// the same log counts as well. A clone is the same approver.
#[derive(Clone, Debug)]
pub struct SlackApprover(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    counts: Arc<Counts>,
    inbox: Inbox,
    audience: Arc<Audience>,
    /// Until somebody hears.
    unheard: Mutex<Option<Unheard>>,
    /// Who hears; ended with the approver.
    hearing: Mutex<JoinSet<()>>,
    tails: Tails,
}

/// What is there before anybody hears.
#[derive(Debug)]
struct Unheard {
    deliveries: mpsc::Receiver<Delivery>,
    /// In Socket Mode.
    teller: Option<Teller>,
}

impl SlackApprover {
    /// An approver of this configuration. Nothing is sent and nothing heard before it is part of a
    /// guardrail.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config: Config) -> Result<Self, Error> {
        let (inbox, deliveries) = inbox();
        let client = config.client()?;
        let (teller, watcher) = config.app_token.is_some().then(link).unzip();
        Ok(Self(Arc::new(Inner {
            audience: Arc::new(config.audience()),
            shared: Arc::new(Shared::new(client, config, watcher)),
            counts: Arc::default(),
            inbox,
            unheard: Mutex::new(Some(Unheard { deliveries, teller })),
            hearing: Mutex::default(),
            tails: Tails::default(),
        })))
    }

    /// An approver as the environment says: see [`Config::from_env`].
    ///
    /// # Errors
    /// The first variable that is missing or cannot work, and what to do.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(Config::from_env()?)
    }

    /// An approver as `[slack]` in `guardrail.toml` says: see [`Config::from_policies`].
    ///
    /// # Errors
    /// The first mistake, and what to do.
    pub fn from_policies(policies: &PolicySet) -> Result<Self, Error> {
        Self::new(Config::from_policies(policies)?)
    }

    /// Hears clicks over HTTP: `POST /interactivity` and `POST /events`, to be nested where the
    /// app's settings point. Takes only what a signing secret of the configuration proves.
    pub fn router(&self) -> Router {
        let inner = &self.0;
        router::router(router::Door::new(
            inner.shared.config.verifier(),
            Arc::clone(&inner.audience),
            inner.inbox.clone(),
            Arc::clone(&inner.counts),
        ))
    }

    /// Shows the heads of an audit log in this channel, by its name or id, for a
    /// [`Publisher`](guardrail_core::audit::proof::Publisher).
    #[must_use]
    pub fn witness(&self, channel: impl Into<String>) -> SlackWitness {
        SlackWitness::new(self.0.shared.client.clone(), channel.into())
    }

    /// How many deliveries were refused so far: not signed, not for us, of no shape that is known,
    /// or with no room for them.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let aside = [Refusal::Duplicate, Refusal::Unused];
        let refusals = Refusal::ALL.into_iter().filter(|refusal| !aside.contains(refusal));
        refusals.map(|refusal| self.0.counts.of(refusal)).sum()
    }

    /// The same by reason: a word for each, as traces have it, and how often it was given. Also those
    /// that were no loss: `duplicate`, what came twice, and `unused`, what is of no use here.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> + use<'_> {
        Refusal::ALL.into_iter().map(|refusal| (refusal.word(), self.0.counts.of(refusal)))
    }

    /// Waits until everything that is over was told: ends of messages, lines of threads. For
    /// programs that end themselves.
    ///
    /// # Cancel safety
    /// Dropped: what is told goes on.
    pub async fn idle(&self) {
        self.0.shared.live.idle().await;
        self.0.tails.idle().await;
    }

    /// Hears from now on; once.
    fn listen(&self) {
        let mut unheard = self.0.unheard.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Unheard { deliveries, teller }) = unheard.take() else { return };
        let inner = &self.0;
        let mut hearing = inner.hearing.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = Arc::clone(&inner.shared);
        hearing.spawn(greet(Arc::clone(&shared), Arc::clone(&inner.audience)));
        if let Some(teller) = teller {
            teller.begin();
            let (client, audience) = (shared.client.clone(), Arc::clone(&inner.audience));
            let (inbox, counts) = (inner.inbox.clone(), Arc::clone(&inner.counts));
            let socket = Socket::new(&shared.config, client, audience, inbox, counts, teller);
            hearing.spawn(socket.run());
        }
        hearing.spawn(hear::hear(shared, Arc::clone(&inner.counts), deliveries));
    }
}

/// Learns whose the bot's token is, so that it is known what is for us. It never gives up: what
/// Slack refuses now, people may mend, and until then every review leaves with the reason.
async fn greet(shared: Arc<Shared>, audience: Arc<Audience>) {
    let mut pause = GREETING;
    loop {
        match shared.client.auth_test().await {
            Ok(me) => {
                return match audience.learn(&me) {
                    Ok(()) => shared.hear_again(),
                    // Another token takes another process.
                    Err(elsewhere) => shared.fall_deaf(elsewhere.to_string()),
                };
            }
            Err(error) if error.may_pass() => {
                tracing::warn!(%error, "slack did not say whose the bot's token is; trying again");
            }
            Err(error) => shared.fall_deaf(error.to_string()),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_GREETING);
    }
}

#[async_trait]
impl Approver for SlackApprover {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, review: Review) -> Result<(), approver::Error> {
        self.listen();
        keep::keep(&self.0.shared, &self.0.tails, review).await
    }

    fn attach(&self, door: Door) {
        self.0.shared.open(door);
        self.listen();
    }
}

#[cfg(test)]
mod tests;
