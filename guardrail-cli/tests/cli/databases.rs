//! Logs in databases, read as those in files are.

use std::path::Path;
use std::sync::Arc;

use guardrail::{PostgresLog, SqliteLog};
use guardrail_test_counterparts::{Counterparts, Postgres};
use serde_json::Value;

use crate::log::{audit, feed, write};

/// Reads the log at this place in every way there is.
fn reads(log: &Path) {
    let said = |args: &[&str]| {
        let output = audit(log, args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let talk = said(&["show"]);
    assert!(talk.contains("wants to run restart") && talk.contains("completed in"), "{talk}");
    assert_eq!(said(&["ls", "--json"]).lines().count(), 4);
    let verified = said(&["verify", "--complete", "--json"]);
    let object: Value = serde_json::from_str(&verified).unwrap();
    assert_eq!(object.get("starts").and_then(Value::as_u64), Some(2));
    // The exported form is the same log.
    let lines = said(&["export", "--format", "jsonl"]);
    let again = feed(&["audit", "verify", "--complete", "--json", "-l", "-"], lines.as_bytes());
    assert_eq!(String::from_utf8(again.stdout).unwrap(), verified);
    let other = audit(log, &["verify", "--name", "other"]);
    assert_eq!(other.status.code(), Some(2));
    let errors = String::from_utf8(other.stderr).unwrap();
    // Errors are wrapped to the terminal.
    let words: Vec<&str> = errors.split_whitespace().filter(|word| *word != "│").collect();
    let errors = words.join(" ");
    assert!(errors.contains("no log named `other`") && errors.contains("--name"), "{errors}");
}

#[tokio::test]
async fn an_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.db");
    write(Arc::new(SqliteLog::open(&file).await.unwrap())).await;
    reads(&file);
}

#[tokio::test]
async fn a_postgresql_database() {
    let Some(parts) = Counterparts::find("the program on a log in PostgreSQL") else { return };
    let server = Postgres::start(&parts, &["fsync=off"]).unwrap();
    let url = server.url("postgres");
    write(Arc::new(PostgresLog::connect(&url).await.unwrap())).await;
    reads(Path::new(&url));
}
