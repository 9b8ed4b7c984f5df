//! Appends, one at a time and 64 in flight, beside bare inserts, one at a time and 64 a transaction, and
//! beside inserts into the log's own tables.

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
use crate::tables::Tables;

/// Appends in flight, and bare inserts in a transaction.
const BATCH: usize = 64;

pub(crate) async fn sqlite(folder: &Path, rounds: usize) {
    let log = SqliteLog::open(folder.join("log.db")).await.expect("it opens");
    let bare = Bare::sqlite(&folder.join("bare.db")).await;
    let tables = Tables::sqlite(&folder.join("tables.db")).await;
    measure("SQLite", Arc::new(log), bare, tables, rounds).await;
}

pub(crate) async fn postgres(server: &Postgres, rounds: usize) {
    let url = server.url("postgres");
    let log = PostgresLog::connect(&url).await.expect("it opens");
    let bare = Bare::postgres(&url).await;
    let tables = Tables::postgres(server).await;
    measure("PostgreSQL", Arc::new(log), bare, tables, rounds).await;
}

/// All in turn in every round, so that a disk that slows down slows all.
async fn measure<L: AuditLog>(
    name: &str,
    log: Arc<L>,
    mut bare: Bare,
    mut tables: Tables,
    rounds: usize,
) {
    let first = log.append(&append()).await.expect("it appends");
    let line = first.records.first().map_or("", |record| record.line());
    let mut took = [Duration::ZERO; 6];
    // Behind the record that opened the log.
    let mut seq = 2;
    for _ in 0..rounds {
        let [one_bare, one_table, one, all_bare, all_tables, all] = &mut took;
        let began = Instant::now();
        for count in 0..BATCH as i64 {
            bare.insert(seq + count, 1, line).await;
        }
        *one_bare += began.elapsed();
        // What comes before an append is not its time.
        let ids: Vec<_> = (0..BATCH).map(|_| id()).collect();
        let began = Instant::now();
        for (count, id) in (0..).zip(ids) {
            tables.insert(seq + count, &[id], line).await;
        }
        *one_table += began.elapsed();
        let these = appends();
        let began = Instant::now();
        for append in &these {
            log.append(append).await.expect("it appends");
        }
        *one += began.elapsed();
        seq += BATCH as i64;
        let began = Instant::now();
        for count in 0..BATCH as i64 {
            bare.insert(seq + count * BATCH as i64, BATCH as i64, line).await;
        }
        *all_bare += began.elapsed();
        let batches: Vec<Vec<_>> = (0..BATCH).map(|_| (0..BATCH).map(|_| id()).collect()).collect();
        let began = Instant::now();
        for (count, ids) in (0..).zip(&batches) {
            tables.insert(seq + count * BATCH as i64, ids, line).await;
        }
        *all_tables += began.elapsed();
        seq += (BATCH * BATCH) as i64;
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
    let [one_bare, one_table, one, all_bare, all_tables, all] = took;
    say(name, "one caller", BATCH * rounds, [one, one_bare, one_table]);
    say(
        name,
        "64 in flight, and in batches of 64",
        BATCH * BATCH * rounds,
        [all, all_bare, all_tables],
    );
}

fn say(name: &str, what: &str, count: usize, took: [Duration; 3]) {
    let [log, bare, tables] = took.map(|took| took.as_secs_f64() * 1e6 / count as f64);
    println!(
        "{name}: {what}: {log:.1} us an append, bare insert {bare:.1} us: {:.0} % of it; \
         its tables without rules {tables:.1} us: {:.0} % of it",
        100.0 * bare / log,
        100.0 * bare / tables,
    );
}

fn appends() -> Vec<Append> {
    (0..BATCH).map(|_| append()).collect()
}

/// One new request.
fn append() -> Append {
    Append::new(id(), Version::START, vec![asked().expect("a sample")])
}

/// Of a new request.
fn id() -> RequestId {
    let now = guardrail::clock::Clock::now(&SystemClock::new());
    RequestId::random(now, &SystemEntropy).expect("an id")
}
