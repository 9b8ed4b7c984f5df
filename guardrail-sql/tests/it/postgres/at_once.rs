//! A batch that is written by one statement, or not at all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::{Append, AuditLog as _, Error, verify};
use guardrail_core::model::Version;
use guardrail_sql::{PostgresLog, Settings};
use guardrail_test_counterparts::Postgres;
use sqlx::{Connection as _, PgConnection};

use super::server;
use crate::samples;

/// Every step of its writer.
type Steps = Arc<Mutex<Vec<&'static str>>>;

async fn log(server: &Postgres, name: &str) -> (PostgresLog, Steps) {
    let steps = Steps::default();
    let heard = Arc::clone(&steps);
    let settings = Settings::new().name(name).unwrap();
    let settings = settings.steps(Arc::new(move |step| heard.lock().unwrap().push(step)));
    let log = PostgresLog::connect_with(&server.url("postgres"), settings).await.unwrap();
    let ask = Append::new(samples::id(1), Version::START, vec![asked().unwrap()]);
    log.append(&ask).await.unwrap();
    steps.lock().unwrap().clear();
    (log, steps)
}

fn note(version: u64) -> Append {
    Append::new(samples::id(1), Version::new(version), vec![commented("note")])
}

/// Holds the head for a while, and changes nothing.
async fn hold(server: &Postgres, name: &str, time: Duration) -> tokio::task::JoinHandle<()> {
    let mut on = PgConnection::connect(&server.url("postgres")).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut on).await.unwrap();
    sqlx::query("SELECT 1 FROM guardrail_log WHERE name = $1 FOR UPDATE")
        .bind(name)
        .execute(&mut on)
        .await
        .unwrap();
    tokio::spawn(async move {
        // A sleep: the time that passes is the server's.
        tokio::time::sleep(time).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut on).await.unwrap();
    })
}

/// Where nobody else writes, an append is one statement.
#[tokio::test]
async fn where_nobody_else_writes_an_append_is_one_statement() {
    let Some(server) = server::server() else { return };
    let (log, steps) = log(&server, &server::name()).await;
    for version in 1..=3 {
        log.append(&note(version)).await.unwrap();
    }
    assert_eq!(*steps.lock().unwrap(), ["sql at once", "sql committed"].repeat(3));
}

/// Where others have written it writes nothing, and the append goes the careful way.
#[tokio::test]
async fn behind_another_head_nothing_is_written() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let ((log, steps), other) = (log(&server, &name).await, server::log(&server, &name).await);
    log.append(&note(1)).await.unwrap();
    steps.lock().unwrap().clear();
    other.append(&note(2)).await.unwrap();
    let conflict = log.append(&note(2)).await;
    assert!(matches!(conflict, Err(Error::Conflict { .. })), "{conflict:?}");
    log.append(&note(3)).await.unwrap();
    other.append(&note(4)).await.unwrap();
    assert_eq!(log.stream(samples::id(1), Version::START).await.unwrap().len(), 5);
    verify(&log).await.unwrap();
}

/// A statement that has waited for the head until it could be taken for lost writes nothing.
#[tokio::test]
async fn a_statement_that_comes_late_writes_nothing() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let (log, steps) = log(&server, &name).await;
    let held = hold(&server, &name, Duration::from_millis(1300)).await;
    log.append(&note(1)).await.unwrap();
    held.await.unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        ["sql at once", "sql begun", "sql inserted", "sql committed"]
    );
}

/// `before` is judged once the head is there, however long it was waited for.
#[tokio::test]
async fn a_deadline_that_passes_in_the_wait_is_kept() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let (log, steps) = log(&server, &name).await;
    let held = hold(&server, &name, Duration::from_millis(600)).await;
    let before = log.now().after(Duration::from_millis(300));
    let late = log.append(&note(1).before(before)).await;
    assert!(matches!(late, Err(Error::Late)), "{late:?}");
    held.await.unwrap();
    assert_eq!(*steps.lock().unwrap(), ["sql at once", "sql begun"]);
}

/// A writer that was silent for long says that it is there with what it writes.
#[tokio::test]
async fn one_that_was_silent_says_that_it_is_there() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let (log, steps) = log(&server, &name).await;
    let mut on = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let silence = "UPDATE guardrail_writer SET beat = beat - 20000000
                   WHERE log = (SELECT number FROM guardrail_log WHERE name = $1)";
    sqlx::query(silence).bind(&name).execute(&mut on).await.unwrap();
    log.append(&note(1)).await.unwrap();
    log.append(&note(2)).await.unwrap();
    assert_eq!(steps.lock().unwrap().get(..2), Some(&["sql at once", "sql begun"][..]));
    let silent: bool = sqlx::query_scalar(
        "SELECT extract(epoch FROM now()) * 1000000 - max(beat) > 15000000 FROM guardrail_writer
         WHERE log = (SELECT number FROM guardrail_log WHERE name = $1)",
    )
    .bind(&name)
    .fetch_one(&mut on)
    .await
    .unwrap();
    assert!(!silent);
}
