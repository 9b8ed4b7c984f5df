//! Logs in databases, read as those in files are.

use std::path::Path;
use std::sync::Arc;

use guardrail::audit::proof::FileSigner;
use guardrail::{PostgresLog, SqliteLog};
use guardrail_sql::Settings;
use guardrail_test_counterparts::{Counterparts, Postgres};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use crate::log::{audit, feed, write};

/// Reads the log at this place in every way there is; its heads were signed with these keys.
fn reads(log: &Path, keys: &Path) {
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
    // Its own heads cover it, and it is proven to them.
    let keys = keys.to_str().unwrap();
    let covered = said(&["verify", "--keys", keys]);
    assert!(covered.contains("covered by a checkpoint to the end"), "{covered}");
    let notes = said(&["checkpoints"]);
    let head = said(&["checkpoints", "--last"]);
    assert!(notes.ends_with(&head) && head.starts_with("guardrail/"), "{notes}");
    let folder = tempfile::tempdir().unwrap();
    let (file, proofs) = (folder.path().join("head"), folder.path().join("proofs"));
    std::fs::write(&file, &head).unwrap();
    let id = said(&["ls", "--json", "--last", "1"]);
    let id: Value = serde_json::from_str(&id).unwrap();
    let id = id.get("id").and_then(Value::as_str).unwrap();
    said(&["prove", id, "--keys", keys, "--output", proofs.to_str().unwrap()]);
    let proven = std::fs::read_dir(&proofs).unwrap().count();
    assert_eq!(proven, 2 * said(&["show", "--json", "--request", id]).lines().count());
    let file = file.to_str().unwrap();
    let against = said(&["verify", "--against", file, "--keys", keys]);
    assert!(against.contains("covered by a checkpoint to the end"), "{against}");
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
    let log = Arc::new(SqliteLog::open(&file).await.unwrap());
    write(log.clone()).await;
    log.checkpoint().await.unwrap();
    let keys = folder.path().join("audit.db.key.pub");
    reads(&file, &keys);
    // Another head in the form of one, by someone who may insert, spoils nothing and is told of.
    let url = format!("sqlite://{}", file.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let forge = "INSERT INTO guardrail_head (log, size, edge, note) SELECT log, 1, '',
         replace(note, char(10) || size || char(10), char(10) || '1' || char(10))
         FROM guardrail_head LIMIT 1";
    sqlx::raw_sql(forge).execute(&mut connection).await.unwrap();
    let verified = audit(&file, &["verify", "--keys", keys.to_str().unwrap()]);
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(said.contains("covered by a checkpoint to the end"), "{said}");
    let told = String::from_utf8(verified.stderr).unwrap();
    assert!(told.contains("passed over: 1 malformed or forged"), "{told}");
}

#[tokio::test]
async fn a_postgresql_database() {
    let Some(parts) = Counterparts::find("the program on a log in PostgreSQL") else { return };
    let server = Postgres::start(&parts, &["fsync=off"]).unwrap();
    let url = server.url("postgres");
    let folder = tempfile::tempdir().unwrap();
    let signer = FileSigner::open(folder.path().join("key")).unwrap();
    let settings = Settings::new().signer(signer);
    let log = Arc::new(PostgresLog::connect_with(&url, settings).await.unwrap());
    write(log.clone()).await;
    log.checkpoint().await.unwrap();
    reads(Path::new(&url), &folder.path().join("key.pub"));
}
