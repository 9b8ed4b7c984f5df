//! The sidecar of a log, as a person names it.

use std::path::Path;
use std::sync::Arc;

use guardrail_core::audit::AuditRecord;
use guardrail_core::audit::sidecar::{self, Checked, Fate, FolderSidecar, Ledger, Said, Sidecar};
use guardrail_core::model::RequestId;
use guardrail_sql::{PostgresSidecar, SqliteSidecar};
use tokio::runtime::Runtime;

use crate::args::Place;
use crate::error::Error;
use crate::source::Kind;
use crate::writer::runtime;

/// Names the table in the log's own database.
const TABLE: &str = "table";

/// Opens the sidecar of this log: a folder, or the table in the log's database.
pub(crate) async fn open(
    kind: Kind,
    place: &Place,
    sidecar: Option<&str>,
) -> Result<Arc<dyn Sidecar>, Error> {
    let Place { log, name, .. } = place;
    match (sidecar.unwrap_or(TABLE), kind) {
        (TABLE, Kind::Postgres) => {
            Ok(Arc::new(PostgresSidecar::connect(log, name).await.map_err(failed)?))
        }
        (TABLE, Kind::Sqlite) => {
            Ok(Arc::new(SqliteSidecar::open(log, name).await.map_err(failed)?))
        }
        (TABLE, Kind::Folder) if sidecar.is_none() => Err(Error::WhichSidecar),
        (TABLE, Kind::Folder | Kind::Input | Kind::Exported) => Err(Error::NoSidecar),
        // Looked at first: a folder that is misspelt would be made.
        (folder, _) if !Path::new(folder).is_dir() => Err(Error::NoSidecar),
        (folder, _) => Ok(Arc::new(FolderSidecar::open(folder).await.map_err(failed)?)),
    }
}

fn failed(why: sidecar::Error) -> Error {
    Error::Sidecar { why }
}

/// A sidecar beside what was read of its log.
pub(crate) struct Beside {
    runtime: Runtime,
    sidecar: Arc<dyn Sidecar>,
    ledger: Ledger,
}

impl Beside {
    pub(crate) fn open(kind: Kind, place: &Place, sidecar: &str) -> Result<Self, Error> {
        let runtime = runtime()?;
        let sidecar = runtime.block_on(open(kind, place, Some(sidecar)))?;
        Ok(Self { runtime, sidecar, ledger: Ledger::new() })
    }

    /// Hears a record of the log.
    pub(crate) fn hear(&mut self, record: &AuditRecord) {
        self.ledger.hear(record);
    }

    /// What became of every redacted value.
    pub(crate) fn check(&self) -> Result<Checked, Error> {
        self.runtime.block_on(self.ledger.check(&*self.sidecar)).map_err(failed)
    }

    /// What became of the redacted values of a request.
    pub(crate) fn values(&self, request: RequestId) -> Result<Vec<(&Said, Fate)>, Error> {
        let mut values = Vec::new();
        for (label, said) in self.ledger.of(request) {
            let found = self.runtime.block_on(self.ledger.look(&*self.sidecar, label));
            values.push((said, found.map_err(failed)?));
        }
        Ok(values)
    }
}
