//! Opens the log of a child, whichever it is, where the process may end in the midst of it.

use std::sync::Arc;

use guardrail::AuditLog;
use guardrail::audit::FileLog;
use guardrail::audit::file::storage::Disk;
use guardrail::clock::{SystemClock, SystemEntropy};
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
            let clock = Arc::new(SystemClock::new());
            Arc::new(FileLog::open_in(Arc::new(disk), clock, &SystemEntropy).await.unwrap())
        }
        "sqlite" => {
            let file = nest.log().join("log.db");
            Arc::new(SqliteLog::open_with(file, settings).await.unwrap())
        }
        url => Arc::new(PostgresLog::connect_with(url, settings).await.unwrap()),
    }
}
