//! A log that is opened to write one record into it.

use std::path::Path;

use guardrail_core::audit::{self, AuditLog, FileLog};
use guardrail_sql::{PostgresLog, Reader, Settings, SqliteLog};
use tokio::runtime::{Builder, Runtime};

use crate::args::Place;
use crate::error::Error;
use crate::source::{self, Kind};

/// The key that signs the heads of a log in files, where it lies beside the log.
const KEY: &str = "key";

/// What a log that is written lives in.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    let built = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    built.map_err(|why| Error::Read { place: "the runtime".to_owned(), why })
}

/// Opens the log to write, does this with it, and closes it. No log is made where none is.
pub(crate) async fn with<T>(
    kind: Kind,
    place: &Place,
    work: impl AsyncFnOnce(&dyn AuditLog) -> Result<T, Error>,
) -> Result<T, Error> {
    let Place { log, name, .. } = place;
    // The programs that use a log in a database sign its heads, by a key that need not be here.
    let settings = Settings::new().name(name).map(Settings::unsigned);
    let settings =
        settings.map_err(|why| Error::Writer(audit::Error::storage("log", "take its name", why)));
    match kind {
        Kind::Folder => {
            let log = files(Path::new(log)).await?;
            let done = work(&log).await;
            log.close().await;
            done
        }
        Kind::Sqlite => {
            there(Reader::sqlite(log, name).await).await?;
            let log = SqliteLog::open_with(log, settings?).await.map_err(Error::Writer)?;
            let done = work(&log).await;
            log.close().await;
            done
        }
        Kind::Postgres => {
            there(Reader::postgres(log, name).await).await?;
            let log = PostgresLog::connect_with(log, settings?).await.map_err(Error::Writer)?;
            let done = work(&log).await;
            log.close().await;
            done
        }
        Kind::Input => Err(Error::ReadOnly("standard input".to_owned())),
        Kind::Exported => Err(Error::ReadOnly(log.clone())),
    }
}

/// Fails where the database holds no log of this name: to open it would make it.
async fn there(found: Result<Reader, audit::Error>) -> Result<(), Error> {
    let place = "the database".to_owned();
    found.map_err(|why| Error::Database { place, why })?.close().await;
    Ok(())
}

/// Opens files to write. Where their key lies elsewhere, nobody signs here: the program that has it
/// will, and a key of our own would be one nobody believes.
async fn files(folder: &Path) -> Result<FileLog, Error> {
    // Fails where there is no log: none is made by looking for one.
    drop(source::open(&folder.display().to_string(), "")?);
    let setup = FileLog::setup(folder);
    let setup = if folder.join(KEY).exists() { setup } else { setup.unsigned() };
    setup.open().await.map_err(|why| match why {
        audit::Error::InUse { .. } => Error::InUse { place: folder.display().to_string(), why },
        why => Error::Writer(why),
    })
}
