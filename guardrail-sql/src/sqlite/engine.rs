//! The statements of a log in SQLite.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use guardrail_core::clock::{Clock, Timestamp};
use guardrail_core::model::RequestId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _, SqliteConnection, SqlitePool};

use crate::log::engine::{AtOnce, Engine, Head, Known, Stored, StoredHead};
use crate::log::process::{Holder, Writer};
use crate::log::row::Row;
use crate::sqlite::heads;
use crate::sqlite::insert;
use crate::sqlite::presence::{self, tick};

/// A log's file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
    pool: SqlitePool,
    /// Whether deadlines are judged by a clock of this process: in tests.
    own_clock: bool,
}

impl Sqlite {
    pub(super) const fn new(
        options: SqliteConnectOptions,
        pool: SqlitePool,
        own_clock: bool,
    ) -> Self {
        Self { options, pool, own_clock }
    }

    pub(super) const fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }
}

/// Numbers and texts go in as one JSON array, so that one statement does for any count of them.
fn json<T: serde::Serialize>(values: &[T]) -> Result<String, sqlx::Error> {
    serde_json::to_string(values).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// A page of lines, bounded by their number and by their bytes, but one.
pub(crate) const PAGE: &str = "SELECT seq, line FROM (
     SELECT seq, line, sum(length(line)) OVER (ORDER BY seq) - length(line) AS before
     FROM guardrail_record WHERE log = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3
 ) WHERE before <= ?4 ORDER BY seq";

#[async_trait]
impl Engine for Sqlite {
    type Session = SqliteConnection;

    const NAME: &'static str = "SQLite log";
    const POLL: u64 = 10;
    const AT_ONCE: usize = insert::MOST;

    async fn session(&self) -> Result<SqliteConnection, sqlx::Error> {
        self.options.connect().await
    }

    async fn log(&self, name: &str, fresh: &str, start: &str) -> Result<Known, sqlx::Error> {
        sqlx::query(
            "INSERT INTO guardrail_log (number, name, id, leaf, time)
             SELECT (SELECT coalesce(max(number), 0) + 1 FROM guardrail_log), ?1, ?2, ?3, 0
             WHERE NOT EXISTS (SELECT 1 FROM guardrail_log WHERE name = ?1)",
        )
        .bind(name)
        .bind(fresh)
        .bind(start)
        .execute(&self.pool)
        .await?;
        let row =
            sqlx::query("SELECT last, leaf, time, number, id FROM guardrail_log WHERE name = ?1")
                .bind(name)
                .fetch_one(&self.pool)
                .await?;
        Ok(Known { number: row.try_get(3)?, id: row.try_get(4)?, head: head(&row)? })
    }

    fn clock() -> Arc<dyn Clock> {
        Arc::new(Wall)
    }

    fn tick() -> i64 {
        tick()
    }

