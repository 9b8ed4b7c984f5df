//! Brings requests before people in Slack, and hears what they do there.
//!
//! `keep` is one request's way from its message to its end, `tail` what is told after. `hear` works
//! on what Slack delivers, whether a review runs here or not: `press` and `submit` find the request
//! and who it is (`people`, `groups`), and `vote` casts. A nonce counts where its receipt says it
//! was shown, and to whom.

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
mod trouble;
mod vote;
mod words;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use guardrail_core::approver::{self, Approver, Door, Review};
use guardrail_core::policy::PolicySet;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::audience::Audience;
use crate::config::Config;
use crate::counts::{Counts, Refusal};
use crate::delivery::{Delivery, Inbox, inbox};
use crate::error::Error;
use crate::router;
use crate::socket::{Socket, Teller, link};
use shared::Shared;
use trouble::{Patience, Trouble};

/// The channel's name, and the realm of its accounts.
const CHANNEL: &str = "slack";

/// Most requests that are followed to their end at a time, after they were settled.
const TAILS: usize = 4_096;

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

    /// How many deliveries were refused so far: not signed, not for us, of no shape that is known,
    /// or with no room for them.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let aside = [Refusal::Duplicate, Refusal::Unused];
        let refusals = Refusal::ALL.into_iter().filter(|refusal| !aside.contains(refusal));
        refusals.map(|refusal| self.0.counts.of(refusal)).sum()
    }

    /// Waits until everything that is over was told: ends of messages, lines of threads. For
    /// programs that end themselves.
    ///
    /// # Cancel safety
    /// Dropped: what is told goes on.
    pub async fn idle(&self) {
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
            let (client, audience) = (shared.client.clone(), Arc::clone(&inner.audience));
            let (inbox, counts) = (inner.inbox.clone(), Arc::clone(&inner.counts));
            let socket = Socket::new(&shared.config, client, audience, inbox, counts, teller);
            hearing.spawn(socket.run());
        }
        hearing.spawn(hear::hear(shared, Arc::clone(&inner.counts), deliveries));
    }
}

/// Learns whose the bot's token is, so that it is known what is for us.
async fn greet(shared: Arc<Shared>, audience: Arc<Audience>) {
    let mut patience = Patience::new(Duration::MAX);
    loop {
        let trouble = match shared.client.auth_test().await {
            Ok(me) => {
                if let Err(elsewhere) = audience.learn(&me) {
                    shared.fall_deaf(elsewhere.to_string());
                }
                return;
            }
            Err(error) => Trouble::from(error),
        };
        match patience.pause(trouble) {
            Ok(pause) => tokio::time::sleep(pause).await,
            Err(trouble) => return shared.fall_deaf(trouble.to_string()),
        }
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

/// The tasks that tell the rest of requests. They end with the approver.
#[derive(Debug)]
struct Tails {
    tasks: Mutex<JoinSet<()>>,
    /// How many there are.
    busy: watch::Sender<usize>,
}

/// One of them.
struct Busy(watch::Sender<usize>);

impl Tails {
    /// Lets it run, unless too many do: then its message keeps what it says now.
    fn spawn(&self, tail: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= TAILS {
            tracing::error!("too many requests are followed; one is not");
            return;
        }
        self.busy.send_modify(|count| *count += 1);
        let busy = Busy(self.busy.clone());
        tasks.spawn(async move {
            let _busy = busy;
            tail.await;
        });
    }

    async fn idle(&self) {
        // The sender is here, so that there is always an answer.
        let mut busy = self.busy.subscribe();
        let _idle = busy.wait_for(|count| *count == 0).await;
    }
}

impl Default for Tails {
    fn default() -> Self {
        Self { tasks: Mutex::default(), busy: watch::Sender::new(0) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests;
