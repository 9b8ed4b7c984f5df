//! Redacted values in a table beside the log's, in the same file.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::sidecar::{Error, Label, Opening, Sidecar};
use sqlx::SqlitePool;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::opening::{Columns, ERASED, columns, labels, opening};
use crate::sqlite::file;

const NAME: &str = "SQLite sidecar";

/// Connections, and how long one is waited for.
const CONNECTIONS: u32 = 2;
const WAIT: Duration = Duration::from_secs(5);

/// How often the write-ahead log is tried to be emptied; each try waits two seconds for readers.
const TRIES: usize = 4;

/// A table in the file of an [`SqliteLog`](crate::SqliteLog) that keeps what redacted values were.
///
/// Erasing overwrites salt and value in their place, leaves a row by which what is still on its way to
/// be kept is refused, empties the write-ahead log into the file
/// (`wal_checkpoint(TRUNCATE)`) and syncs both: no byte is left in the file, its `-wal` or its
/// `-shm`. It waits for readers, and fails where one holds on for longer than some seconds: then it
/// is to be done again. It does not reach copies of the file (backups, snapshots), and blocks the
/// file system has given back when the write-ahead log was cut.
#[derive(Clone, Debug)]
pub struct SqliteSidecar {
    pool: SqlitePool,
    options: SqliteConnectOptions,
    log: i64,
}

impl SqliteSidecar {
    /// The sidecar of the log of this name, in a file that is there.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no log of this name.
    pub async fn open(path: impl AsRef<Path>, name: &str) -> Result<Self, Error> {
        let sidecar = Self::of(file::options(path.as_ref()), 0);
        let found = sqlx::query_scalar("SELECT number FROM guardrail_log WHERE name = ?1")
            .bind(name)
            .fetch_optional(&sidecar.pool)
            .await;
        let found: Option<i64> = found.map_err(failed("look for its log"))?;
        let none = || Error::storage(NAME, "look for its log", format!("no log named `{name}`"));
        Ok(Self { log: found.ok_or_else(none)?, ..sidecar })
    }

    /// That of a log that is open.
    pub(super) fn of(options: SqliteConnectOptions, log: i64) -> Self {
        // Whoever deletes rows all the same leaves zeroes behind.
        let options = options.pragma("secure_delete", "ON");
        let pool = PoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(WAIT)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone());
        Self { pool, options, log }
    }

    /// Moves everything from the write-ahead log into the file, and leaves nothing in it.
    async fn empty_log(&self) -> Result<(), Error> {
        for _ in 0..TRIES {
            let done = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool);
            let (is_busy, _, _): (i64, i64, i64) = done.await.map_err(failed("erase"))?;
            if is_busy == 0 {
                return self.sync_log().await;
            }
        }
        let why = "others read the file all the time, so its write-ahead log could not be emptied";
        Err(Error::storage(NAME, "erase", why))
    }

    /// Makes durable that the write-ahead log is empty. No lock stands on it that closing it would
    /// give up.
    async fn sync_log(&self) -> Result<(), Error> {
        let mut path = self.options.get_filename().as_os_str().to_owned();
        path.push("-wal");
        let synced = tokio::task::spawn_blocking(move || match File::open(path) {
            Ok(log) => log.sync_all(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        });
        let synced = synced.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        synced.map_err(|error| Error::storage(NAME, "erase", error))
    }
}

fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| Error::storage(NAME, doing, error)
}

#[async_trait]
impl Sidecar for SqliteSidecar {
    async fn keep(&self, openings: &[Opening]) -> Result<(), Error> {
        let failed = failed("keep");
        let mut on = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(&failed)?;
        for opening in openings {
            let (request, commitment) = columns(Some(opening.label()));
            let kept = sqlx::query(
                "INSERT INTO guardrail_opening (log, request, commitment, place, salt, value)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (log, request, commitment) DO UPDATE SET erased = 0 WHERE erased = 0",
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
            if kept.rows_affected() == 0 {
                return Err(Error::storage(NAME, "keep", ERASED));
            }
        }
        on.commit().await.map_err(failed)
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, Error> {
        let (request, commitment) = columns(Some(*label));
        let found: Option<Columns> = sqlx::query_as(
            "SELECT place, salt, value FROM guardrail_opening
             WHERE log = ?1 AND request = ?2 AND commitment = ?3 AND erased = 0",
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
        let mut on = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(&failed)?;
        let mut count = 0_u64;
        for label in erased {
            let (request, commitment) = columns(Some(*label));
            // As many bytes as before: SQLite then writes where they stand.
            let done = sqlx::query(
                "UPDATE guardrail_opening
                 SET erased = 1, salt = zeroblob(length(salt)), value = zeroblob(length(value))
                 WHERE log = ?1 AND request = ?2 AND commitment = ?3 AND erased = 0",
            )
            .bind(self.log)
            .bind(&request)
            .bind(&commitment)
            .execute(&mut *on)
            .await
            .map_err(&failed)?;
            sqlx::query(
                "INSERT INTO guardrail_opening (log, request, commitment, erased, place, salt, value)
                 VALUES (?1, ?2, ?3, 1, zeroblob(0), zeroblob(32), zeroblob(0))
                 ON CONFLICT (log, request, commitment) DO NOTHING",
            )
            .bind(self.log)
            .bind(&request)
            .bind(&commitment)
            .execute(&mut *on)
            .await
            .map_err(&failed)?;
            count = count.saturating_add(done.rows_affected());
        }
        on.commit().await.map_err(failed)?;
        // Also where nothing was left to erase: who did it may have come no further.
        if !erased.is_empty() {
            self.empty_log().await?;
        }
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, Error> {
        let (request, commitment) = columns(after);
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT request, commitment FROM guardrail_opening
             WHERE log = ?1 AND (request, commitment) > (?2, ?3) AND erased = 0
             ORDER BY request, commitment LIMIT ?4",
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
