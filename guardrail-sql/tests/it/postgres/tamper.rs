//! A PostgreSQL database in the hands of its superuser.

use std::sync::Arc;

use guardrail_core::model::Sequence;
use guardrail_sql::{PostgresLog, Reader};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;
use crate::tamper::{self, Owned};

struct Database {
    server: Arc<Postgres>,
    owner: Option<PgConnection>,
    reader: Option<Reader>,
}

impl Database {
    fn url(&self) -> String {
        self.server.url("tamper")
    }

    async fn leave(&mut self) {
        self.reader = None;
        if let Some(owner) = self.owner.take() {
            owner.close().await.unwrap();
        }
    }

    /// A statement to the server, as soon as nobody has the database open any more.
    async fn admin(&mut self, statement: &str) {
        self.leave().await;
        let mut admin = PgConnection::connect(&self.server.url("postgres")).await.unwrap();
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname IN ('tamper', 'tamper_copy')";
        for _ in 0..100 {
            sqlx::raw_sql(end).execute(&mut admin).await.unwrap();
            if sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.is_ok() {
                return;
            }
            // A sleep: nothing tells when a session is over.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{statement}");
    }
}

#[async_trait::async_trait]
impl Owned for Database {
    type Log = PostgresLog;

    async fn open(&mut self) -> PostgresLog {
        self.leave().await;
        PostgresLog::connect(&self.url()).await.unwrap()
    }

    async fn close(&mut self, log: PostgresLog) {
        log.close().await;
    }

    async fn back_up(&mut self) {
        self.admin("CREATE DATABASE tamper_copy TEMPLATE tamper").await;
    }

    async fn restore(&mut self) {
        self.admin("DROP DATABASE tamper").await;
        self.admin("CREATE DATABASE tamper TEMPLATE tamper_copy").await;
    }

    async fn lines(&mut self, after: u64, limit: u32) -> Vec<String> {
        if self.reader.is_none() {
            self.reader = Some(Reader::postgres(&self.url(), "main").await.unwrap());
        }
        let lines = self.reader.as_mut().unwrap().lines(Sequence::new(after), limit).await;
        lines.unwrap().into_iter().map(|(_, line)| line).collect()
    }

    async fn execute(&mut self, statement: &str) {
        if self.owner.is_none() {
            let mut owner = PgConnection::connect(&self.url()).await.unwrap();
            // No trigger fires for a replica.
            let rules = "SET session_replication_role = replica";
            sqlx::raw_sql(rules).execute(&mut owner).await.unwrap();
            self.owner = Some(owner);
        }
        let owner = self.owner.as_mut().unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(owner).await.unwrap();
    }
}

#[tokio::test]
async fn whatever_its_owner_changes_is_found_or_named() {
    let Some(server) = server::server() else { return };
    let mut database = Database { server, owner: None, reader: None };
    database.admin("CREATE DATABASE tamper").await;
    tamper::check(&mut database).await;
}
