//! Socket Mode: Slack delivers over a web socket that the app opens, so no public address is needed.
//!
//! Sockets last some hours. When Slack asks for another, that one is up before the old one is let
//! go, and both are read in between; when one breaks, another is opened, with waits that grow.

mod connection;
mod desk;
mod dial;
mod frame;
mod link;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::FutureExt as _;
use guardrail_core::clock::Entropy;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

#[cfg(test)]
pub(crate) use self::link::Link;
pub(crate) use self::link::{Teller, Watcher, link};

use self::connection::{End, Line, News};
use self::desk::Desk;
use self::dial::Network;
use crate::audience::Audience;
use crate::client::{self, Client};
use crate::config::Config;
use crate::counts::Counts;
use crate::delivery::Inbox;
use crate::jitter;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Slack may ask for a longer wait than ours.
const LONGEST_ASKED: Duration = Duration::from_secs(10 * 60);
/// A socket that lived this long was a good one, and waits start over.
const GOOD_LIFE: Duration = Duration::from_secs(30);
/// Each socket tells two things at most, and few are open at a time.
const NEWS: usize = 16;

/// Hears Slack for as long as it runs.
#[derive(Debug)]
pub(crate) struct Socket {
    line: Arc<Line>,
    entropy: Arc<dyn Entropy>,
    teller: Teller,
}

/// What runs at the moment.
struct Sockets {
    tasks: JoinSet<(u64, End)>,
    /// When each open one said hello.
    open: BTreeMap<u64, Instant>,
    /// The newest: the one that is to stay.
    newest: u64,
    waits: ExponentialBackoff,
}

impl Socket {
    /// Over the network, with what the configuration says.
    pub(crate) fn new(
        config: &Config,
        client: Client,
        audience: Arc<Audience>,
        inbox: Inbox,
        counts: Arc<Counts>,
        teller: Teller,
    ) -> Self {
        let desk = Desk::new(audience, inbox, counts);
        let elsewhere = config.socket_url.clone();
        let line = Line { client, dial: Arc::new(Network), desk, elsewhere };
        Self { line: Arc::new(line), entropy: Arc::clone(&config.entropy), teller }
    }

    /// Opens sockets and keeps one open. It never returns; how it stands is told.
    ///
    /// # Cancel safety
    /// Dropped, every socket ends. What was acknowledged is in the inbox.
    pub(crate) async fn run(self) {
        let (tell, mut hear) = mpsc::channel(NEWS);
        let mut sockets =
            Sockets { tasks: JoinSet::new(), open: BTreeMap::new(), newest: 0, waits: waits() };
        // When the next is opened; nothing while the newest is on its way or well.
        let mut next = Some(Instant::now());
        loop {
            tokio::select! {
                // News of a socket before its end.
                biased;
                Some((number, news)) = hear.recv() => match news {
                    News::Open { connections } => {
                        sockets.open.insert(number, Instant::now());
                        self.teller.others(sockets.others(connections));
                        self.teller.up();
                    }
                    News::Leaving if number == sockets.newest && next.is_none() => {
                        // At once, unless that happens again and again.
                        let wait = if sockets.was_good(number) {
                            sockets.waits = waits();
                            Duration::ZERO
                        } else {
                            self.wait(&mut sockets.waits, None)
                        };
                        next = Some(Instant::now() + wait);
                    }
                    News::Leaving => {}
                },
                Some(ended) = sockets.tasks.join_next() => {
                    // Panics are caught in the task, and nobody aborts one.
                    let Ok((number, end)) = ended else { continue };
                    let was_good = sockets.was_good(number);
                    sockets.open.remove(&number);
                    if sockets.open.is_empty() {
                        self.tell(&end);
                    }
                    if number == sockets.newest && next.is_none() {
                        if was_good {
                            sockets.waits = waits();
                        }
                        next = Some(Instant::now() + self.wait(&mut sockets.waits, Some(&end)));
                    }
                }
                () = due(next) => {
                    next = None;
                    sockets.newest = sockets.newest.wrapping_add(1);
                    let (line, number, tell) = (Arc::clone(&self.line), sockets.newest, tell.clone());
                    sockets.tasks.spawn(async move {
                        let life = AssertUnwindSafe(line.live(number, tell)).catch_unwind().await;
                        let broken = |_| End::Broken("the reader of slack's socket panicked");
                        (number, life.unwrap_or_else(broken))
                    });
                }
            }
        }
    }

    /// Says how it stands now that no socket is open.
    fn tell(&self, end: &End) {
        let error = end.to_string();
        tracing::warn!(%error, "slack is not heard");
        let refused = match end {
            End::Disabled | End::Elsewhere(_) => true,
            End::Client(error) => !error.may_pass(),
            End::Address(_) | End::Broken(_) => false,
        };
        if refused { self.teller.refused(error) } else { self.teller.down(error) }
    }

    fn wait(&self, waits: &mut ExponentialBackoff, end: Option<&End>) -> Duration {
        let wait = jitter::shorter(waits.next().unwrap_or(LONGEST_WAIT), &*self.entropy);
        match end {
            Some(End::Client(client::Error::RateLimited { after, .. })) => {
                wait.max(jitter::longer(*after, &*self.entropy)).min(LONGEST_ASKED)
            }
            _ => wait,
        }
    }
}

impl Sockets {
    /// How many sockets of the app others hold. Slack may count one of ours that ended a moment ago
    /// as well, for which one more is allowed once there was one.
    fn others(&self, connections: Option<u64>) -> u64 {
        let ours = self.tasks.len() as u64 + u64::from(self.newest > 1);
        connections.unwrap_or_default().saturating_sub(ours)
    }

    fn was_good(&self, number: u64) -> bool {
        self.open.get(&number).is_some_and(|open| open.elapsed() >= GOOD_LIFE)
    }
}

fn waits() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .without_max_times()
        .build()
}

async fn due(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next).await,
        None => std::future::pending().await,
    }
}
