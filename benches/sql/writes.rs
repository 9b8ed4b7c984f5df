//! Appends, one at a time and 64 in flight, beside bare inserts, one at a time and 64 a transaction.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guardrail::audit::Append;
use guardrail::clock::{SystemClock, SystemEntropy};
use guardrail::{AuditLog, RequestId, Version};
use guardrail_conformance::events::asked;
use guardrail_sql::{PostgresLog, SqliteLog};
use guardrail_test_counterparts::Postgres;
use tokio::task::JoinSet;

use crate::bare::Bare;

/// Appends in flight, and bare inserts in a transaction.
const BATCH: usize = 64;

pub(crate) async fn sqlite(folder: &Path, rounds: usize) {
    let log = SqliteLog::open(folder.join("log.db")).await.expect("it opens");
    let bare = Bare::sqlite(&folder.join("bare.db")).await;
    measure("SQLite", Arc::new(log), bare, rounds).await;
}

pub(crate) async fn postgres(server: &Postgres, rounds: usize) {
    let url = server.url("postgres");
    let log = PostgresLog::connect(&url).await.expect("it opens");
    let bare = Bare::postgres(&url).await;
    measure("PostgreSQL", Arc::new(log), bare, rounds).await;
}

/// Both in turn in every round, so that a disk that slows down slows both.
async fn measure<L: AuditLog>(name: &str, log: Arc<L>, mut bare: Bare, rounds: usize) {
    let first = log.append(&append()).await.expect("it appends");
    let line = first.records.first().map_or("", |record| record.line());
    let mut took = [Duration::ZERO; 4];
    let mut seq = 1;
    for _ in 0..rounds {
        let began = Instant::now();
        for _ in 0..BATCH {
            bare.insert(seq, 1, line).await;
            seq += 1;
        }
        let [one_bare, one, all_bare, all] = &mut took;
        *one_bare += began.elapsed();
        // What a caller does to come to an append is not the log's time.
        let these = appends();
        let began = Instant::now();
        for append in &these {
            log.append(append).await.expect("it appends");
        }
        *one += began.elapsed();
        let began = Instant::now();
        for _ in 0..BATCH {
            bare.insert(seq, BATCH as i64, line).await;
            seq += BATCH as i64;
        }
        *all_bare += began.elapsed();
        // As fresh as where each caller makes its own: ids that are used long after they were made
        // stand far apart in every index.
        let mut each = vec![Vec::new(); BATCH];
        for _ in 0..BATCH {
            each.iter_mut().for_each(|appends| appends.push(append()));
        }
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for appends in each {
            let log = Arc::clone(&log);
            tasks.spawn(async move {
                for append in &appends {
                    log.append(append).await.expect("it appends");
                }
            });
        }
        tasks.join_all().await;
        *all += began.elapsed();
    }
    let each = |took: Duration, count: usize| took.as_secs_f64() * 1e6 / (count * rounds) as f64;
    let [one_bare, one, all_bare, all] = took;
    let (one_bare, one) = (each(one_bare, BATCH), each(one, BATCH));
    let (all_bare, all) = (each(all_bare, BATCH * BATCH), each(all, BATCH * BATCH));
    println!(
        "{name}: one caller {one:.0} us an append, bare insert {one_bare:.0} us: {:.0} % of it",
        100.0 * one_bare / one
    );
    println!(
        "{name}: 64 in flight {all:.1} us an append, bare in batches of 64 {all_bare:.1} us: \
         {:.0} % of it",
        100.0 * all_bare / all
    );
}

fn appends() -> Vec<Append> {
    (0..BATCH).map(|_| append()).collect()
}

/// One new request.
fn append() -> Append {
    let id = RequestId::random(guardrail::clock::Clock::now(&SystemClock::new()), &SystemEntropy);
    let event = asked().expect("a sample");
    Append::new(id.expect("an id"), Version::START, vec![event])
}
