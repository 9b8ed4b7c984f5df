//! Watches a log for what other processes write, and says every ten seconds that this one is there.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::log::engine::Engine;
use crate::log::process::BEAT;
use crate::log::shared::{Shared, request};

/// Most records whose streams are looked at one by one; behind more everybody is woken.
const PAGE: i64 = 1024;

/// The pause where the database could not be asked.
const PAUSE: Duration = Duration::from_millis(250);

/// How long one question may take.
const TRY: Duration = Duration::from_secs(4);

/// The pause before it is said again that this process is there.
const AGAIN: Duration = Duration::from_secs(1);

/// Wakes those who wait for what other processes have written; looks only while somebody waits.
pub(crate) async fn watch<E: Engine>(shared: Weak<Shared<E>>) {
    while let Some(shared) = shared.upgrade() {
        let poll = Duration::from_millis(E::POLL);
        // Lets go of the log now and then, so that it can go.
        if tokio::time::timeout(PAUSE, shared.waiters.any()).await.is_err() {
            continue;
        }
        if let Err(error) = in_time(look(&shared)).await {
            tracing::debug!(log = E::NAME, %error, "what others write cannot be seen");
            // A pause: whoever waits asks the database by itself, and hears of it if it is down.
            tokio::time::sleep(PAUSE).await;
            shared.waiters.wake_all();
            continue;
        }
        let told = shared.engine.told(shared.number);
        // Until the next look, unless another process tells that it has written.
        let _ = tokio::time::timeout(poll, told).await;
    }
}

/// A connection that answers nothing is not waited for.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(TRY, asked).await.map_err(late)?
}

async fn look<E: Engine>(shared: &Shared<E>) -> Result<(), sqlx::Error> {
    loop {
        let woken = shared.woken.load(Ordering::Relaxed);
        let head = shared.engine.head(shared.number).await?;
        if head.last <= woken {
            return Ok(());
        }
        // Keeps pace with the database's clock.
        shared.time.judge(&head);
        if head.last.saturating_sub(woken) > PAGE {
            shared.waiters.wake_all();
            shared.woken.fetch_max(head.last, Ordering::Relaxed);
            return Ok(());
        }
        let moved = shared.engine.moved(shared.number, woken, PAGE).await?;
        let Some((last, _)) = moved.last() else { return Ok(()) };
        let last = *last;
        shared.waiters.wake(moved.iter().filter_map(|(_, id)| request::<E>(id).ok()));
        shared.woken.fetch_max(last, Ordering::Relaxed);
    }
}

/// Says that this process is there, as long as the log is open.
pub(crate) async fn beat<E: Engine>(shared: Weak<Shared<E>>) {
    let mut ticks = tokio::time::interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first is at once, and was said when the log was opened.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(shared) = shared.upgrade() else { return };
        let Some(this) = shared.this() else { return };
        if let Err(error) = in_time(shared.beat(this)).await {
            tracing::warn!(log = E::NAME, %error, "it could not be said that this writer is there");
            // Well before others take this one for gone.
            ticks.reset_after(AGAIN);
        }
    }
}
