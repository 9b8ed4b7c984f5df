//! A body that was killed begins again where its policy says so, under the same key, and nowhere else.

use guardrail::AuditRecord;
use guardrail::audit::{Inspector, inspect};
use tempfile::TempDir;

use crate::child::{AGAIN, Doom, Orders, Path, open};
use crate::nest::Nest;
use crate::parent::after::all;
use crate::parent::kill::{When, live_as};
use crate::parent::life::lives;
use crate::parent::server::server;
use crate::site::Site;

/// Lives end at these points, one after the other; a last one ends when nothing more happens. The
/// body has begun this often then, each time with the same key, and the calls were answered so.
fn check(site: &Site, retry: bool, points: &[&str], bodies: usize, answers: &[&str]) {
    let folder = TempDir::new().unwrap();
    let nest = Nest::at(folder.path());
    let dooms = points.iter().map(|point| Doom::Named((*point).to_owned()));
    for (life, doom) in (0..).zip(dooms.chain([Doom::Never, Doom::Never])) {
        let hit = match &doom {
            Doom::Named(point) => Some(point.clone()),
            _ => None,
        };
        let (nest, seed, site) = (nest.clone(), u64::from(retry), site.text());
        let orders = Orders { nest, life, seed, doom, site, kinds: vec![] };
        assert_eq!(live_as(AGAIN, &orders, When::Done, || {}).hit, hit, "{points:?}");
    }
    let begun = nest.bodies().lines();
    assert_eq!(begun.len(), bodies, "{points:?}: {begun:?}");
    assert!(begun.iter().all(|key| key == &begun[0] && key.len() == 36), "{begun:?}");
    assert_eq!(nest.answers().lines(), answers, "{points:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let log = open(&site.text(), &nest, &Path::new(Doom::Never)).await;
        inspect(&*log, Inspector::new().complete()).await.unwrap();
        let records = all(&*log).await;
        lives(&records.iter().map(|record| &**record).collect::<Vec<&AuditRecord>>());
    });
}

fn check_all(site: impl Fn() -> Site) {
    let ran = ["ok", "AlreadyExecuted"];
    check(&site(), true, &["body begun"], 2, &ran);
    check(&site(), true, &["body begun", "body begun"], 3, &ran);
    // Killed between a start and its body, the body begins once more all the same.
    check(&site(), true, &["body begun", "before retried"], 2, &ran);
    check(&site(), true, &["body begun", "behind retried"], 2, &ran);
    check(&site(), true, &["behind started"], 1, &ran);
    let unknown = ["OutcomeUnknown", "OutcomeUnknown"];
    check(&site(), false, &["body begun"], 1, &unknown);
}

#[test]
fn killed_in_the_body_it_begins_again_where_its_policy_says_so() {
    check_all(|| Site::Files);
    check_all(|| Site::Sqlite);
}

#[test]
fn killed_in_the_body_it_begins_again_in_postgres_where_its_policy_says_so() {
    let Some(server) = server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    check_all(|| runtime.block_on(Site::postgres(&server)));
}
