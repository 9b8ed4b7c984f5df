//! An SQLite file in the hands of its owner.

use std::path::PathBuf;

use guardrail_core::model::Sequence;
use guardrail_sql::{Reader, SqliteLog};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::tamper::{self, Owned};

struct File {
    root: TempDir,
    owner: Option<SqliteConnection>,
    reader: Option<Reader>,
}

impl File {
    fn path(&self) -> PathBuf {
        self.root.path().join("log.db")
    }

    fn copy(&self) -> PathBuf {
        self.root.path().join("copy.db")
    }

    /// The owner, who has dropped all triggers.
    async fn owner(&mut self) -> &mut SqliteConnection {
        if self.owner.is_none() {
            let url = format!("sqlite://{}", self.path().display());
            let mut owner = SqliteConnection::connect(&url).await.unwrap();
            // Nothing here survives a loss of power, which no test has.
            sqlx::raw_sql("PRAGMA synchronous = OFF").execute(&mut owner).await.unwrap();
            let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
            let triggers: Vec<String> =
                sqlx::query_scalar(triggers).fetch_all(&mut owner).await.unwrap();
            for trigger in triggers {
                let drop = AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
                sqlx::raw_sql(drop).execute(&mut owner).await.unwrap();
            }
            self.owner = Some(owner);
        }
        self.owner.as_mut().unwrap()
    }

    async fn leave(&mut self) {
        self.reader = None;
        if let Some(owner) = self.owner.take() {
            owner.close().await.unwrap();
        }
    }
}

#[async_trait::async_trait]
impl Owned for File {
    type Log = SqliteLog;

    async fn open(&mut self) -> SqliteLog {
        self.leave().await;
        SqliteLog::open(self.path()).await.unwrap()
    }

    async fn close(&mut self, log: SqliteLog) {
        log.close().await;
    }

    async fn back_up(&mut self) {
        self.leave().await;
        std::fs::copy(self.path(), self.copy()).unwrap();
    }

    async fn restore(&mut self) {
        self.leave().await;
        for beside in ["log.db-wal", "log.db-shm"] {
            // Where the last connection has taken them along they are not there.
            let _ = std::fs::remove_file(self.root.path().join(beside));
        }
        std::fs::copy(self.copy(), self.path()).unwrap();
    }

    async fn lines(&mut self, after: u64, limit: u32) -> Vec<String> {
        if self.reader.is_none() {
            self.reader = Some(Reader::sqlite(self.path(), "main").await.unwrap());
        }
        let lines = self.reader.as_mut().unwrap().lines(Sequence::new(after), limit).await;
        lines.unwrap().into_iter().map(|(_, line)| line).collect()
    }

    async fn execute(&mut self, statement: &str) {
        let owner = self.owner().await;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(owner).await.unwrap();
    }
}

#[tokio::test]
async fn whatever_its_owner_changes_is_found_or_named() {
    let root = TempDir::new().unwrap();
    tamper::check(&mut File { root, owner: None, reader: None }).await;
}