    async fn begin(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        writer: i64,
    ) -> Result<Head, sqlx::Error> {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *on).await?;
        let row = sqlx::query(
            "SELECT last, leaf, time,
                    (SELECT ?3 - tick FROM guardrail_writer WHERE log = ?1 AND writer = ?2)
             FROM guardrail_log WHERE number = ?1",
        )
        .bind(log)
        .bind(writer)
        .bind(tick())
        .fetch_one(on)
        .await?;
        Ok(Head { silent: row.try_get(3)?, ..head(&row)? })
    }

    async fn standings(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        ids: &[String],
    ) -> Result<Vec<(String, i64, String)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT its.id, ver, became FROM json_each(?2)
             CROSS JOIN guardrail_record AS its ON log = ?1 AND its.id = value AND ver =
                 (SELECT max(ver) FROM guardrail_record WHERE log = ?1 AND id = value)",
        )
        .bind(log)
        .bind(json(ids)?)
        .fetch_all(on)
        .await
    }

    async fn leaf(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        seq: i64,
    ) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT leaf FROM guardrail_record WHERE log = ?1 AND seq = ?2")
            .bind(log)
            .bind(seq)
            .fetch_optional(on)
            .await
    }

    async fn insert(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        rows: &[Row],
    ) -> Result<(), sqlx::Error> {
        insert::insert(on, log, rows).await
    }

    async fn at_once(
        &self,
        on: &mut SqliteConnection,
        batch: &AtOnce<'_>,
    ) -> Result<bool, sqlx::Error> {
        insert::at_once(on, batch).await
    }

    fn keeps_time(&self) -> bool {
        !self.own_clock
    }

    async fn cover(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        head: &StoredHead,
    ) -> Result<bool, sqlx::Error> {
        heads::cover(on, log, head).await
    }

    async fn keep(&self, log: i64, head: &StoredHead) -> Result<bool, sqlx::Error> {
        heads::keep(&self.pool, log, head).await
    }

    async fn heads(&self, log: i64, limit: i64) -> Result<Vec<StoredHead>, sqlx::Error> {
        heads::newest(&self.pool, log, limit).await
    }

    async fn commit(&self, on: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(on).await.map(drop)
    }

    async fn rollback(&self, on: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query("ROLLBACK").execute(on).await.map(drop)
    }

    fn tell(&self, _log: i64) {}

    async fn told(&self, _log: i64) {
        // Nobody tells; looking costs little enough.
        std::future::pending().await
    }

    async fn head(&self, log: i64) -> Result<Head, sqlx::Error> {
        let row = sqlx::query("SELECT last, leaf, time FROM guardrail_log WHERE number = ?1")
            .bind(log)
            .fetch_one(&self.pool)
            .await?;
        head(&row)
    }

    async fn version(&self, log: i64, id: &str) -> Result<i64, sqlx::Error> {
        let version =
            "SELECT coalesce(max(ver), 0) FROM guardrail_record WHERE log = ?1 AND id = ?2";
        sqlx::query_scalar(version).bind(log).bind(id).fetch_one(&self.pool).await
    }

    async fn stream(&self, log: i64, id: &str, after: i64) -> Result<Vec<Stored>, sqlx::Error> {
        sqlx::query_as(
            "SELECT seq, line FROM guardrail_record WHERE log = ?1 AND id = ?2 AND ver > ?3
             ORDER BY ver",
        )
        .bind(log)
        .bind(id)
        .bind(after)
        .fetch_all(&self.pool)
        .await
    }

    async fn page(
        &self,
        log: i64,
        after: i64,
        limit: i64,
        bytes: i64,
    ) -> Result<Vec<Stored>, sqlx::Error> {
        sqlx::query_as(PAGE)
            .bind(log)
            .bind(after)
            .bind(limit)
            .bind(bytes)
            .fetch_all(&self.pool)
            .await
    }

    async fn moved(
        &self,
        log: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, String)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT seq, id FROM guardrail_record WHERE log = ?1 AND seq > ?2
             ORDER BY seq LIMIT ?3",
        )
        .bind(log)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
    }

    async fn open(
        &self,
        log: i64,
        after: Option<RequestId>,
        limit: i64,
    ) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT id FROM guardrail_open
             WHERE log = ?1 AND first > coalesce(
                 (SELECT seq FROM guardrail_record WHERE log = ?1 AND id = ?2 AND ver = 1), 0)
             ORDER BY first LIMIT ?3",
        )
        .bind(log)
        .bind(after.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(&self.pool)
        .await
    }

    async fn holders(&self, log: i64) -> Result<Vec<Holder>, sqlx::Error> {
        presence::holders(&self.pool, log).await
    }

    async fn started(
        &self,
        log: i64,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT id, (SELECT max(ver) FROM guardrail_record WHERE log = ?1 AND id = held.id)
             FROM guardrail_open AS held
             LEFT JOIN guardrail_writer AS who ON who.log = held.log AND writer = holder
             WHERE held.log = ?1 AND state = 'started' AND (holder, coalesce(beat, -1))
                 IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
             ORDER BY first LIMIT ?3",
        )
        .bind(log)
        .bind(json(gone)?)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
    }

    async fn unattended(
        &self,
        log: i64,
        after: Option<RequestId>,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT id, (SELECT max(ver) FROM guardrail_record WHERE log = ?1 AND id = held.id)
             FROM guardrail_open AS held
             LEFT JOIN guardrail_writer AS who ON who.log = held.log AND writer = holder
             WHERE held.log = ?1 AND state <> 'started' AND (holder, coalesce(beat, -1))
                     IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
                 AND first > coalesce(
                     (SELECT seq FROM guardrail_record WHERE log = ?1 AND id = ?3 AND ver = 1), 0)
             ORDER BY first LIMIT ?4",
        )
        .bind(log)
        .bind(json(gone)?)
        .bind(after.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(&self.pool)
        .await
    }

    async fn say(
        &self,
        on: &mut SqliteConnection,
        log: i64,
        writer: &Writer,
    ) -> Result<(), sqlx::Error> {
        presence::say(on, log, writer).await
    }

    async fn beat(&self, log: i64, writer: &Writer) -> Result<Option<i64>, sqlx::Error> {
        presence::beat(&self.pool, log, writer).await
    }

    async fn leave(&self, log: i64, writer: i64) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM guardrail_writer WHERE log = ?1 AND writer = ?2")
            .bind(log)
            .bind(writer)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    async fn close(&self) {
        self.pool.close().await;
    }

    fn is_refusal(error: &sqlx::Error) -> bool {
        code(error) == Some(19)
    }

    fn is_certain(error: &sqlx::Error) -> bool {
        matches!(code(error), Some(5 | 6 | 19))
    }

    fn is_passing(error: &sqlx::Error) -> bool {
        let is_lost = matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed
        );
        is_lost || matches!(code(error), Some(5 | 6))
    }
}

/// The machine's clock, read every time: processes that read it differ by nothing, even where the
/// machine has slept or its clock was set.
#[derive(Debug)]
struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The primary result code (<https://www.sqlite.org/rescode.html>): 5 and 6 are busy and locked,
/// 19 a constraint.
fn code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i64>().ok().map(|code| code & 0xff)
}

fn head(row: &sqlx::sqlite::SqliteRow) -> Result<Head, sqlx::Error> {
    let (last, leaf, time) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let wall = Wall.now().as_micros();
    Ok(Head { last, leaf, time, clock: None, wall, silent: None })
}
