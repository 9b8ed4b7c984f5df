//! Signed heads: what holds for all databases, and what someone who holds the file can do.

use std::sync::Arc;

use guardrail_core::audit::Error;
use guardrail_core::audit::proof::{FileWitness, Keys, SignedCheckpoint, Witness, WitnessError};
use guardrail_sql::{Settings, SqliteLog};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use super::shared::File;
use crate::heads::{self, grow, inspect, key, lines, notes, settings};
use crate::shared::Place as _;

fn place() -> File {
    File(TempDir::new().unwrap())
}

#[tokio::test]
async fn heads_come_with_the_records() {
    heads::heads_come_with_the_records(&place()).await;
}

#[tokio::test]
async fn an_idle_log_is_covered() {
    heads::an_idle_log_is_covered(&place()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sign_one_log() {
    heads::two_sign_one_log(&place()).await;
}

#[tokio::test]
async fn two_keys_sign_one_log() {
    heads::two_keys_sign_one_log(&place()).await;
}

#[tokio::test]
async fn an_end_between_sign_and_publish() {
    heads::an_end_between_sign_and_publish(&place()).await;
}

#[tokio::test]
async fn a_signer_that_fails_costs_no_append() {
    heads::a_signer_that_fails_costs_no_append(&place()).await;
}

#[tokio::test]
async fn the_rules_of_heads() {
    heads::the_rules_of_heads(&place()).await;
}

/// What the database answers.
async fn text(place: &File, question: &'static str) -> String {
    let url = format!("sqlite://{}", place.0.path().join("log.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap()
}

/// Nothing is set: a key is made beside the file, for its owner alone, once for all who open it.
#[tokio::test]
async fn a_key_is_made_beside_the_file() {
    let place = place();
    let path = place.0.path().join("log.db");
    let (one, two) = tokio::join!(SqliteLog::open(&path), SqliteLog::open(&path));
    let (one, two) = (one.unwrap(), two.unwrap());
    grow(&one, 0..2).await;
    grow(&two, 2..4).await;
    one.close().await;
    two.close().await;
    let key = place.0.path().join("log.db.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let keys = std::fs::read_to_string(key.with_extension("key.pub")).unwrap();
    let keys = Keys::parse(&keys).unwrap();
    let heads: Vec<_> = notes(&place).await;
    let heads: Vec<_> = heads.iter().map(|n| SignedCheckpoint::open(n, &keys).unwrap()).collect();
    assert_eq!(inspect(&lines(&place).await, heads).unwrap().uncovered(), None);
}

/// An old copy of the whole database, heads and all, is found by whoever remembers a newer head.
#[tokio::test]
async fn an_old_backup_is_found() {
    let (here, (folder, signer)) = (place(), key());
    let witness = FileWitness::new(folder.path().join("witness"));
    let log = here.try_open(settings(Arc::clone(&signer))).await.unwrap();
    grow(&log, 0..5).await;
    let first = here.checkpoint(&log).await.unwrap().unwrap().latest().unwrap();
    witness.publish(&first).await.unwrap();
    let there = place();
    let backup = there.0.path().join("log.db");
    here.execute(&format!("VACUUM INTO '{}'", backup.display())).await;
    grow(&log, 5..20).await;
    let newer = here.checkpoint(&log).await.unwrap().unwrap().latest().unwrap();
    witness.publish(&newer).await.unwrap();
    // By itself the old copy is a log as it should be, and goes on.
    let log = there.try_open(settings(signer)).await.unwrap();
    let newer = || vec![(*newer).clone()];
    inspect(&lines(&there).await, newer()).unwrap_err();
    grow(&log, 5..8).await;
    let forked = there.checkpoint(&log).await.unwrap().unwrap().latest().unwrap();
    let refused = witness.publish(&forked).await;
    assert!(matches!(refused, Err(WitnessError::Contradicts { .. })), "{refused:?}");
    grow(&log, 8..40).await;
    inspect(&lines(&there).await, newer()).unwrap_err();
    inspect(&lines(&here).await, newer()).unwrap();
}

/// What someone does who may do everything to the tables, but has not the key.
#[tokio::test]
async fn a_log_that_its_heads_do_not_fit_does_not_open() {
    for (done, why) in [
        ("UPDATE guardrail_record SET line = replace(line, 'hello', 'jello') WHERE seq = 11", "signed over"),
        ("UPDATE guardrail_head SET edge = substr(edge, 65)", "not there"),
        ("UPDATE guardrail_head SET edge = replace(edge, '0', '1')", "signed over"),
        (
            "DELETE FROM guardrail_record WHERE seq > 9;
             UPDATE guardrail_log SET last = 9, leaf = (SELECT leaf FROM guardrail_record WHERE seq = 9)",
            "covers 11 records and 9 are there",
        ),
    ] {
        let (place, (_folder, signer)) = (place(), key());
        let log = place.try_open(settings(Arc::clone(&signer))).await.unwrap();
        grow(&log, 0..5).await;
        place.checkpoint(&log).await.unwrap();
        log.close().await;
        // Behind the head there are others.
        let log = place.try_open(Settings::new().unsigned()).await.unwrap();
        grow(&log, 5..6).await;
        log.close().await;
        assert_eq!(notes(&place).await.len(), 1);
        let triggers = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema \
                        WHERE type = 'trigger'";
        let drop = text(&place, triggers).await;
        place.execute(&format!("{drop}; {done}")).await;
        let opened = place.try_open(settings(Arc::clone(&signer))).await;
        let Err(error @ Error::Damaged { .. }) = opened else { panic!("{done}: {opened:?}") };
        let error = error.to_string();
        assert!(error.contains(why), "{done}: {error}");
    }
}
