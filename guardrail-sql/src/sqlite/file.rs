//! The file of a log, for its owner alone, and its tables.

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guardrail_core::audit::Error;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use tokio::time::Instant;

use crate::log::engine::Engine as _;
use crate::schema::{Migration, missing};
use crate::sqlite::engine::Sqlite;

/// The tables, the rules over them, and what stands beside a log.
const MIGRATIONS: &[Migration] = &[concat!(
    include_str!("../../migrations/sqlite/0001/tables.sql"),
    include_str!("../../migrations/sqlite/0001/rules.sql"),
    include_str!("../../migrations/sqlite/0001/beside.sql"),
)];

/// How long SQLite itself waits for another process that writes.
const BUSY: Duration = Duration::from_secs(2);

/// The pause before a file that another process is making is opened again.
const PAUSE: Duration = Duration::from_millis(10);

/// Connections that read.
const READERS: u32 = 4;

/// Opens the file, and brings its tables up to date.
pub(super) async fn open(path: &Path, own_clock: bool) -> Result<Sqlite, Error> {
    let name = Sqlite::NAME;
    prepare(path)?;
    let options = options(path);
    let failed = |error: sqlx::Error| {
        Error::storage(name, "open its file", format!("`{}`: {error}", path.display()))
    };
    let deadline = Instant::now() + BUSY;
    let mut connection = loop {
        match options.connect().await {
            // SQLite does not wait for another process that changes the same file to WAL.
            Err(error) if Sqlite::is_passing(&error) && Instant::now() < deadline => {
                tokio::time::sleep(PAUSE).await;
            }
            connected => break connected.map_err(failed)?,
        }
    };
    migrate(&mut connection)
        .await
        .map_err(|error| Error::storage(name, "make its tables", error))?;
    connection.close().await.map_err(failed)?;
    let pool = PoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        .test_before_acquire(false)
        .connect_lazy_with(options.clone());
    Ok(Sqlite::new(options, pool, own_clock))
}

/// How every connection to the file is made.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .disable_statement_logging()
}

/// Held while a file is made: nobody of this process has it open then.
static MAKING: Mutex<()> = Mutex::new(());

/// Makes the file for its owner alone: what is in it is nobody else's to read or write. A file that
/// is there is not opened: to close it would give up all locks this process has on it
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
fn prepare(path: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        let why = format!("`{}`: {error}", path.display());
        Error::storage(Sqlite::NAME, "make its file", std::io::Error::new(error.kind(), why))
    };
    if path.is_dir() {
        let why = "it is a folder, and this log is a file".to_owned();
        return Err(failed(std::io::Error::new(ErrorKind::IsADirectory, why)));
    }
    let (mut file, mut folder) = (OpenOptions::new(), DirBuilder::new());
    file.write(true).create_new(true);
    folder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        file.mode(0o600);
        folder.mode(0o700);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.create(parent).map_err(failed)?;
    }
    let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    match file.open(path) {
        Ok(made) => drop(made),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    drop(making);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o002 != 0 {
            let place = path.display().to_string().into();
            let why = "everyone may write it; take that right away: chmod o-w".into();
            return Err(Error::Unsafe { log: Sqlite::NAME, place, why });
        }
    }
    Ok(())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS guardrail_schema (version INTEGER NOT NULL) STRICT")
        .execute(&mut *connection)
        .await?;
    let found = sqlx::query("SELECT coalesce(max(version), 0) FROM guardrail_schema")
        .fetch_one(&mut *connection)
        .await?
        .try_get::<i64, _>(0)?;
    for (version, statements) in missing(MIGRATIONS, found)? {
        sqlx::raw_sql(statements).execute(&mut *connection).await?;
        sqlx::query("INSERT INTO guardrail_schema (version) VALUES (?1)")
            .bind(version)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
