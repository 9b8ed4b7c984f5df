//! One of several processes that race for the same approved requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::{Guardrail, Review};

use crate::child::doom::{Doom, Path, say};
use crate::child::life::word;
use crate::child::open::open;
use crate::child::orders::Orders;
use crate::deed::{AGENT, Body, Ended, call};
use crate::nest::Pen;
use crate::people::{CHANNEL, policies};
use crate::script::{Dice, Kind};

/// The name of the test that is the racer.
pub(crate) const RACER: &str = "child::racer::racer";

/// How many tasks race in one process.
const TASKS: u64 = 16;

/// The racer, in the process that was started as one; nothing in any other. Its life is its number,
/// and its seed says how many keys there are.
#[test]
fn racer() {
    let Some(orders) = Orders::take() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(race(orders));
}

async fn race(orders: Orders) {
    let log = open(&orders.site, &orders.nest, &Path::new(Doom::Never)).await;
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(policies())
        .audit_log(log)
        .approver(Nobody)
        .build()
        .await
        .unwrap();
    guardrail.install().unwrap();
    say("up");
    // Until the parent says so: all begin at once.
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()))
        .await
        .unwrap()
        .unwrap();
    let track = Arc::new(Track(orders.nest.bodies().open()));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let (track, orders) = (Arc::clone(&track), orders.clone());
        tasks.spawn(async move {
            let mut ends: BTreeMap<String, u64> = BTreeMap::new();
            let all = keys(orders.seed, &format!("{} {task}", orders.life));
            for key in all.into_iter().filter(|key| Kind::of(key).1 % share() == task % share()) {
                *ends.entry(word(&call(&*track, &key).await)).or_default() += 1;
            }
            ends
        });
    }
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for (end, count) in tasks.join_all().await.into_iter().flatten() {
        *ends.entry(end).or_default() += count;
    }
    for (end, count) in ends {
        say(&format!("end {end} {count}"));
    }
}

/// Every task races for one in so many keys: in a soak for each.
pub(crate) fn share() -> u64 {
    if std::env::var_os("GUARDRAIL_SOAK").is_some() { 1 } else { 4 }
}

/// All keys, in an order of one's own.
fn keys(count: u64, who: &str) -> Vec<String> {
    let mut keys: Vec<String> = (0..count).map(|n| Kind::Quick.key(n)).collect();
    let mut dice = Dice::new(count, who);
    for end in (1..keys.len()).rev() {
        let other = usize::try_from(dice.below(end as u64 + 1)).unwrap();
        keys.swap(end, other);
    }
    keys
}

/// Where bodies leave their line.
#[derive(Debug)]
struct Track(Pen);

#[async_trait]
impl Body for Track {
    async fn run(&self, key: &str) -> Result<(), Ended> {
        self.0.write(key);
        Ok(())
    }
}

/// Whom nobody should ask: everything is approved.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Approver for Nobody {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, review: Review) -> Result<(), ApproverError> {
        say(&format!("end asked-{} 1", review.request().id()));
        Ok(())
    }
}
