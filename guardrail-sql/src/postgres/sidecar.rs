//! Redacted values in a table beside the log's, in the same database.

use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::sidecar::{Error, Label, Opening, Sidecar};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgPool, PgTransaction};

use crate::opening::{Columns, ERASED, columns, labels, opening};
use crate::postgres::address::options;
use crate::postgres::place::{Place, PlaceError};

const NAME: &str = "PostgreSQL sidecar";

/// Connections, and how long one is waited for.
const CONNECTIONS: u32 = 4;
const WAIT: Duration = Duration::from_secs(5);

/// How long a question that changes nothing may take, and the table be vacuumed.
const PATIENCE: Duration = Duration::from_secs(8);

/// A table in the database of a [`PostgresLog`](crate::PostgresLog) that keeps what redacted values
/// were.
///
/// Erasing empties the rows, durably, and has the table vacuumed where the role owns it: from then on
/// nobody finds what was in them by SQL. What is still on its way to be kept then is not kept. It does not reach bytes in pages that PostgreSQL has not used again
/// (`VACUUM FULL guardrail_opening` writes the table anew without them), the write-ahead log and its
/// archive, replicas, and backups: those go with the time they are kept for.
#[derive(Clone, Debug)]
pub struct PostgresSidecar {
    pool: PgPool,
    place: Place,
    log: i64,
}

impl PostgresSidecar {
    /// The sidecar of the log of this name, in the database of this URL.
    ///
    /// # Errors
    /// When the database cannot be reached or read, or holds no log of this name.
    pub async fn connect(url: &str, name: &str) -> Result<Self, Error> {
        let options = options(url).map_err(|error| Error::storage(NAME, "use its URL", error))?;
        let pool = pool(options);
        let looked = async {
            let mut on = pool.acquire().await.map_err(PlaceError::from)?;
            let place = Place::find(&mut on).await?;
            let log = place.sql("SELECT number FROM guardrail_log WHERE name = $1");
            let log = sqlx::query_scalar(log).bind(name).fetch_optional(&mut *on).await?;
            Ok::<_, PlaceError>((place, log))
        };
        let (place, log) =
            looked.await.map_err(|error| Error::storage(NAME, "look for its log", error))?;
        let none = || Error::storage(NAME, "look for its log", format!("no log named `{name}`"));
        Ok(Self { pool, place, log: log.ok_or_else(none)? })
    }

    /// That of a log that is open.
    pub(super) fn of(options: PgConnectOptions, place: Place, log: i64) -> Self {
        Self { pool: pool(options), place, log }
    }
}

fn pool(options: PgConnectOptions) -> PgPool {
    PoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(WAIT).connect_lazy_with(options)
}

/// A transaction that holds nobody up for long. What is answered is durable, whatever the role's
/// settings say.
async fn begin(pool: &PgPool) -> Result<PgTransaction<'static>, sqlx::Error> {
    let mut on = pool.begin().await?;
    sqlx::raw_sql(
        "SET LOCAL lock_timeout = '3s';
         SET LOCAL statement_timeout = '8s';
         SET LOCAL idle_in_transaction_session_timeout = '10s';
         SELECT set_config('synchronous_commit', 'on', true)
         WHERE current_setting('synchronous_commit') = 'off'",
    )
    .execute(&mut *on)
    .await?;
    Ok(on)
}

/// A database that answers nothing is not waited for.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(PATIENCE, asked).await.map_err(late)?
}

/// The bytes of rows that were emptied go sooner. PostgreSQL warns where the role does not own the
/// table; autovacuum comes in its time.
async fn vacuum(pool: &PgPool, place: &Place) -> Result<(), sqlx::Error> {
    let mut on = pool.acquire().await?;
    sqlx::raw_sql("SET statement_timeout = '5s'").execute(&mut *on).await?;
    let vacuumed = sqlx::query(place.sql("VACUUM guardrail_opening")).execute(&mut *on).await;
    sqlx::raw_sql("RESET statement_timeout").execute(&mut *on).await?;
    vacuumed.map(drop)
}

fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| Error::storage(NAME, doing, error)
}

