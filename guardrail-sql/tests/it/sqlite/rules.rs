//! The rules of a request's life stand in the tables too, whoever writes.

use std::collections::BTreeSet;

use guardrail_conformance::events::{asked, commented, of_requests, of_the_log, started, towards};
use guardrail_core::audit::{Append, AuditLog, Error, opened};
use guardrail_core::model::{AuditEvent, RequestId, State, Version};
use guardrail_sql::SqliteLog;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::samples::{self, arrows};

/// A log with one pending request and one vote, and a connection past it.
async fn bed() -> (TempDir, SqliteLog, RequestId, SqliteConnection) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    let id = samples::id(1);
    let voted = of_requests().unwrap().into_iter().find(|event| event.name() == "voted").unwrap();
    log.append(&Append::new(id, Version::START, vec![asked().unwrap(), voted])).await.unwrap();
    let url = format!("sqlite://{}", path.display());
    let connection = SqliteConnection::connect(&url).await.unwrap();
    (folder, log, id, connection)
}

#[tokio::test]
async fn the_arrows_are_those_of_the_model() {
    let (_folder, _log, _, mut connection) = bed().await;
    let found: Vec<(String, String, String)> =
        sqlx::query_as("SELECT event, was, became FROM guardrail_arrow")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), arrows());
}

/// A copy of the last record, changed like this, is refused for this reason.
async fn refused(changed: &[(&str, &str)], why: &str) {
    let (_folder, log, _, mut connection) = bed().await;
    let statement = samples::forged(changed);
    let tried = sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await;
    let said = tried.map(drop).unwrap_err().to_string();
    assert!(said.contains(why), "{changed:?}: {said}");
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("goes on")]);
    log.append(&note).await.unwrap();
}

#[tokio::test]
async fn a_record_that_breaks_a_rule_is_refused() {
    for (changed, why) in samples::FORGERIES {
        refused(changed, why).await;
    }
}

