//! One database, several writers and several logs, and the database's clock.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::proof::Heads;
use guardrail_core::audit::{Append, AuditLog as _, Error};
use guardrail_core::model::Version;
use guardrail_sql::{PostgresLog, Reader, Settings};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;
use crate::attend;
use crate::fence;
use crate::samples;
use crate::shared::{self, Place};

/// Logs whose names begin alike.
pub(super) struct Database(Arc<Postgres>, String);

impl Database {
    pub(super) fn new() -> Option<Self> {
        server::server().map(|server| Self(server, server::name()))
    }

    /// Nobody was heard of for a minute.
    fn silence(&self) -> String {
        format!(
            "UPDATE guardrail_writer SET beat = beat - 60000000 \
             WHERE log = (SELECT number FROM guardrail_log WHERE name = '{}-main')",
            self.1
        )
    }
}

#[async_trait::async_trait]
impl Place for Database {
    type Log = PostgresLog;

    async fn open(&self, name: &str) -> PostgresLog {
        server::log(&self.0, &format!("{}-{name}", self.1)).await
    }

    /// The one log of this name: of its own name there may be many.
    async fn try_open(&self, settings: Settings) -> Result<PostgresLog, Error> {
        let settings = settings.name(&format!("{}-main", self.1)).unwrap();
        PostgresLog::connect_with(&self.0.url("postgres"), settings).await
    }

    async fn reader(&self, name: &str) -> Reader {
        let name = format!("{}-{name}", self.1);
        Reader::postgres(&self.0.url("postgres"), &name).await.unwrap()
    }

    async fn close(&self, log: PostgresLog) {
        log.close().await;
    }

    async fn checkpoint(&self, log: &PostgresLog) -> Result<Option<Heads>, Error> {
        log.checkpoint().await?;
        Ok(log.heads())
    }

    fn heads(&self, log: &PostgresLog) -> Option<Heads> {
        log.heads()
    }

    async fn try_execute(&self, statement: &str) -> Result<(), String> {
        let mut connection = PgConnection::connect(&self.0.url("postgres")).await.unwrap();
        let tried = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await;
        tried.map(drop).map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn two_write_one_log() {
    let Some(place) = Database::new() else { return };
    shared::two_write_one_log(&place).await;
}

#[tokio::test]
async fn what_one_starts_is_orphaned_when_it_leaves() {
    let Some(place) = Database::new() else { return };
    shared::what_one_starts_is_orphaned_when_it_leaves(&place).await;
}

#[tokio::test]
async fn what_goes_on_after_a_silence_is_not_orphaned() {
    let Some(place) = Database::new() else { return };
    shared::what_goes_on_after_a_silence_is_not_orphaned(&place, &place.silence()).await;
}

#[tokio::test]
async fn who_was_stopped_goes_on_with_nothing() {
    let Some(place) = Database::new() else { return };
    fence::who_was_stopped_goes_on_with_nothing(&place, &place.silence()).await;
}

#[tokio::test]
async fn who_wakes_up_begins_what_it_starts_then() {
    let Some(place) = Database::new() else { return };
    fence::who_wakes_up_begins_what_it_starts_then(&place, &place.silence()).await;
}

#[tokio::test]
async fn two_logs_share_a_database() {
    let Some(place) = Database::new() else { return };
    shared::two_logs_share_a_database(&place).await;
}

/// Deadlines are judged by the database's clock, and the log's own is never behind it.
#[tokio::test]
async fn the_database_tells_the_time() {
    let Some(place) = Database::new() else { return };
    let log = place.open("main").await;
    let mut connection = PgConnection::connect(&place.0.url("postgres")).await.unwrap();
    let mut clock = async || {
        let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        let now: i64 = sqlx::query_scalar(now).fetch_one(&mut connection).await.unwrap();
        guardrail_core::clock::Timestamp::from_micros(now)
    };
    let request = Append::new(samples::id(1), Version::START, vec![asked().unwrap()]);
    let before = clock().await;
    let late = log.append(&request.clone().before(before)).await;
    assert!(matches!(late, Err(Error::Late)), "{late:?}");
    assert!(log.now() >= before, "whoever judges again must see that it is late");
    let in_time = request.before(before.after(Duration::from_secs(60)));
    let appended = log.append(&in_time).await.unwrap();
    let time = appended.records.iter().map(|record| record.time()).max().unwrap();
    assert!(before <= time && time <= clock().await);
    let note = Append::new(samples::id(1), Version::new(1), vec![commented("later")]);
    let next = log.append(&note).await.unwrap().records.iter().map(|r| r.time()).max().unwrap();
    assert!(next >= time);
}

#[tokio::test]
async fn one_of_several_takes_up_what_is_left() {
    let Some(place) = Database::new() else { return };
    attend::one_of_several_takes_up_what_is_left(&Arc::new(place)).await;
}

#[tokio::test]
async fn what_is_approved_starts_once() {
    let Some(place) = Database::new() else { return };
    attend::what_is_approved_starts_once(&Arc::new(place)).await;
}
