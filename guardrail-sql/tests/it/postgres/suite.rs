//! It keeps the contract of an audit log, and outlives its process. Every log is one of many in the
//! same database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use guardrail_conformance::audit_log::{AuditLogFactory, Broken, run};
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::AuditLog as _;
use guardrail_core::model::LogId;
use guardrail_sql::{PostgresLog, Settings};
use guardrail_test_counterparts::Postgres;

use super::server;

struct Databases {
    server: Arc<Postgres>,
    names: Mutex<HashMap<LogId, String>>,
}

impl Databases {
    async fn open(&self, name: &str, clock: Arc<ManualClock>) -> PostgresLog {
        let seed = name.bytes().fold(0, |seed: u64, byte| seed * 31 + u64::from(byte));
        let entropy = Arc::new(SeededEntropy::new(seed));
        let settings = Settings::new().name(name).unwrap().clock(clock).entropy(entropy);
        PostgresLog::connect_with(&self.server.url("postgres"), settings).await.unwrap()
    }
}

#[async_trait::async_trait]
impl AuditLogFactory for Databases {
    type Log = PostgresLog;

    async fn fresh(&self, clock: Arc<ManualClock>) -> PostgresLog {
        let name = server::name();
        let log = self.open(&name, clock).await;
        self.names.lock().unwrap().insert(log.id(), name);
        log
    }

    async fn reopen(&self, log: PostgresLog, clock: Arc<ManualClock>) -> Option<PostgresLog> {
        let name = self.names.lock().unwrap().get(&log.id()).unwrap().clone();
        log.close().await;
        Some(self.open(&name, clock).await)
    }
}

/// One case: passed where there is no server, which is said aloud.
fn case(name: &str) -> Result<(), Broken> {
    match server::server() {
        Some(server) => run(&Databases { server, names: Mutex::default() }, name),
        None => Ok(()),
    }
}

guardrail_conformance::audit_log_cases!(case);
