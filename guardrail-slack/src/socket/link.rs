//! Whether the app hears Slack, and since when it does not.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How it stands with the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// At least one socket is open, and Slack has said hello on it.
    Up,
    /// None is. `error` is the last that went wrong.
    Down { since: Instant, error: String },
    /// None is, and Slack or the configuration says that none will be: a token is revoked, Socket
    /// Mode is switched off. It is tried on, since people may mend it.
    Refused { error: String },
}

const NOT_YET: &str = "not connected yet";

/// Tells how the connection stands.
#[derive(Debug)]
pub(crate) struct Teller(watch::Sender<Link>);

/// Hears how the connection stands; a clone hears the same.
#[derive(Clone, Debug)]
pub(crate) struct Watcher(watch::Receiver<Link>);

pub(crate) fn link() -> (Teller, Watcher) {
    let start = Link::Down { since: Instant::now(), error: NOT_YET.to_owned() };
    let (teller, watcher) = watch::channel(start);
    (Teller(teller), Watcher(watcher))
}

impl Teller {
    /// It is tried from now on: nobody was out of reach before.
    pub(crate) fn begin(&self) {
        self.0.send_replace(Link::Down { since: Instant::now(), error: NOT_YET.to_owned() });
    }

    pub(super) fn up(&self) {
        self.0.send_if_modified(|link| {
            let changed = *link != Link::Up;
            *link = Link::Up;
            changed
        });
    }

    /// So many sockets of the app are not ours. Slack gives each delivery to one of them.
    pub(super) fn others(&self, others: u64) {
        if others > 0 {
            tracing::error!(
                others,
                "other programs listen to the same slack app; unless they share this audit log, \
                 clicks on requests of this one are lost on them: one app means one log"
            );
        }
    }

    /// It went down, or still is: the time since when stays.
    pub(super) fn down(&self, error: String) {
        self.0.send_modify(|link| {
            let since = match link {
                Link::Down { since, .. } => *since,
                _ => Instant::now(),
            };
            *link = Link::Down { since, error };
        });
    }

    pub(super) fn refused(&self, error: String) {
        self.0.send_replace(Link::Refused { error });
    }
}

impl Watcher {
    #[cfg(test)]
    pub(crate) fn now(&self) -> Link {
        self.0.borrow().clone()
    }

    /// Returns, with the reason, once the connection has been down for `bound`, was refused, or is
    /// not tried any more.
    ///
    /// # Cancel safety
    /// Nothing is lost when it is dropped.
    pub(crate) async fn lost(&mut self, bound: Duration) -> String {
        loop {
            let link = self.0.borrow_and_update().clone();
            let until = match link {
                Link::Up => None,
                Link::Refused { error } => return error,
                Link::Down { since, error } if since.elapsed() >= bound => {
                    let seconds = since.elapsed().as_secs();
                    return format!("slack has been out of reach for {seconds} s: {error}");
                }
                Link::Down { since, .. } => Some(since + bound),
            };
            let changed = tokio::select! {
                changed = self.0.changed() => changed,
                () = wait(until) => Ok(()),
            };
            if changed.is_err() {
                return "nobody listens to slack any more".to_owned();
            }
        }
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::link;

    #[tokio::test(start_paused = true)]
    async fn it_is_out_of_reach_from_when_it_is_tried() {
        let (teller, mut watcher) = link();
        tokio::time::advance(Duration::from_secs(3_600)).await;
        teller.begin();
        let start = tokio::time::Instant::now();
        let why = watcher.lost(Duration::from_secs(600)).await;
        assert!(why.contains("not connected yet"), "{why}");
        assert_eq!(start.elapsed(), Duration::from_secs(600));
    }
}
