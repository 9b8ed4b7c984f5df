//! A process with one body in a transaction of the log's own database.

use std::sync::Arc;

use guardrail::{Guardrail, Intent, PolicySet, PostgresLog, RunIn as _};
use guardrail_sql::Settings;

use crate::child::doom::{Path, say};
use crate::child::orders::Orders;
use crate::deed::AGENT;

/// The name of the test that is this child.
pub(crate) const TRANSACT: &str = "child::transact::transact";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The child, in the process that was started as one; nothing in any other.
#[test]
fn transact() {
    let Some(orders) = Orders::take() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(live(orders));
}

async fn live(orders: Orders) {
    let path = Path::new(orders.doom.clone());
    let on_the_way = path.clone();
    let settings = Settings::new().steps(Arc::new(move |step| on_the_way.pass(step)));
    let log = Arc::new(PostgresLog::connect_with(&orders.site, settings).await.unwrap());
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(PolicySet::parse("[policies.free]\neffect = \"allow\"\n").unwrap())
        .audit_log(Arc::clone(&log))
        .build()
        .await
        .unwrap();
    let intent = Intent::builder("deed").policy("free").key(format!("k-{}", orders.life));
    let permit = guardrail.authorize(intent).await.unwrap();
    path.pass("permit there");
    let ran = permit.run_in(&log, async |on| {
        sqlx::query("INSERT INTO effects VALUES ($1)")
            .bind(i64::try_from(orders.life)?)
            .execute(&mut *on)
            .await?;
        path.pass("effect there");
        Ok::<_, Failure>(())
    });
    ran.await.unwrap();
    say("done");
    std::future::pending().await
}
