//! Where a chain of lives keeps its log: files, an SQLite file, or a PostgreSQL server.

use std::path::Path as FilePath;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use guardrail::AuditLog;
use guardrail::audit::FileLog;
use guardrail_sql::{PostgresLog, SqliteLog};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::nest::Nest;

/// A kind of log, and where it is.
#[derive(Clone, Debug)]
pub(crate) enum Site {
    /// JSON lines in the nest.
    Files,
    /// A file in the nest.
    Sqlite,
    /// A database of the server.
    Postgres(Arc<Mutex<Postgres>>, String),
}

impl Site {
    /// A new database of the server.
    pub(crate) async fn postgres(server: &Arc<Mutex<Postgres>>) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("kills_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let site = Self::Postgres(Arc::clone(server), name.clone());
        site.admin(&format!("CREATE DATABASE {name}")).await;
        site
    }

    /// As a child is told.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Files => "files".to_owned(),
            Self::Sqlite => "sqlite".to_owned(),
            Self::Postgres(server, name) => server.lock().unwrap().url(name),
        }
    }

    /// Opens a copy of the log, so that the next child meets exactly what the kill left. The copy
    /// of files stands in a folder, which a child that was killed early has not filled.
    pub(crate) async fn copy(&self, nest: &Nest, into: &FilePath) -> Arc<dyn AuditLog> {
        match self {
            Self::Files => {
                copy(&nest.log(), into);
                let log = FileLog::open(into).await;
                Arc::new(log.unwrap_or_else(|error| panic!("it reopens: {error}")))
            }
            Self::Sqlite => {
                copy(&nest.log(), into);
                let log = SqliteLog::open(into.join("log.db")).await;
                Arc::new(log.unwrap_or_else(|error| panic!("it reopens: {error}")))
            }
            Self::Postgres(server, name) => {
                self.admin(&format!("DROP DATABASE IF EXISTS {name}_copy WITH (FORCE)")).await;
                self.admin(&format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await;
                let url = server.lock().unwrap().url(&format!("{name}_copy"));
                let log = PostgresLog::connect(&url).await;
                Arc::new(log.unwrap_or_else(|error| panic!("it reopens: {error}")))
            }
        }
    }

    /// Starts what was taken away.
    pub(crate) fn revive(&self) {
        if let Self::Postgres(server, _) = self {
            server.lock().unwrap().run_again().unwrap();
        }
    }

    /// The copy is of no more use.
    pub(crate) async fn forget_copy(&self) {
        if let Self::Postgres(_, name) = self {
            self.admin(&format!("DROP DATABASE IF EXISTS {name}_copy WITH (FORCE)")).await;
        }
    }

    /// A statement of the superuser, as soon as the server lets it: what a child that was killed
    /// has left behind there ends in its own time.
    async fn admin(&self, statement: &str) {
        let Self::Postgres(server, _) = self else { return };
        let url = server.lock().unwrap().url("postgres");
        let mut said = String::new();
        for _ in 0..600 {
            let tried = async {
                let mut admin = PgConnection::connect(&url).await?;
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.map(drop)
            };
            match tried.await {
                Ok(()) => return,
                Err(error) => said = error.to_string(),
            }
            // A sleep: nothing tells when the last connection of a dead process is gone.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{statement}: {said}");
    }
}

/// Everything but the lock, which went with the process.
fn copy(from: &FilePath, to: &FilePath) {
    std::fs::create_dir_all(to).unwrap();
    // A child that is killed early has made no folder.
    let Ok(names) = std::fs::read_dir(from) else { return };
    for entry in names {
        let entry = entry.unwrap();
        if entry.file_name() != "lock" {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
