//! Opens the log of a child, whichever it is, where the process may end in the midst of it.

use std::sync::Arc;
use std::time::Duration;

use guardrail::AuditLog;
use guardrail::audit::FileLog;
use guardrail::audit::file::Disk;
use guardrail::audit::proof::FileSigner;
use guardrail_sql::{PostgresLog, Settings, SqliteLog};

use crate::child::doom::Path;
use crate::child::mortal::MortalFolder;
use crate::nest::Nest;

/// `site` as [`Site::text`](crate::site::Site::text) has it.
pub(crate) async fn open(site: &str, nest: &Nest, path: &Path) -> Arc<dyn AuditLog> {
    let on_the_way = path.clone();
    let settings = Settings::new().steps(Arc::new(move |step| on_the_way.pass(step)));
    match site {
        "files" => {
            let disk = MortalFolder::new(Disk::open(&nest.log()).unwrap(), path.clone());
            // Heads often and small files, so that every life passes the steps of both. The key is
            // the one of the log's own default, with which the parent opens it.
            let signer = FileSigner::open(nest.log().join("key")).unwrap();
            let log = FileLog::setup_in(Arc::new(disk))
                .signer(signer)
                .checkpoints(5, Duration::from_secs(1))
                .segments(12 * 1024, Duration::from_secs(3600))
                .without_ticker();
            Arc::new(log.open().await.unwrap())
        }
        "sqlite" => {
            let file = nest.log().join("log.db");
            Arc::new(SqliteLog::open_with(file, settings).await.unwrap())
        }
        url => Arc::new(PostgresLog::connect_with(url, settings).await.unwrap()),
    }
}
