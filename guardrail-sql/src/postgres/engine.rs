//! The statements of a log in PostgreSQL.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use guardrail_core::clock::{Clock, SystemClock};
use guardrail_core::model::RequestId;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{ConnectOptions as _, PgConnection, PgPool, Row as _};

use crate::log::engine::{AtOnce, Engine, Head, Known, Stored, StoredHead};
use crate::log::process::{Holder, Writer};
use crate::log::row::Row;
use crate::postgres::error;
use crate::postgres::heads;
use crate::postgres::insert;
use crate::postgres::place::Place;
use crate::postgres::presence::{self, clock};
use crate::postgres::signal::Signal;

/// A log's database.
#[derive(Debug)]
pub(crate) struct Postgres {
    options: PgConnectOptions,
    place: Place,
    pool: PgPool,
    /// Whether deadlines are judged by a clock of this process: in tests.
    own_clock: bool,
    signal: OnceLock<Signal>,
}

impl Postgres {
    pub(super) const fn new(
        options: PgConnectOptions,
        place: Place,
        pool: PgPool,
        own_clock: bool,
    ) -> Self {
        Self { options, place, pool, own_clock, signal: OnceLock::new() }
    }

    pub(super) const fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    fn head(&self, row: &PgRow) -> Result<Head, sqlx::Error> {
        let wall: i64 = row.try_get(3)?;
        let clock = (!self.own_clock).then_some(wall);
        let (last, leaf, time) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Head { last, leaf, time, clock, wall, silent: None })
    }

    /// Takes the lock of the head, in a transaction: this writer alone writes this log until its end.
    pub(super) async fn lock(
        &self,
        on: &mut PgConnection,
        log: i64,
        writer: i64,
    ) -> Result<Head, sqlx::Error> {
        // The clock is read once the lock is there, however long it was waited for.
        let row = sqlx::query(self.place.sql(concat!(
            "WITH head AS MATERIALIZED (
                 SELECT number, last, leaf, time FROM guardrail_log WHERE number = $1 FOR UPDATE
             )
             SELECT last, leaf, time, ",
            clock!(),
            ", ",
            clock!(),
            " - (SELECT beat FROM guardrail_writer WHERE log = number AND writer = $2),
                 CASE WHEN current_setting('synchronous_commit') = 'off'
                 THEN set_config('synchronous_commit', 'on', true) END
             FROM head"
        )))
        .bind(log)
        .bind(writer)
        .fetch_one(on)
        .await?;
        Ok(Head { silent: row.try_get(4)?, ..self.head(&row)? })
    }

    fn signal(&self, log: i64) -> &Signal {
        self.signal.get_or_init(|| Signal::new(&self.pool, log))
    }
}

/// How often a log's number is tried while others take it.
const ROUNDS: usize = 16;

/// A page of lines, bounded by their number and by their bytes, but one.
pub(crate) const PAGE: &str = "SELECT seq, line FROM (
     SELECT seq, line, (sum(octet_length(line)::bigint) OVER (ORDER BY seq))::bigint
             - octet_length(line) AS before
     FROM guardrail_record WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3
 ) page WHERE before <= $4 ORDER BY seq";

#[async_trait]
impl Engine for Postgres {
    type Session = PgConnection;

    const NAME: &'static str = "PostgreSQL log";
    const POLL: u64 = 500;
    const AT_ONCE: usize = 1024;

    async fn session(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.connect().await
    }

    async fn log(&self, name: &str, fresh: &str, start: &str) -> Result<Known, sqlx::Error> {
        for _ in 0..ROUNDS {
            let row = sqlx::query(self.place.sql(concat!(
                "SELECT last, leaf, time, ",
                clock!(),
                ", number, id FROM guardrail_log WHERE name = $1"
            )))
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
            if let Some(row) = row {
                return Ok(Known {
                    number: row.try_get(4)?,
                    id: row.try_get(5)?,
                    head: self.head(&row)?,
                });
            }
            // Another log may take the same number at this moment: then once more.
            sqlx::query(self.place.sql(
                "INSERT INTO guardrail_log (number, name, id, leaf, time)
                 SELECT coalesce(max(number), 0) + 1, $1, $2, $3, 0 FROM guardrail_log
                 ON CONFLICT DO NOTHING",
            ))
            .bind(name)
            .bind(fresh)
            .bind(start)
            .execute(&self.pool)
            .await?;
        }
        Err(sqlx::Error::RowNotFound)
    }

    fn clock() -> Arc<dyn Clock> {
        Arc::new(SystemClock::new())
    }

    fn tick() -> i64 {
        presence::tick()
    }

    async fn begin(
        &self,
        on: &mut PgConnection,
        log: i64,
        writer: i64,
    ) -> Result<Head, sqlx::Error> {
        // A process that stops in the midst of it holds the head for no longer than this.
        sqlx::raw_sql(
            "BEGIN ISOLATION LEVEL READ COMMITTED;
             SET LOCAL lock_timeout = '3s';
             SET LOCAL idle_in_transaction_session_timeout = '10s'",
        )
        .execute(&mut *on)
        .await?;
        self.lock(on, log, writer).await
    }

