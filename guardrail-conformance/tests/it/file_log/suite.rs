//! The log in files keeps the contract of an audit log, and outlives its process.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guardrail_conformance::audit_log::AuditLogFactory;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::{AuditLog, FileLog};
use guardrail_core::model::LogId;
use tempfile::TempDir;

/// Logs in folders under one, each named after its log.
struct Files {
    root: TempDir,
    made: AtomicU64,
}

impl Files {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap(), made: AtomicU64::new(0) }
    }

    fn folder(&self, id: LogId) -> PathBuf {
        self.root.path().join(id.to_string())
    }
}

#[async_trait::async_trait]
impl AuditLogFactory for Files {
    type Log = FileLog;

    async fn fresh(&self, clock: Arc<ManualClock>) -> FileLog {
        let made = self.root.path().join("new");
        let entropy = SeededEntropy::new(self.made.fetch_add(1, Ordering::Relaxed));
        let log = FileLog::open_with(&made, clock, &entropy).await.unwrap();
        std::fs::rename(&made, self.folder(log.id())).unwrap();
        log
    }

    async fn reopen(&self, log: FileLog, clock: Arc<ManualClock>) -> Option<FileLog> {
        let folder = self.folder(log.id());
        log.close().await;
        Some(FileLog::open_with(folder, clock, &SeededEntropy::new(99)).await.unwrap())
    }
}

guardrail_conformance::audit_log_suite!(Files::new());
