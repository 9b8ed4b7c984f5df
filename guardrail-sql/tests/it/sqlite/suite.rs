//! It keeps the contract of an audit log, and outlives its process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use guardrail_conformance::audit_log::AuditLogFactory;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::AuditLog;
use guardrail_core::model::LogId;
use guardrail_sql::{Settings, SqliteLog};
use tempfile::TempDir;

/// Logs in files of one folder.
struct Files {
    root: TempDir,
    made: AtomicU64,
    files: Mutex<HashMap<LogId, PathBuf>>,
}

impl Files {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap(), made: AtomicU64::new(0), files: Mutex::default() }
    }
}

#[async_trait::async_trait]
impl AuditLogFactory for Files {
    type Log = SqliteLog;

    async fn fresh(&self, clock: Arc<ManualClock>) -> SqliteLog {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let file = self.root.path().join(made.to_string()).join("log.db");
        let settings = Settings::new().clock(clock).entropy(Arc::new(SeededEntropy::new(made)));
        let log = SqliteLog::open_with(&file, settings).await.unwrap();
        self.files.lock().unwrap().insert(log.id(), file);
        log
    }

    async fn reopen(&self, log: SqliteLog, clock: Arc<ManualClock>) -> Option<SqliteLog> {
        let file = self.files.lock().unwrap()[&log.id()].clone();
        log.close().await;
        Some(SqliteLog::open_with(file, Settings::new().clock(clock)).await.unwrap())
    }
}

guardrail_conformance::audit_log_suite!(Files::new());
