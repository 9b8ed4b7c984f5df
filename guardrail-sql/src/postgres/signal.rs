//! Tells other processes that a log has grown, and hears it from them. Nothing rests on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How often a process looks that cannot listen.
const DEAF: Duration = Duration::from_millis(50);

/// The pause before others are told again. To tell takes the server longer than an append.
const BREATH: Duration = Duration::from_millis(5);

/// The pause before it is tried to listen again.
const PAUSE: Duration = Duration::from_secs(5);

/// Tells and hears for one log.
#[derive(Debug)]
pub(super) struct Signal {
    shared: Arc<Shared>,
    tasks: [AbortHandle; 2],
}

#[derive(Debug, Default)]
struct Shared {
    tell: Notify,
    told: Notify,
    listens: AtomicBool,
}

impl Signal {
    pub(super) fn new(pool: &PgPool, log: i64) -> Self {
        let shared = Arc::<Shared>::default();
        let hear = tokio::spawn(hear(Arc::clone(&shared), pool.clone(), log)).abort_handle();
        let tell = tokio::spawn(tell(Arc::clone(&shared), pool.clone(), log)).abort_handle();
        Self { shared, tasks: [hear, tell] }
    }

    pub(super) fn tell(&self) {
        self.shared.tell.notify_one();
    }

    pub(super) async fn told(&self) {
        if self.shared.listens.load(Ordering::Relaxed) {
            self.shared.told.notified().await;
        } else {
            // A wait: without ears one has to look.
            tokio::time::sleep(DEAF).await;
        }
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Outside of the transaction that was told of, and not durable: it holds up nobody.
async fn tell(shared: Arc<Shared>, pool: PgPool, log: i64) {
    let statement = format!(
        "BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_catalog.pg_notify('guardrail', '{log}'); COMMIT"
    );
    loop {
        shared.tell.notified().await;
        // A number is all that is not written here.
        let told = sqlx::raw_sql(AssertSqlSafe(statement.as_str())).execute(&pool).await;
        if let Err(error) = told {
            tracing::debug!(%error, "other processes were not told");
        }
        // A pause: who writes without end is heard of all the same.
        tokio::time::sleep(BREATH).await;
    }
}

async fn hear(shared: Arc<Shared>, pool: PgPool, log: i64) {
    let log = log.to_string();
    loop {
        let Err(error) = listen(&shared, &pool, &log).await;
        shared.listens.store(false, Ordering::Relaxed);
        // Whoever sleeps until it is told would sleep long.
        shared.told.notify_one();
        tracing::debug!(%error, "other processes are not heard");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen(
    shared: &Shared,
    pool: &PgPool,
    log: &str,
) -> Result<std::convert::Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen("guardrail").await?;
    shared.listens.store(true, Ordering::Relaxed);
    loop {
        // `None`: the connection was lost and made again; something may have been missed.
        let heard = listener.try_recv().await?;
        if heard.is_none_or(|heard| heard.payload() == log) {
            shared.told.notify_one();
        }
    }
}
