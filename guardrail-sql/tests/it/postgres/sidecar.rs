//! The table of redacted values keeps the contract of a sidecar.

use std::sync::{Arc, Mutex};

use guardrail_conformance::sidecar::{Broken, SidecarFactory, run};
use guardrail_core::audit::sidecar::{Opening, Sidecar};
use guardrail_core::model::secret::Salt;
use guardrail_sql::{PostgresLog, PostgresSidecar};
use guardrail_test_counterparts::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::server;
use crate::samples::id;

/// Each is that of one of many logs in the same database.
struct Tables {
    server: Arc<Postgres>,
    last: Mutex<String>,
}

#[async_trait::async_trait]
impl SidecarFactory for Tables {
    type Sidecar = PostgresSidecar;

    async fn fresh(&self) -> PostgresSidecar {
        let name = server::name();
        self.last.lock().unwrap().clone_from(&name);
        server::log(&self.server, &name).await.sidecar()
    }

    async fn reopen(&self, sidecar: PostgresSidecar) -> Option<PostgresSidecar> {
        drop(sidecar);
        let name = self.last.lock().unwrap().clone();
        Some(PostgresSidecar::connect(&self.server.url("postgres"), &name).await.unwrap())
    }
}

/// One case: passed where there is no server, which is said aloud.
fn case(name: &str) -> Result<(), Broken> {
    match server::server() {
        Some(server) => run(&Tables { server, last: Mutex::default() }, name),
        None => Ok(()),
    }
}

guardrail_conformance::sidecar_cases!(case);

fn opening(n: u8) -> Opening {
    Opening::new(id(u64::from(n)), "/x", Salt::from_bytes([n; 32]), format!("value {n}"))
}

/// A program's own role keeps, opens and erases, and still changes no record.
#[tokio::test]
async fn a_role_of_its_own_keeps_and_erases() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let kept = server::log(&server, &name).await.sidecar();
    kept.keep(&[opening(1)]).await.unwrap();
    let mut owner = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let grants = PostgresLog::ROLE.replace("{role}", "redacting");
    let make = AssertSqlSafe(format!("CREATE ROLE redacting LOGIN; {grants}"));
    sqlx::raw_sql(make).execute(&mut owner).await.unwrap();
    let url = server.url_as("redacting", "postgres");
    let sidecar = PostgresSidecar::connect(&url, &name).await.unwrap();
    sidecar.keep(&[opening(2)]).await.unwrap();
    assert!(sidecar.open(&opening(1).label()).await.unwrap().unwrap().is_sound());
    let labels = [1, 2].map(|n| opening(n).label());
    assert_eq!(sidecar.erase(&labels).await.unwrap(), 2);
    assert_eq!(kept.labels(None, 9).await.unwrap(), []);
}

/// Nothing is left that SQL finds, in the table or out of it.
#[tokio::test]
async fn what_is_erased_is_in_no_row() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let sidecar = server::log(&server, &name).await.sidecar();
    let openings: Vec<Opening> = (0..20).map(opening).collect();
    sidecar.keep(&openings).await.unwrap();
    let labels: Vec<_> = openings.iter().map(Opening::label).collect();
    assert_eq!(sidecar.erase(&labels).await.unwrap(), 20);
    let mut owner = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let rows: (i64,) = sqlx::query_as(
        "SELECT count(*) FROM guardrail_opening JOIN guardrail_log ON number = log WHERE name = $1
             AND (place IS NOT NULL OR salt IS NOT NULL OR value IS NOT NULL)",
    )
    .bind(&name)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(rows.0, 0);
}

/// What is still on its way to be kept when it is erased does not come back: not where it is waited
/// for, and not where it comes after.
#[tokio::test]
async fn what_is_erased_on_its_way_is_not_kept() {
    let Some(server) = server::server() else { return };
    let name = server::name();
    let sidecar = server::log(&server, &name).await.sidecar();
    let mut slow = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let late = opening(1);
    let keep = format!(
        "BEGIN; INSERT INTO guardrail_opening SELECT number, '{}', '{}', 'p', decode(repeat('00', 32), \
         'hex'), 'v' FROM guardrail_log WHERE name = '{name}'",
        late.label().request,
        late.label().commitment,
    );
    sqlx::raw_sql(AssertSqlSafe(keep)).execute(&mut slow).await.unwrap();
    let labels = [late.label()];
    let lands = async {
        // A sleep: the erasure comes to wait behind what is being kept.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        sqlx::raw_sql("COMMIT").execute(&mut slow).await.unwrap();
    };
    let (erased, ()) = tokio::join!(sidecar.erase(&labels), lands);
    assert_eq!(erased.unwrap(), 1);
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), []);
    let never = opening(2);
    assert_eq!(sidecar.erase(&[never.label()]).await.unwrap(), 0);
    for erased in [late, never] {
        sidecar.keep(&[opening(3), erased.clone()]).await.unwrap_err();
        assert!(sidecar.open(&erased.label()).await.unwrap().is_none());
    }
    assert_eq!(sidecar.labels(None, 9).await.unwrap(), [], "all or nothing of one call");
}
