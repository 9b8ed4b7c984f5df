//! Redacted values in a table beside the log's, in the same database.

use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::sidecar::{Error, Label, Opening, Sidecar};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, PgPool};

use crate::opening::{Columns, columns, labels, opening};

const NAME: &str = "PostgreSQL sidecar";

/// Connections, and how long one is waited for.
const CONNECTIONS: u32 = 4;
const WAIT: Duration = Duration::from_secs(5);

/// A table in the database of a [`PostgresLog`](crate::PostgresLog) that keeps what redacted values
/// were.
///
/// Erasing deletes the rows, durably, and has the table vacuumed where the role owns it: from then on
/// nobody finds them by SQL. It does not reach bytes in pages that PostgreSQL has not used again
/// (`VACUUM FULL guardrail_opening` writes the table anew without them), the write-ahead log and its
/// archive, replicas, and backups: those go with the time they are kept for.
#[derive(Clone, Debug)]
pub struct PostgresSidecar {
    pool: PgPool,
    log: i64,
}

impl PostgresSidecar {
    /// The sidecar of the log of this name, in the database of this URL.
    ///
    /// # Errors
    /// When the database cannot be reached or read, or holds no log of this name.
    pub async fn connect(url: &str, name: &str) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| Error::storage(NAME, "read its URL", error))?
            .application_name("guardrail");
        let sidecar = Self::of(options.disable_statement_logging(), 0);
        let found = sqlx::query_scalar("SELECT number FROM guardrail_log WHERE name = $1")
            .bind(name)
            .fetch_optional(&sidecar.pool)
            .await;
        let found: Option<i64> = found.map_err(failed("look for its log"))?;
        let none = || Error::storage(NAME, "look for its log", format!("no log named `{name}`"));
        Ok(Self { log: found.ok_or_else(none)?, ..sidecar })
    }

    /// That of a log that is open.
    pub(super) fn of(options: PgConnectOptions, log: i64) -> Self {
        let pool = PoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(WAIT)
            .connect_lazy_with(options);
        Self { pool, log }
    }
}

/// What is answered is durable, whatever the role's settings say.
async fn durable(on: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT set_config('synchronous_commit', 'on', true)
         WHERE current_setting('synchronous_commit') = 'off'",
    )
    .execute(on)
    .await
    .map(drop)
}

fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| Error::storage(NAME, doing, error)
}

#[async_trait]
impl Sidecar for PostgresSidecar {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let failed = failed("keep");
        let mut on = self.pool.begin().await.map_err(&failed)?;
        durable(&mut on).await.map_err(&failed)?;
        for opening in openings {
            let (request, commitment) = columns(Some(opening.label()));
            sqlx::query(
                "INSERT INTO guardrail_opening (log, request, commitment, place, salt, value)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            )
            .bind(self.log)
            .bind(request)
            .bind(commitment)
            .bind(opening.place().as_bytes())
            .bind(opening.salt().expose().as_slice())
            .bind(opening.expose().as_bytes())
            .execute(&mut *on)
            .await
            .map_err(&failed)?;
        }
        on.commit().await.map_err(failed)
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        let (request, commitment) = columns(Some(*label));
        let found: Option<Columns> = sqlx::query_as(
            "SELECT place, salt, value FROM guardrail_opening
             WHERE log = $1 AND request = $2 AND commitment = $3",
        )
        .bind(self.log)
        .bind(request)
        .bind(commitment)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("open"))?;
        found.map(|found| opening(NAME, label, found)).transpose()
    }

    async fn erase(&self, erased: &[Label]) -> Result<usize, Error> {
        let failed = failed("erase");
        let (requests, commitments): (Vec<String>, Vec<String>) =
            erased.iter().map(|label| columns(Some(*label))).unzip();
        let mut on = self.pool.begin().await.map_err(&failed)?;
        durable(&mut on).await.map_err(&failed)?;
        let done = sqlx::query(
            "DELETE FROM guardrail_opening WHERE log = $1 AND (request, commitment) IN (
                 SELECT request, commitment FROM unnest($2::text[], $3::text[])
                     AS erased (request, commitment))",
        )
        .bind(self.log)
        .bind(requests)
        .bind(commitments)
        .execute(&mut *on)
        .await
        .map_err(&failed)?;
        on.commit().await.map_err(failed)?;
        let count = done.rows_affected();
        if count > 0 {
            // PostgreSQL warns where the role does not own the table; autovacuum comes in its time.
            let vacuumed = sqlx::query("VACUUM guardrail_opening").execute(&self.pool).await;
            if let Err(error) = vacuumed {
                tracing::warn!(%error, "the table of redacted values was not vacuumed");
            }
        }
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        let (request, commitment) = columns(after);
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT request, commitment FROM guardrail_opening
             WHERE log = $1 AND (request, commitment) > ($2, $3)
             ORDER BY request, commitment LIMIT $4",
        )
        .bind(self.log)
        .bind(request)
        .bind(commitment)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list"))?;
        labels(NAME, &rows)
    }
}
