//! One file, several writers and several logs.

use std::sync::Arc;

use guardrail_core::audit::Error;
use guardrail_core::audit::proof::Heads;
use guardrail_sql::{Reader, Settings, SqliteLog};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::attend;
use crate::fence;
use crate::shared::{self, Place};

/// Nobody was heard of for a minute.
const SILENCE: &str = "UPDATE guardrail_writer SET beat = beat - 60000000, tick = tick - 60000000";

pub(super) struct File(pub(super) TempDir);

#[async_trait::async_trait]
impl Place for File {
    type Log = SqliteLog;

    async fn try_open(&self, settings: Settings) -> Result<SqliteLog, Error> {
        SqliteLog::open_with(self.0.path().join("log.db"), settings).await
    }

    async fn reader(&self, name: &str) -> Reader {
        Reader::sqlite(self.0.path().join("log.db"), name).await.unwrap()
    }

    async fn close(&self, log: SqliteLog) {
        log.close().await;
    }

    async fn checkpoint(&self, log: &SqliteLog) -> Result<Option<Heads>, Error> {
        log.checkpoint().await?;
        Ok(log.heads())
    }

    fn heads(&self, log: &SqliteLog) -> Option<Heads> {
        log.heads()
    }

    async fn try_execute(&self, statement: &str) -> Result<(), String> {
        let url = format!("sqlite://{}", self.0.path().join("log.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let tried = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await;
        tried.map(drop).map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn two_write_one_log() {
    shared::two_write_one_log(&File(TempDir::new().unwrap())).await;
}

#[tokio::test]
async fn what_one_starts_is_orphaned_when_it_leaves() {
    shared::what_one_starts_is_orphaned_when_it_leaves(&File(TempDir::new().unwrap())).await;
}

#[tokio::test]
async fn what_goes_on_after_a_silence_is_not_orphaned() {
    let place = File(TempDir::new().unwrap());
    shared::what_goes_on_after_a_silence_is_not_orphaned(&place, SILENCE).await;
}

#[tokio::test]
async fn who_was_stopped_goes_on_with_nothing() {
    fence::who_was_stopped_goes_on_with_nothing(&File(TempDir::new().unwrap()), SILENCE).await;
}

#[tokio::test]
async fn who_wakes_up_begins_what_it_starts_then() {
    fence::who_wakes_up_begins_what_it_starts_then(&File(TempDir::new().unwrap()), SILENCE).await;
}

#[tokio::test]
async fn two_logs_share_a_database() {
    shared::two_logs_share_a_database(&File(TempDir::new().unwrap())).await;
}

#[tokio::test]
async fn one_of_several_takes_up_what_is_left() {
    let place = File(TempDir::new().unwrap());
    attend::one_of_several_takes_up_what_is_left(&Arc::new(place)).await;
}

#[tokio::test]
async fn what_is_approved_starts_once() {
    let place = File(TempDir::new().unwrap());
    attend::what_is_approved_starts_once(&Arc::new(place)).await;
}
