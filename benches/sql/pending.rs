//! 10,000 requests whose process is gone: a new one lists them, and takes them all up.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use guardrail::audit::Append;
use guardrail::clock::{SystemClock, SystemEntropy};
use guardrail::{AuditLog, Guardrail, MockApprover, PolicySet, RequestId, Version};
use guardrail_conformance::events::asked;
use guardrail_sql::{PostgresLog, Settings, SqliteLog};
use guardrail_test_counterparts::Postgres;
use tokio::task::JoinSet;

fn settings() -> Settings {
    Settings::new().name("pending").expect("a name")
}

pub(crate) async fn sqlite(folder: &Path, rounds: usize) {
    let path = folder.join("log.db");
    let open = async || SqliteLog::open_with(&path, settings()).await.expect("it opens");
    let log = Arc::new(open().await);
    fill(&log, rounds).await;
    Arc::into_inner(log).expect("nobody else has it").close().await;
    let began = Instant::now();
    let log = open().await;
    measure("SQLite", log, began, rounds).await;
}

pub(crate) async fn postgres(server: &Postgres, rounds: usize) {
    let url = server.url("postgres");
    let open = async || PostgresLog::connect_with(&url, settings()).await.expect("it opens");
    let log = Arc::new(open().await);
    fill(&log, rounds).await;
    Arc::into_inner(log).expect("nobody else has it").close().await;
    let began = Instant::now();
    let log = open().await;
    measure("PostgreSQL", log, began, rounds).await;
}

/// 10,000 in ten rounds.
async fn fill<L: AuditLog>(log: &Arc<L>, rounds: usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let log = Arc::clone(log);
        tasks.spawn(async move {
            for _ in 0..10 * rounds {
                let now = guardrail::clock::Clock::now(&SystemClock::new());
                let id = RequestId::random(now, &SystemEntropy).expect("an id");
                let event = asked().expect("a sample");
                let append = Append::new(id, Version::START, vec![event]);
                log.append(&append).await.expect("it appends");
            }
        });
    }
    tasks.join_all().await;
}

async fn measure<L: AuditLog>(name: &str, log: L, began: Instant, rounds: usize) {
    let open = log.open(None, usize::MAX).await.expect("it lists");
    assert_eq!(open.len(), 1000 * rounds);
    let listed = began.elapsed();
    let policies = "[people.alice]\n[policies.refunds]\napprovers = [\"person:alice\"]\n";
    let approver = MockApprover::silent().as_person("alice");
    let began = Instant::now();
    let guardrail = Guardrail::builder()
        .policies(PolicySet::parse(policies).expect("it parses"))
        .audit_log(log)
        .approver(approver.clone())
        .build()
        .await
        .expect("it builds");
    while approver.requests().len() < open.len() {
        tokio::task::yield_now().await;
    }
    let taken = began.elapsed();
    println!(
        "{name}: {} pending, opened and listed in {:.0} ms (bar: 100 ms), taken up in {:.1} s \
         (bar: 5 s)",
        open.len(),
        listed.as_secs_f64() * 1e3,
        taken.as_secs_f64()
    );
    drop(guardrail);
}
