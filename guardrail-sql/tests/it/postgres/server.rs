//! One server for all tests that run at a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use guardrail_sql::{PostgresLog, Settings};
use guardrail_test_counterparts::{Counterparts, Postgres};

static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static MADE: AtomicU64 = AtomicU64::new(0);

/// The server; nothing where this run has none, and that is said aloud. Nothing here survives a
/// loss of power, which no test has.
pub(crate) fn server() -> Option<Arc<Postgres>> {
    let parts = Counterparts::find("the log in PostgreSQL")?;
    let mut server = SERVER.lock().unwrap();
    if let Some(server) = server.upgrade() {
        return Some(server);
    }
    let started = Arc::new(Postgres::start(&parts, &["fsync=off"]).unwrap());
    *server = Arc::downgrade(&started);
    Some(started)
}

/// A name no other log has.
pub(crate) fn name() -> String {
    format!("log-{}", MADE.fetch_add(1, Ordering::Relaxed))
}

/// A log of its own.
pub(crate) async fn log(server: &Postgres, name: &str) -> PostgresLog {
    let settings = Settings::new().name(name).unwrap();
    PostgresLog::connect_with(&server.url("postgres"), settings).await.unwrap()
}