#[tokio::test]
async fn what_is_legal_may_be_inserted_by_hand() {
    for changed in samples::LEGAL {
        let (_folder, _log, _, mut connection) = bed().await;
        let statement = samples::forged(changed);
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
}

/// Those that are open, and on whom they rest: who made them, who took them up, who has started them.
#[tokio::test]
async fn what_is_open_is_what_the_records_say() {
    let (folder, log, id, mut connection) = bed().await;
    let other = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
    let retried = of_requests().unwrap().into_iter().find(|event| event.name() == "retried");
    let mut want = vec![(id.to_string(), "pending", true)];
    for (n, state) in (2..).zip(State::ALL.into_iter().filter(|state| *state != State::New)) {
        let (id, events) = (samples::id(n), towards(state).unwrap());
        let version = Version::new(events.len() as u64);
        log.append(&Append::new(id, Version::START, events)).await.unwrap();
        let (event, open) = match state {
            State::Pending => (AuditEvent::Attended, Some(("pending", false))),
            State::Approved => (AuditEvent::Attended, Some(("approved", false))),
            // Whoever takes up what runs has not started it.
            State::Started => (AuditEvent::Attended, Some(("started", true))),
            State::Unknown => (retried.clone().unwrap(), Some(("started", false))),
            _ => (commented("late"), None),
        };
        other.append(&Append::new(id, version, vec![event])).await.unwrap();
        want.extend(open.map(|(state, is_ours)| (id.to_string(), state, is_ours)));
    }
    let begun = samples::id(99);
    let allow = towards(State::Approved).unwrap();
    log.append(&Append::new(begun, Version::START, allow)).await.unwrap();
    other.append(&Append::new(begun, Version::new(1), vec![started()])).await.unwrap();
    want.push((begun.to_string(), "started", false));
    let found: Vec<(String, String, bool)> =
        sqlx::query_as("SELECT id, state, holder = 1 FROM guardrail_open ORDER BY first")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let found: Vec<_> =
        found.iter().map(|(id, state, ours)| (id.clone(), state.as_str(), *ours)).collect();
    assert_eq!(found, want);
}

#[tokio::test]
async fn nothing_is_changed_or_deleted() {
    let (_folder, _log, _, mut connection) = bed().await;
    for statement in [
        "UPDATE guardrail_record SET line = 'x' WHERE seq = 1",
        "DELETE FROM guardrail_record WHERE seq = 3",
        "INSERT OR REPLACE INTO guardrail_record SELECT * FROM guardrail_record WHERE seq = 3",
        "UPDATE guardrail_log SET last = 0",
        "UPDATE guardrail_log SET id = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa'",
        "DELETE FROM guardrail_log",
        "UPDATE guardrail_log SET last = last + 1",
        "UPDATE guardrail_log SET name = 'other'",
        "INSERT OR REPLACE INTO guardrail_log SELECT * FROM guardrail_log",
        "INSERT OR REPLACE INTO guardrail_open SELECT * FROM guardrail_open",
        "INSERT INTO guardrail_open SELECT log, first + 9, id, state, holder FROM guardrail_open",
        "UPDATE guardrail_open SET state = 'approved'",
        "UPDATE guardrail_open SET holder = holder + 1",
        "UPDATE guardrail_open SET first = first + 9",
        "DELETE FROM guardrail_open",
    ] {
        let tried = sqlx::raw_sql(statement).execute(&mut connection).await;
        let said = tried.map(drop).unwrap_err().to_string();
        assert!(said.contains("guardrail: "), "{statement}: {said}");
    }
}

/// What is ignored moves nothing, and what replaces takes nothing away.
#[tokio::test]
async fn what_is_not_inserted_has_no_effect() {
    for instead in ["INSERT OR IGNORE", "INSERT OR REPLACE", "INSERT OR FAIL"] {
        let forged = |(changed, _): &(&[(&str, &str)], _)| samples::forged(changed);
        let rowed = ["1", "-1", "99"].map(|row| {
            let forged = samples::forged(&[]).replacen("(log,", "(rowid, log,", 1);
            forged.replacen("SELECT ", &format!("SELECT {row}, "), 1)
        });
        for statement in samples::FORGERIES.iter().map(forged).chain(rowed) {
            let (_folder, log, id, mut connection) = bed().await;
            let statement = statement.replacen("INSERT", instead, 1);
            // It is refused or does nothing.
            let _ = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.as_str()))
                .execute(&mut connection)
                .await;
            let note = Append::new(id, Version::new(2), vec![commented("goes on")]);
            log.append(&note).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
            let verified = guardrail_core::audit::verify(&log).await.unwrap();
            assert_eq!(verified.records, 4, "{statement}");
        }
    }
}

/// What only the database refuses fails alone, and the log goes on.
#[tokio::test]
async fn a_rule_of_the_database_fails_one_append_of_a_batch() {
    let (_folder, log, id, _) = bed().await;
    let voted = of_requests().unwrap().into_iter().find(|event| event.name() == "voted").unwrap();
    let other = AuditEvent::Started { digest: guardrail_core::model::Digest::of(b"x"), call: None };
    let allow = of_requests().unwrap().remove(0);
    let again = Append::new(id, Version::new(2), vec![voted]);
    let fits = Append::new(samples::id(2), Version::START, vec![allow.clone(), started()]);
    let not = Append::new(samples::id(3), Version::START, vec![allow, other]);
    let notes = Append::new(RequestId::LOG, Version::new(1), of_the_log());
    let (again, fits, not, notes) =
        tokio::join!(log.append(&again), log.append(&fits), log.append(&not), log.append(&notes));
    assert!(matches!(again, Err(Error::Illegal { .. })), "{again:?}");
    assert!(matches!(not, Err(Error::Illegal { .. })), "{not:?}");
    fits.unwrap();
    notes.unwrap();
    let late = Append::new(RequestId::LOG, Version::START, vec![opened()]);
    assert!(matches!(log.append(&late).await, Err(Error::Conflict { .. })));
    let records = guardrail_core::audit::verify(&log).await.unwrap().records;
    assert_eq!(records, 3 + 2 + of_the_log().len() as u64, "what fits, and nothing else");
}
