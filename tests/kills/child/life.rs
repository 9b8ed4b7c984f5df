//! One life: recovers, makes the calls of this life and those of earlier ones again, and waits to be
//! killed.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::{Guardrail, Review};
use tokio::sync::watch;

use crate::child::doom::{Path, say};
use crate::child::open::open;
use crate::child::orders::Orders;
use crate::child::witness::Witness;
use crate::deed::{AGENT, Body, Ended, call};
use crate::nest::Pen;
use crate::people::{CHANNEL, answer, policies};
use crate::script::{Dice, Kind};

/// The name of the test that is the child.
pub(crate) const NAME: &str = "child::life::life";

/// Most milliseconds between two things that happen to one call.
const PACE: u64 = 8;

/// The child, in the process that was started as one; nothing in any other.
#[test]
fn life() {
    let Some(orders) = Orders::take() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(live(orders));
}

async fn live(orders: Orders) {
    let path = Path::new(orders.doom.clone());
    let stage = Arc::new(Stage {
        path: path.clone(),
        bodies: orders.nest.bodies().open(),
        answers: orders.nest.answers().open(),
        parked: watch::Sender::default(),
        orders: orders.clone(),
    });
    let log = open(&orders.site, &orders.nest, &path).await;
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(policies())
        .audit_log(Witness::new(log, orders.nest.acks().open(), path))
        .approver(Pager(Arc::clone(&stage)))
        .build()
        .await
        .unwrap();
    guardrail.install().unwrap();
    say("up");
    let mut agents = tokio::task::JoinSet::new();
    for life in 0..=orders.life {
        for kind in &orders.kinds {
            let key = kind.key(life);
            for twin in 0..kind.calls(orders.life - life) {
                agents.spawn(agent(Arc::clone(&stage), key.clone(), twin));
            }
        }
    }
    while let Some(ended) = agents.join_next().await {
        ended.unwrap();
    }
    say("done");
    std::future::pending().await
}

/// What the parts of one life share.
#[derive(Debug)]
struct Stage {
    orders: Orders,
    path: Path,
    bodies: Pen,
    answers: Pen,
    /// Keys with which nothing more happens in this life.
    parked: watch::Sender<HashSet<String>>,
}

impl Stage {
    /// What is left to chance with this key.
    fn dice(&self, key: &str, what: &str) -> Dice {
        Dice::new(self.orders.seed, &format!("{} {what} {key}", self.orders.life))
    }

    fn park(&self, key: &str) {
        self.parked.send_modify(|parked| {
            parked.insert(key.to_owned());
        });
    }
}

/// Makes one call, and notes what it ends with. Returns when nothing more happens with it.
async fn agent(stage: Arc<Stage>, key: String, twin: usize) {
    let mut dice = stage.dice(&key, &format!("agent {twin}"));
    // A sleep: calls come one after the other, so that a kill finds each in another phase.
    tokio::time::sleep(dice.time(PACE)).await;
    let (kind, made) = Kind::of(&key);
    let mut parked = stage.parked.subscribe();
    let calling = tokio::spawn({
        let (stage, key) = (Arc::clone(&stage), key.clone());
        async move {
            let ended = call(&*stage, &key).await;
            stage.answers.write(&format!("{key} {}", word(&ended)));
        }
    });
    if kind == Kind::Dropped && made == stage.orders.life {
        // A sleep: the call goes away in one phase or another.
        tokio::time::sleep(dice.time(6 * PACE)).await;
        calling.abort();
        return;
    }
    tokio::select! {
        ended = calling => ended.unwrap(),
        parked = parked.wait_for(|parked| parked.contains(&key)) => drop(parked.unwrap()),
    }
}

/// One word for how a call ended.
pub(crate) fn word(ended: &Result<(), Ended>) -> String {
    match ended {
        Ok(()) => "ok".to_owned(),
        Err(Ended::Failed) => "failed".to_owned(),
        Err(Ended::Refused(error)) => {
            let name = format!("{error:?}");
            name.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned()
        }
    }
}

#[async_trait]
impl Body for Stage {
    async fn run(&self, key: &str) -> Result<(), Ended> {
        self.bodies.write(key);
        self.path.pass("body begun");
        let mut dice = self.dice(key, "body");
        match Kind::of(key).0 {
            Kind::Endless => {
                self.park(key);
                std::future::pending().await
            }
            // A sleep: a kill finds this body running.
            Kind::Slow | Kind::Dropped => tokio::time::sleep(dice.time(2 * PACE)).await,
            Kind::Failing => return Err(Ended::Failed),
            _ => {}
        }
        self.path.pass("body done");
        Ok(())
    }
}

/// The channel: sends a message, and people answer it some time later.
#[derive(Debug)]
struct Pager(Arc<Stage>);

#[async_trait]
impl Approver for Pager {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        let stage = &self.0;
        let key = review.request().intent().key().unwrap().to_owned();
        let mut dice = stage.dice(&key, "pager");
        let (kind, made) = Kind::of(&key);
        let votes = kind.votes(stage.orders.life - made);
        // A sleep: an answer comes some time later, so that a kill finds some who wait.
        answer(&review, votes, || tokio::time::sleep(dice.time(PACE))).await?;
        let complete =
            stage.orders.life > made || !matches!(kind, Kind::Pending | Kind::Half | Kind::Late);
        if !complete {
            stage.park(&key);
        }
        review.settled().await.map(|_| ())
    }
}
