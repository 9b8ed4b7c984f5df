//! The rules of a request's life stand in the tables too, whoever writes.

use std::collections::BTreeSet;
use std::sync::Arc;

use guardrail_conformance::events::{asked, commented, of_requests, requested, started};
use guardrail_core::audit::{Append, AuditLog, Error};
use guardrail_core::model::{AuditEvent, Digest, Verdict, Version};
use guardrail_sql::PostgresLog;
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;
use crate::samples::{self, arrows};

/// A log with one pending request and one vote, in a database of its own.
pub(super) struct Bed {
    pub(super) server: Arc<Postgres>,
    pub(super) database: String,
    pub(super) log: PostgresLog,
    pub(super) connection: PgConnection,
}

impl Bed {
    pub(super) async fn new() -> Option<Self> {
        let server = server::server()?;
        let database = server::name().replace('-', "_");
        let mut maker = PgConnection::connect(&server.url("postgres")).await.unwrap();
        let make = AssertSqlSafe(format!("CREATE DATABASE {database}"));
        sqlx::raw_sql(make).execute(&mut maker).await.unwrap();
        let log = PostgresLog::connect(&server.url(&database)).await.unwrap();
        let voted = of_requests().unwrap();
        let voted = voted.into_iter().find(|event| event.name() == "voted").unwrap();
        let events = vec![asked().unwrap(), voted];
        log.append(&Append::new(samples::id(1), Version::START, events)).await.unwrap();
        let connection = PgConnection::connect(&server.url(&database)).await.unwrap();
        Some(Self { server, database, log, connection })
    }

    pub(super) async fn run(&mut self, statement: &str) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await.unwrap();
    }

    /// The URL of a new role with what a program's role may do.
    pub(super) async fn program(&mut self) -> (String, String) {
        let role = format!("app_{}", self.database);
        let grants = PostgresLog::ROLE.replace("{role}", &role);
        self.run(&format!("CREATE ROLE {role} LOGIN; {grants}")).await;
        let url = self.server.url_as(&role, &self.database);
        (role, url)
    }

    pub(super) async fn said(&mut self, statement: &str) -> String {
        let tried = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await;
        tried.map(drop).unwrap_err().to_string()
    }
}

#[tokio::test]
async fn the_arrows_are_those_of_the_model() {
    let Some(mut bed) = Bed::new().await else { return };
    let found: Vec<(String, String, String)> =
        sqlx::query_as("SELECT event, was, became FROM guardrail_arrow")
            .fetch_all(&mut bed.connection)
            .await
            .unwrap();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), arrows());
}

#[tokio::test]
async fn a_record_that_breaks_a_rule_is_refused() {
    let Some(mut bed) = Bed::new().await else { return };
    for (changed, why) in samples::FORGERIES {
        let said = bed.said(&samples::forged(changed)).await;
        let is_check = said.contains("check constraint") || said.contains("unique constraint");
        assert!(said.contains(why) || is_check, "{changed:?}: {said}");
    }
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
}

#[tokio::test]
async fn what_is_legal_may_be_inserted_by_hand() {
    for changed in samples::LEGAL {
        let Some(mut bed) = Bed::new().await else { return };
        let statement = AssertSqlSafe(samples::forged(changed));
        sqlx::raw_sql(statement).execute(&mut bed.connection).await.unwrap();
    }
}

/// Two notes in one statement, the second changed like this.
fn two(changed: &[(&str, &str)]) -> String {
    let line = samples::LINE.replace("\"seq\":4", "\"seq\":5").replace("\"ver\":3", "\"ver\":4");
    let mut second = vec![("seq", "5"), ("ver", "4"), ("line", line.as_str())];
    second.retain(|(column, _)| changed.iter().all(|(other, _)| other != column));
    second.extend(changed);
    let first = samples::forged(&[]);
    let second = samples::forged(&second);
    let (_, second) = second.split_once(" SELECT ").unwrap();
    format!("{first} UNION ALL SELECT {second}")
}

