//! The log in PostgreSQL beside the model. In a crash all connections are cut and the writer goes
//! without a farewell, as with the death of the process.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_conformance::machine::{Broken, Loss, Mishap, Runs, Site, run};
use guardrail_core::audit::Error;
use guardrail_sql::{PostgresLog, Settings};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;
use crate::fuse::Fuse;

/// A log in one of two databases: a crash cuts all connections of its database, and two sequences
/// run at a time.
struct Database {
    url: String,
    name: String,
    fuse: Fuse,
}

async fn execute(url: &str, statement: &str) -> Result<(), sqlx::Error> {
    let mut on = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut on).await?;
    on.close().await
}

/// Ends all sessions of this database, and returns when they are over.
async fn cut(url: &str) -> Result<(), sqlx::Error> {
    let mut on = PgConnection::connect(url).await?;
    let cut: Vec<i32> = sqlx::query_scalar(
        "SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .fetch_all(&mut on)
    .await?;
    let end = "SELECT pg_terminate_backend(pid) FROM unnest($1) AS pid";
    sqlx::query(end).bind(&cut).execute(&mut on).await?;
    let left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)";
    while sqlx::query_scalar::<_, i64>(left).bind(&cut).fetch_one(&mut on).await? > 0 {
        // A sleep: nothing tells when a session is over.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    on.close().await
}

impl Database {
    fn new(server: &Postgres, seed: u64) -> Self {
        let url = server.url(&format!("machine_{}", seed % 2));
        Self { url, name: server::name(), fuse: Fuse::default() }
    }
}

#[async_trait::async_trait]
impl Site for Database {
    type Log = PostgresLog;

    async fn open(&mut self, clock: Arc<ManualClock>) -> Result<PostgresLog, Error> {
        if self.fuse.is_blown() {
            self.fuse = Fuse::default();
        }
        let settings = Settings::new().name(&self.name).unwrap().clock(clock);
        let log = PostgresLog::connect_with(&self.url, self.fuse.on(settings)).await?;
        // This process goes on: what was it before is only silent.
        let silence = format!(
            "UPDATE guardrail_writer AS old SET beat = beat - 60000000
             FROM guardrail_log WHERE log = number AND name = '{}' AND writer <
                 (SELECT max(writer) FROM guardrail_writer AS new WHERE new.log = old.log)",
            self.name
        );
        execute(&self.url, &silence).await.unwrap();
        Ok(log)
    }

    fn is_durable(&self) -> bool {
        true
    }

    async fn close(&mut self, log: PostgresLog) {
        log.close().await;
    }

    async fn crash(&mut self, log: PostgresLog, _loss: Loss) {
        self.fuse.blow();
        cut(&self.url).await.unwrap();
        self.fuse = Fuse::default();
        drop(log);
    }

    fn plan(&mut self, nth: usize, _mishap: Mishap) -> bool {
        self.fuse.light(nth);
        true
    }

    fn heal(&mut self) {
        self.fuse.put_out();
    }

    fn is_dead(&self) -> bool {
        self.fuse.is_blown()
    }
}

/// Each crosses to the server some hundred times, and twice a crash: one in fifty of all sequences, and
/// shorter ones.
#[test]
fn the_log_does_what_the_model_says() -> Result<(), Broken> {
    let Some(server) = server::server() else { return Ok(()) };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for database in ["machine_0", "machine_1"] {
        let make = format!("CREATE DATABASE {database}");
        runtime.block_on(execute(&server.url("postgres"), &make)).unwrap();
    }
    run("PostgresLog", Runs::of(400, 16), |seed| Database::new(&server, seed)).map(drop)
}