    async fn standings(
        &self,
        on: &mut PgConnection,
        log: i64,
        ids: &[String],
    ) -> Result<Vec<(String, i64, String)>, sqlx::Error> {
        sqlx::query_as(self.place.sql(
            "SELECT id, version, state FROM guardrail_stream
             WHERE log = $1 AND id = ANY($2)",
        ))
        .bind(log)
        .bind(ids)
        .fetch_all(on)
        .await
    }

    async fn leaf(
        &self,
        on: &mut PgConnection,
        log: i64,
        seq: i64,
    ) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar(
            self.place.sql("SELECT leaf FROM guardrail_record WHERE log = $1 AND seq = $2"),
        )
        .bind(log)
        .bind(seq)
        .fetch_optional(on)
        .await
    }

    async fn insert(
        &self,
        on: &mut PgConnection,
        log: i64,
        rows: &[Row],
    ) -> Result<(), sqlx::Error> {
        insert::insert(on, &self.place, log, rows).await
    }

    async fn at_once(
        &self,
        on: &mut PgConnection,
        batch: &AtOnce<'_>,
    ) -> Result<bool, sqlx::Error> {
        insert::at_once(on, &self.place, batch).await
    }

    fn keeps_time(&self) -> bool {
        !self.own_clock
    }

    async fn cover(
        &self,
        on: &mut PgConnection,
        log: i64,
        head: &StoredHead,
    ) -> Result<bool, sqlx::Error> {
        heads::cover(on, &self.place, log, head).await
    }

    async fn keep(&self, log: i64, head: &StoredHead) -> Result<bool, sqlx::Error> {
        heads::keep(&self.pool, &self.place, log, head).await
    }

    async fn heads(&self, log: i64, limit: i64) -> Result<Vec<StoredHead>, sqlx::Error> {
        heads::newest(&self.pool, &self.place, log, limit).await
    }

    async fn commit(&self, on: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("COMMIT").execute(on).await.map(drop)
    }

    async fn rollback(&self, on: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("ROLLBACK").execute(on).await.map(drop)
    }

    fn tell(&self, log: i64) {
        self.signal(log).tell();
    }

    async fn told(&self, log: i64) {
        self.signal(log).told().await;
    }

    async fn head(&self, log: i64) -> Result<Head, sqlx::Error> {
        let row = sqlx::query(self.place.sql(concat!(
            "SELECT last, leaf, time, ",
            clock!(),
            " FROM guardrail_log WHERE number = $1"
        )))
        .bind(log)
        .fetch_one(&self.pool)
        .await?;
        self.head(&row)
    }

    async fn version(&self, log: i64, id: &str) -> Result<i64, sqlx::Error> {
        let version = "SELECT version FROM guardrail_stream WHERE log = $1 AND id = $2";
        let found: Option<i64> = sqlx::query_scalar(self.place.sql(version))
            .bind(log)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.unwrap_or(0))
    }

    async fn stream(&self, log: i64, id: &str, after: i64) -> Result<Vec<Stored>, sqlx::Error> {
        sqlx::query_as(self.place.sql(
            "SELECT seq, line FROM guardrail_record WHERE log = $1 AND id = $2 AND ver > $3
             ORDER BY ver",
        ))
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
        sqlx::query_as(self.place.sql(PAGE))
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
        sqlx::query_as(self.place.sql(
            "SELECT seq, id FROM guardrail_record WHERE log = $1 AND seq > $2
             ORDER BY seq LIMIT $3",
        ))
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
        sqlx::query_scalar(self.place.sql(
            "SELECT id FROM guardrail_stream
             WHERE log = $1 AND state IN ('pending', 'approved', 'started') AND first > coalesce(
                 (SELECT first FROM guardrail_stream WHERE log = $1 AND id = $2), 0)
             ORDER BY first LIMIT $3",
        ))
        .bind(log)
        .bind(after.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(&self.pool)
        .await
    }

    async fn holders(&self, log: i64) -> Result<Vec<Holder>, sqlx::Error> {
        presence::holders(&self.pool, &self.place, log).await
    }

    async fn started(
        &self,
        log: i64,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error> {
        presence::started(&self.pool, &self.place, log, gone, limit).await
    }

    async fn unattended(
        &self,
        log: i64,
        after: Option<RequestId>,
        gone: &[(i64, i64)],
        limit: i64,
    ) -> Result<Vec<(String, i64)>, sqlx::Error> {
        presence::unattended(&self.pool, &self.place, log, after, gone, limit).await
    }

    async fn say(
        &self,
        on: &mut PgConnection,
        log: i64,
        writer: &Writer,
    ) -> Result<(), sqlx::Error> {
        presence::say(on, &self.place, log, writer).await.map(drop)
    }

    async fn beat(&self, log: i64, writer: &Writer) -> Result<Option<i64>, sqlx::Error> {
        presence::beat(&self.pool, &self.place, log, writer).await
    }

    async fn leave(&self, log: i64, writer: i64) -> Result<(), sqlx::Error> {
        sqlx::query(self.place.sql("DELETE FROM guardrail_writer WHERE log = $1 AND writer = $2"))
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
        error::is_refusal(error)
    }

    fn is_certain(error: &sqlx::Error) -> bool {
        error::is_certain(error)
    }

    fn is_passing(error: &sqlx::Error) -> bool {
        error::is_passing(error)
    }
}
