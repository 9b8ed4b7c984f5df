//! One file, several writers and several logs.

use guardrail_sql::{Settings, SqliteLog};
use tempfile::TempDir;

use crate::shared::{self, Place};

struct File(TempDir);

#[async_trait::async_trait]
impl Place for File {
    type Log = SqliteLog;

    async fn open(&self, name: &str) -> SqliteLog {
        let settings = Settings::new().name(name).unwrap();
        SqliteLog::open_with(self.0.path().join("log.db"), settings).await.unwrap()
    }

    async fn close(&self, log: SqliteLog) {
        log.close().await;
    }
}

#[tokio::test]
async fn two_write_one_log() {
    shared::two_write_one_log(&File(TempDir::new().unwrap())).await;
}

#[tokio::test]
async fn what_one_starts_is_orphaned_when_it_leaves() {
    shared::what_one_starts_is_orphaned_when_it_leaves(&File(TempDir::new().unwrap())).await;
}

#[tokio::test]
async fn two_logs_share_a_database() {
    shared::two_logs_share_a_database(&File(TempDir::new().unwrap())).await;
}