/// The records of one statement are judged each behind the one before it, and stand or fall together.
#[tokio::test]
async fn records_of_one_statement_follow_one_another() {
    let Some(mut bed) = Bed::new().await else { return };
    let other = "'00000000-0000-7000-8000-0000000000ff'";
    for (changed, why) in [
        (&[("seq", "6")][..], "not the next record"),
        (&[("prev", "prev")], "not the next record"),
        (&[("time", "time - 1")], "not the next record"),
        (&[("log", "log + 1")], "not the next record"),
        (&[("ver", "5")], "not the next event"),
        (&[("ver", "3"), ("id", other)], "not the next event"),
        (&[("was", "'started'"), ("became", "'started'")], "not the next event"),
        (&[("event", "'nonsense'")], "cannot follow"),
        (&[("event", "'escalated'")], "says otherwise"),
        (&[("line", samples::LINE)], "says otherwise"),
        (&[("event", "'voted'"), ("digest", "leaf"), ("person", "'bob'")], "another digest"),
    ] {
        let said = bed.said(&two(changed)).await;
        assert!(said.contains(why), "{changed:?}: {said}");
    }
    sqlx::raw_sql(AssertSqlSafe(two(&[]))).execute(&mut bed.connection).await.unwrap();
    let late = Append::new(samples::id(1), Version::new(3), vec![commented("between")]);
    let late = bed.log.append(&late).await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    let note = Append::new(samples::id(1), Version::new(4), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
}

/// Where a request stands is what its last record says, however many came at once.
#[tokio::test]
async fn a_life_in_one_append() {
    let Some(mut bed) = Bed::new().await else { return };
    let allow = requested(Verdict::Allow).unwrap();
    let events = vec![allow.clone(), started(), commented("and on"), commented("and on")];
    bed.log.append(&Append::new(samples::id(2), Version::START, events)).await.unwrap();
    let events = vec![allow, commented("first")];
    bed.log.append(&Append::new(samples::id(3), Version::START, events)).await.unwrap();
    let other = AuditEvent::Started { digest: Digest::of(b"x"), call: None };
    let late = Append::new(samples::id(3), Version::new(2), vec![other]);
    assert!(matches!(bed.log.append(&late).await, Err(Error::Illegal { .. })));
    let found: Vec<(i64, String, i64, i64, bool, bool)> = sqlx::query_as(
        "SELECT version, state, first, last, starter = 1, attendant = 1 FROM guardrail_stream
         WHERE id <> '00000000-0000-0000-0000-000000000000' ORDER BY first",
    )
    .fetch_all(&mut bed.connection)
    .await
    .unwrap();
    let stands = |version, state: &str, first, last, is_started| {
        (version, state.to_owned(), first, last, is_started, true)
    };
    let want = [
        stands(2, "pending", 2, 3, false),
        stands(4, "started", 4, 7, true),
        stands(2, "approved", 8, 9, false),
    ];
    assert_eq!(found, want);
}

#[tokio::test]
async fn nothing_is_changed_or_deleted() {
    let Some(mut bed) = Bed::new().await else { return };
    for statement in [
        "UPDATE guardrail_record SET line = 'x' WHERE seq = 1",
        "DELETE FROM guardrail_record WHERE seq = 3",
        "TRUNCATE guardrail_record",
        "UPDATE guardrail_log SET last = 0",
        "UPDATE guardrail_log SET turn = 0",
        "UPDATE guardrail_log SET last = last + 1",
        "UPDATE guardrail_log SET name = 'other'",
        "UPDATE guardrail_log SET id = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa'",
        "DELETE FROM guardrail_log",
        "TRUNCATE guardrail_log",
    ] {
        let said = bed.said(statement).await;
        assert!(said.contains("guardrail: "), "{statement}: {said}");
    }
}

/// A second vote of one person that is not inserted moves nothing.
#[tokio::test]
async fn what_is_not_inserted_has_no_effect() {
    let Some(mut bed) = Bed::new().await else { return };
    let again = [("event", "'voted'"), ("digest", "digest"), ("person", "person")];
    let statement = format!("{} ON CONFLICT DO NOTHING", samples::forged(&again));
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut bed.connection).await.unwrap();
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("goes on")]);
    bed.log.append(&note).await.unwrap();
}

/// Not even the owner moves the head of a log by records of another table.
#[tokio::test]
async fn records_stand_in_their_table() {
    let Some(mut bed) = Bed::new().await else { return };
    let make = "CREATE TEMP TABLE guardrail_record (LIKE public.guardrail_record); \
                CREATE TRIGGER mine AFTER INSERT ON pg_temp.guardrail_record \
                FOR EACH ROW EXECUTE FUNCTION guardrail_admit()";
    sqlx::raw_sql(make).execute(&mut bed.connection).await.unwrap();
    let statement = samples::forged(&[]).replace(
        "FROM guardrail_record WHERE seq = (SELECT max(seq) FROM guardrail_record)",
        "FROM public.guardrail_record WHERE seq = 3",
    );
    let said = bed.said(&statement).await;
    assert!(said.contains("not the table of records"), "{said}");
}

/// A program with the role meant for it can keep the log, and change nothing in it.
#[tokio::test]
async fn the_role_of_a_program_only_inserts() {
    let Some(mut bed) = Bed::new().await else { return };
    let (_role, url) = bed.program().await;
    let log = PostgresLog::connect(&url).await.unwrap();
    let note = Append::new(samples::id(1), Version::new(2), vec![commented("as the program")]);
    log.append(&note).await.unwrap();
    log.close().await;
    bed.connection = PgConnection::connect(&url).await.unwrap();
    for statement in [
        "UPDATE guardrail_record SET line = 'x'",
        "DELETE FROM guardrail_record",
        "TRUNCATE guardrail_record",
        "UPDATE guardrail_log SET last = last + 1",
        "UPDATE guardrail_stream SET state = 'approved'",
        "INSERT INTO guardrail_arrow VALUES ('started', 'denied', 'started')",
        "DROP TRIGGER guardrail_record_admitted ON guardrail_record",
        "ALTER TABLE guardrail_record DISABLE TRIGGER ALL",
        "CREATE TABLE guardrail_other (x BIGINT)",
    ] {
        let said = bed.said(statement).await;
        let fits = said.contains("permission denied") || said.contains("must be owner");
        assert!(fits, "{statement}: {said}");
    }
    let mine = "CREATE TEMP TABLE mine (LIKE guardrail_record); \
                CREATE TRIGGER mine AFTER INSERT ON mine \
                FOR EACH ROW EXECUTE FUNCTION guardrail_admit()";
    let said = bed.said(mine).await;
    assert!(said.contains("permission denied for function"), "{said}");
    // Names of its own in front of the real ones change nothing: the triggers do not look there.
    let shadow = "CREATE TEMP TABLE guardrail_arrow AS SELECT 'x'::text AS event, 'pending'::text \
                  AS was, 'pending'::text AS became";
    sqlx::raw_sql(shadow).execute(&mut bed.connection).await.unwrap();
    let said = bed
        .said(&samples::forged(&[("event", "'x'"), ("seq", "seq + 1"), ("ver", "ver + 1")]))
        .await;
    assert!(said.contains("cannot follow"), "{said}");
}