#[async_trait]
impl Sidecar for PostgresSidecar {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let failed = failed("keep");
        let mut on = begin(&self.pool).await.map_err(&failed)?;
        // In one order: none waits for another that waits for it.
        let mut openings: Vec<&Opening> = openings.iter().collect();
        openings.sort_unstable_by_key(|opening| opening.label());
        for opening in openings {
            let (request, commitment) = columns(Some(opening.label()));
            let kept = sqlx::query(self.place.sql(
                "INSERT INTO guardrail_opening (log, request, commitment, place, salt, value)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            ))
            .bind(self.log)
            .bind(&request)
            .bind(&commitment)
            .bind(opening.place().as_bytes())
            .bind(opening.salt().expose().as_slice())
            .bind(opening.expose().as_bytes())
            .execute(&mut *on)
            .await
            .map_err(&failed)?;
            if kept.rows_affected() == 0 {
                let is_there: bool = sqlx::query_scalar(self.place.sql(
                    "SELECT value IS NOT NULL FROM guardrail_opening
                     WHERE log = $1 AND request = $2 AND commitment = $3",
                ))
                .bind(self.log)
                .bind(&request)
                .bind(&commitment)
                .fetch_one(&mut *on)
                .await
                .map_err(&failed)?;
                if !is_there {
                    return Err(Error::storage(NAME, "keep", ERASED));
                }
            }
        }
        on.commit().await.map_err(failed)
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        let (request, commitment) = columns(Some(*label));
        let found = sqlx::query_as::<_, Columns>(self.place.sql(
            "SELECT place, salt, value FROM guardrail_opening
             WHERE log = $1 AND request = $2 AND commitment = $3 AND value IS NOT NULL",
        ))
        .bind(self.log)
        .bind(request)
        .bind(commitment);
        let found = in_time(found.fetch_optional(&self.pool)).await.map_err(failed("open"))?;
        found.map(|found| opening(NAME, label, found)).transpose()
    }

    async fn erase(&self, erased: &[Label]) -> Result<usize, Error> {
        let failed = failed("erase");
        let mut erased = erased.to_vec();
        erased.sort_unstable();
        let (requests, commitments): (Vec<String>, Vec<String>) =
            erased.iter().map(|label| columns(Some(*label))).unzip();
        let mut on = begin(&self.pool).await.map_err(&failed)?;
        // First a row for each that is not there, or not yet: this waits for who is keeping one.
        sqlx::query(self.place.sql(
            "INSERT INTO guardrail_opening (log, request, commitment)
             SELECT $1, request, commitment FROM unnest($2::text[], $3::text[])
                 AS erased (request, commitment)
             ON CONFLICT DO NOTHING",
        ))
        .bind(self.log)
        .bind(&requests)
        .bind(&commitments)
        .execute(&mut *on)
        .await
        .map_err(&failed)?;
        let done = sqlx::query(self.place.sql(
            "UPDATE guardrail_opening SET place = NULL, salt = NULL, value = NULL
             WHERE log = $1 AND value IS NOT NULL AND (request, commitment) IN (
                 SELECT request, commitment FROM unnest($2::text[], $3::text[])
                     AS erased (request, commitment))",
        ))
        .bind(self.log)
        .bind(requests)
        .bind(commitments)
        .execute(&mut *on)
        .await
        .map_err(&failed)?;
        on.commit().await.map_err(failed)?;
        // Also where nothing was left to erase: who did it may have come no further.
        if !erased.is_empty()
            && let Err(error) = in_time(vacuum(&self.pool, &self.place)).await
        {
            tracing::warn!(%error, "the table of redacted values was not vacuumed");
        }
        Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        let (request, commitment) = columns(after);
        let rows = sqlx::query_as::<_, (String, String)>(self.place.sql(
            "SELECT request, commitment FROM guardrail_opening
             WHERE log = $1 AND value IS NOT NULL AND (request, commitment) > ($2, $3)
             ORDER BY request, commitment LIMIT $4",
        ))
        .bind(self.log)
        .bind(request)
        .bind(commitment)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = in_time(rows.fetch_all(&self.pool)).await.map_err(failed("list"))?;
        labels(NAME, &rows)
    }
}
