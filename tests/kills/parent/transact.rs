//! Killed at any point of a transaction: the effect and its outcome are both there, or neither is.

use guardrail::audit::{Inspector, inspect};
use guardrail::{AuditRecord, State};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::child::{Doom, Orders, Path, TRANSACT, open};
use crate::nest::Nest;
use crate::parent::after::all;
use crate::parent::kill::{When, live_as};
use crate::parent::life::lives;
use crate::parent::server::server;
use crate::site::Site;

/// Where it is killed, and whether the effect is there.
const POINTS: [(&str, bool); 7] = [
    ("permit there", false),
    ("transaction begun", false),
    ("effect there", false),
    ("transaction body ended", false),
    ("transaction locked", false),
    ("transaction appended", false),
    ("transaction committed", true),
];

#[test]
fn killed_at_any_point_effect_and_outcome_are_both_there_or_neither() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let site = runtime.block_on(Site::postgres(&server));
    let (folder, url) = (TempDir::new().unwrap(), site.text());
    let nest = Nest::at(folder.path());
    runtime.block_on(async {
        let mut on = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("CREATE TABLE effects (n BIGINT)").execute(&mut on).await.unwrap();
    });
    let ends = POINTS.map(|(point, there)| (Some(point), there));
    let mut expected = Vec::new();
    for (life, (point, there)) in (0..).zip(ends.into_iter().chain([(None, true)])) {
        let doom = point.map_or(Doom::Never, |point| Doom::Named(point.to_owned()));
        let (nest, site) = (nest.clone(), url.clone());
        let orders = Orders { nest, life, seed: 0, doom, site, kinds: vec![] };
        let end = live_as(TRANSACT, &orders, When::Done, || {});
        assert_eq!(end.hit.as_deref(), point);
        if there {
            expected.push(life);
        }
    }
    runtime.block_on(async {
        // Opening it takes up what was left; the last to be killed held the head for a moment.
        let log = open(&url, &nest, &Path::new(Doom::Never)).await;
        inspect(&*log, Inspector::new().complete()).await.unwrap();
        let records = all(&*log).await;
        let lives = lives(&records.iter().map(|record| &**record).collect::<Vec<&AuditRecord>>());
        let mut on = PgConnection::connect(&url).await.unwrap();
        let effects: Vec<i64> = sqlx::query_scalar("SELECT n FROM effects ORDER BY n")
            .fetch_all(&mut on)
            .await
            .unwrap();
        let effects: Vec<u64> = effects.into_iter().map(|n| u64::try_from(n).unwrap()).collect();
        assert_eq!(effects, expected);
        for (life, (point, there)) in (0_u64..).zip(POINTS) {
            let state = lives[&format!("k-{life}")].recorded_state();
            let as_expected = match there {
                true => state == State::Completed,
                false => matches!(state, State::Started | State::Unknown),
            };
            assert!(as_expected, "killed at {point}: {state}");
        }
    });
}
