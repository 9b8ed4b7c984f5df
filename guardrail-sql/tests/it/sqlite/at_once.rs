//! A batch that is written by one statement, or not at all.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::{Append, AuditLog as _, Error, verify};
use guardrail_core::model::Version;
use guardrail_sql::{Settings, SqliteLog};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::samples;

/// Every step of its writer.
type Steps = Arc<Mutex<Vec<&'static str>>>;

async fn log(path: &Path) -> (SqliteLog, Steps) {
    let steps = Steps::default();
    let heard = Arc::clone(&steps);
    // Heads are kept in transactions of their own.
    let settings = Settings::new().unsigned();
    let settings = settings.steps(Arc::new(move |step| heard.lock().unwrap().push(step)));
    let log = SqliteLog::open_with(path, settings).await.unwrap();
    let ask = Append::new(samples::id(1), Version::START, vec![asked().unwrap()]);
    log.append(&ask).await.unwrap();
    steps.lock().unwrap().clear();
    (log, steps)
}

fn note(version: u64) -> Append {
    Append::new(samples::id(1), Version::new(version), vec![commented("note")])
}

/// Holds the file for a while, and changes nothing.
async fn hold(path: &Path, time: Duration) -> tokio::task::JoinHandle<()> {
    let url = format!("sqlite://{}", path.display());
    let mut on = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut on).await.unwrap();
    tokio::spawn(async move {
        // A sleep: the time that passes is the machine's.
        tokio::time::sleep(time).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut on).await.unwrap();
    })
}

/// Where nobody else writes, an append is one statement.
#[tokio::test]
async fn where_nobody_else_writes_an_append_is_one_statement() {
    let folder = TempDir::new().unwrap();
    let (log, steps) = log(&folder.path().join("log.db")).await;
    for version in 1..=3 {
        log.append(&note(version)).await.unwrap();
    }
    assert_eq!(*steps.lock().unwrap(), ["sql at once", "sql committed"].repeat(3));
}

/// Where others have written it writes nothing, and the append goes the careful way.
#[tokio::test]
async fn behind_another_head_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let ((log, _), other) = (log(&path).await, SqliteLog::open(&path).await.unwrap());
    log.append(&note(1)).await.unwrap();
    other.append(&note(2)).await.unwrap();
    let conflict = log.append(&note(2)).await;
    assert!(matches!(conflict, Err(Error::Conflict { .. })), "{conflict:?}");
    log.append(&note(3)).await.unwrap();
    other.append(&note(4)).await.unwrap();
    assert_eq!(log.stream(samples::id(1), Version::START).await.unwrap().len(), 5);
    verify(&log).await.unwrap();
}

/// A statement that has waited for the file until it could be taken for lost writes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_comes_late_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let (log, steps) = log(&path).await;
    let held = hold(&path, Duration::from_millis(1300)).await;
    log.append(&note(1)).await.unwrap();
    held.await.unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        ["sql at once", "sql begun", "sql inserted", "sql committed"]
    );
}

/// `before` is judged once the file is there, however long it was waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_passes_in_the_wait_is_kept() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let (log, steps) = log(&path).await;
    let held = hold(&path, Duration::from_millis(600)).await;
    let before = log.now().after(Duration::from_millis(300));
    let late = log.append(&note(1).before(before)).await;
    assert!(matches!(late, Err(Error::Late)), "{late:?}");
    held.await.unwrap();
    assert_eq!(*steps.lock().unwrap(), ["sql at once", "sql begun"]);
}

/// A writer that was silent for long says that it is there with what it writes.
#[tokio::test]
async fn one_that_was_silent_says_that_it_is_there() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let (log, steps) = log(&path).await;
    let url = format!("sqlite://{}", path.display());
    let mut on = SqliteConnection::connect(&url).await.unwrap();
    let silence = "UPDATE guardrail_writer SET beat = beat - 20000000, tick = tick - 20000000";
    sqlx::raw_sql(silence).execute(&mut on).await.unwrap();
    let tick = "SELECT max(tick) FROM guardrail_writer";
    let before: i64 = sqlx::query_scalar(tick).fetch_one(&mut on).await.unwrap();
    log.append(&note(1)).await.unwrap();
    assert_eq!(steps.lock().unwrap().get(..2), Some(&["sql at once", "sql begun"][..]));
    let behind: i64 = sqlx::query_scalar(tick).fetch_one(&mut on).await.unwrap();
    assert!(behind >= before + 20_000_000);
}
