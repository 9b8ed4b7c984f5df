//! The sealed lines and signed heads of a log, read and nothing else: for programs that verify and export.

#[cfg(feature = "sqlite")]
use std::path::Path;

use guardrail_core::audit::Error;
use guardrail_core::model::Sequence;
use sqlx::{ConnectOptions as _, Connection as _};

#[cfg(feature = "postgres")]
use crate::postgres::Place;

/// Reads the lines and the heads of one log. It writes nothing, takes no lock, and needs no more than the right to
/// read; others go on writing.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    log: i64,
}

#[derive(Debug)]
enum Connection {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlx::SqliteConnection>),
    #[cfg(feature = "postgres")]
    Postgres(Box<sqlx::PgConnection>, Place),
}

const NAME: &str = "SQL reader";

/// Most bytes of one page, but one line.
const BYTES: i64 = 8 * 1024 * 1024;

impl Reader {
    /// Reads the log of this name in an SQLite file that is there.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no log of this name.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(path: impl AsRef<Path>, name: &str) -> Result<Self, Error> {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
        let connected = options.disable_statement_logging().connect().await;
        let mut on = connected.map_err(|error| Error::storage(NAME, "open its file", error))?;
        let found = sqlx::query_scalar("SELECT number FROM guardrail_log WHERE name = ?1")
            .bind(name)
            .fetch_optional(&mut on)
            .await;
        Ok(Self { log: known(found, name)?, connection: Connection::Sqlite(Box::new(on)) })
    }

    /// Reads the log of this name in the PostgreSQL database of this URL.
    ///
    /// # Errors
    /// When the database cannot be reached or read, or holds no log of this name.
    #[cfg(feature = "postgres")]
    pub async fn postgres(url: &str, name: &str) -> Result<Self, Error> {
        let options = crate::postgres::options(url);
        let options = options.map_err(|error| Error::storage(NAME, "use its URL", error))?;
        let connected = options.connect().await;
        let mut on = connected.map_err(|error| Error::unreachable(NAME, "connect", error))?;
        let place = Place::find(&mut on).await;
        let place = place.map_err(|error| Error::storage(NAME, "find its tables", error))?;
        let log = place.sql("SELECT number FROM guardrail_log WHERE name = $1");
        let found = sqlx::query_scalar(log).bind(name).fetch_optional(&mut on).await;
        let log = known(found, name)?;
        Ok(Self { log, connection: Connection::Postgres(Box::new(on), place) })
    }

    /// At most `limit` lines behind `after`, in sequence, and fewer where they are large; none: the
    /// end, for now. A line is given as
    /// it stands in the database, whatever it says of itself.
    ///
    /// # Errors
    /// When the database cannot be read.
    ///
    /// # Cancel safety
    /// Dropped, nothing is lost; the reader should not be used further.
    pub async fn lines(
        &mut self,
        after: Sequence,
        limit: u32,
    ) -> Result<Vec<(Sequence, String)>, Error> {
        let after = i64::try_from(after.get()).unwrap_or(i64::MAX);
        let rows: Result<Vec<(i64, String)>, sqlx::Error> = match &mut self.connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(on) => {
                let lines = sqlx::query_as(crate::sqlite::PAGE);
                let lines = lines.bind(self.log).bind(after).bind(i64::from(limit)).bind(BYTES);
                lines.fetch_all(&mut **on).await
            }
            #[cfg(feature = "postgres")]
            Connection::Postgres(on, place) => {
                let lines = sqlx::query_as(place.sql(crate::postgres::PAGE));
                let lines = lines.bind(self.log).bind(after).bind(i64::from(limit)).bind(BYTES);
                lines.fetch_all(&mut **on).await
            }
        };
        let rows = rows.map_err(|error| Error::storage(NAME, "read", error))?;
        let place = |seq| Sequence::new(u64::try_from(seq).unwrap_or_default());
        Ok(rows.into_iter().map(|(seq, line)| (place(seq), line)).collect())
    }

    /// At most `limit` signed heads behind this size, smallest first, each with its size: the notes
    /// as they stand in the database. None: the end, for now.
    ///
    /// # Errors
    /// When the database cannot be read.
    ///
    /// # Cancel safety
    /// Dropped, nothing is lost; the reader should not be used further.
    pub async fn heads(&mut self, after: u64, limit: u32) -> Result<Vec<(u64, String)>, Error> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let rows: Result<Vec<(i64, String)>, sqlx::Error> = match &mut self.connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(on) => {
                let notes = sqlx::query_as(crate::sqlite::NOTES);
                let notes = notes.bind(self.log).bind(after).bind(i64::from(limit));
                notes.fetch_all(&mut **on).await
            }
            #[cfg(feature = "postgres")]
            Connection::Postgres(on, place) => {
                let notes = sqlx::query_as(place.sql(crate::postgres::NOTES));
                let notes = notes.bind(self.log).bind(after).bind(i64::from(limit));
                notes.fetch_all(&mut **on).await
            }
        };
        let rows = rows.map_err(|error| Error::storage(NAME, "read", error))?;
        let size = |size| u64::try_from(size).unwrap_or_default();
        Ok(rows.into_iter().map(|(covers, note)| (size(covers), note)).collect())
    }

    /// Says goodbye to the database; a reader that is merely dropped hangs up.
    pub async fn close(self) {
        // What was read is read; how the connection ends changes nothing.
        drop(match self.connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(on) => on.close().await,
            #[cfg(feature = "postgres")]
            Connection::Postgres(on, _) => on.close().await,
        });
    }
}

fn known(found: Result<Option<i64>, sqlx::Error>, name: &str) -> Result<i64, Error> {
    let found = found.map_err(|error| Error::storage(NAME, "look for its log", error))?;
    found.ok_or_else(|| {
        Error::storage(NAME, "look for its log", format!("there is no log named `{name}`"))
    })
}
