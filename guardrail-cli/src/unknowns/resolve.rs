//! `guardrail unknowns resolve`: what a person found out, written into the log itself.

use std::path::Path;

use guardrail_core::audit::{self, AuditLog, FileLog};
use guardrail_core::desk;
use guardrail_core::model::{ApprovalRequest, Found};
use guardrail_sql::{PostgresLog, Settings, SqliteLog};
use serde_json::json;
use tokio::runtime::Builder;

use crate::args::{Finding, Place, Resolve};
use crate::error::Error;
use crate::out::Out;
use crate::source::{self, Kind, kind};

/// The key that signs the heads of a log in files, where it lies beside the log.
const KEY: &str = "key";

pub(crate) fn run(resolve: &Resolve, place: &Place, out: &mut Out) -> Result<(), Error> {
    let kind = kind(&place.log)?;
    let built = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = built.map_err(|why| Error::Read { place: place.log.clone(), why })?;
    let request = runtime.block_on(write(resolve, place, kind))?;
    let (id, found) = (request.id(), found(resolve.found));
    if place.json {
        return out.json(&json!({
            "id": id.to_string(), "by": resolve.by.as_str(), "found": found,
        }));
    }
    out.line(&format!("request {id} is resolved: {found}, says {}", resolve.by))
}

async fn write(resolve: &Resolve, place: &Place, kind: Kind) -> Result<ApprovalRequest, Error> {
    let settings = || {
        let named = Settings::new().name(&place.name);
        // The programs that use the log sign its heads, by a key that need not be here.
        named
            .map(Settings::unsigned)
            .map_err(|why| Error::Writer(audit::Error::storage("log", "take its name", why)))
    };
    match kind {
        Kind::Folder => {
            let log = files(Path::new(&place.log)).await?;
            let resolved = put(resolve, &log).await;
            log.close().await;
            resolved
        }
        Kind::Sqlite => {
            let log = SqliteLog::open_with(&place.log, settings()?).await;
            let log = log.map_err(Error::Writer)?;
            let resolved = put(resolve, &log).await;
            log.close().await;
            resolved
        }
        Kind::Postgres => {
            let log = PostgresLog::connect_with(&place.log, settings()?).await;
            let log = log.map_err(Error::Writer)?;
            let resolved = put(resolve, &log).await;
            log.close().await;
            resolved
        }
        Kind::Input => Err(Error::ReadOnly("standard input".to_owned())),
        Kind::Exported(_) => Err(Error::ReadOnly(place.log.clone())),
    }
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

async fn put(resolve: &Resolve, log: &dyn AuditLog) -> Result<ApprovalRequest, Error> {
    let found = found(resolve.found);
    Ok(desk::resolve(log, resolve.request, &resolve.by, found, &resolve.why).await?)
}

const fn found(finding: Finding) -> Found {
    match finding {
        Finding::Happened => Found::Happened,
        Finding::Not => Found::DidNotHappen,
    }
}
