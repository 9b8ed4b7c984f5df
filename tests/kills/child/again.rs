//! A process with one call whose policy may let its body begin again after a crash.

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::{Context, Guardrail, PolicySet, Review, idempotency_key, requires_approval};

use crate::child::doom::{Path, say};
use crate::child::life::word;
use crate::child::open::open;
use crate::child::orders::Orders;
use crate::child::witness::Witness;
use crate::deed::{AGENT, Ended};
use crate::nest::Pen;
use crate::people::{CHANNEL, answer};

/// The name of the test that is this child.
pub(crate) const AGAIN: &str = "child::again::again";

/// The child, in the process that was started as one; nothing in any other. Its seed says whether the
/// policy lets the body begin again: 1 or 0.
#[test]
fn again() {
    let Some(orders) = Orders::take() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(live(orders));
}

async fn live(orders: Orders) {
    let path = Path::new(orders.doom.clone());
    let log = open(&orders.site, &orders.nest, &path).await;
    let retry = if orders.seed == 1 { "idempotent" } else { "never" };
    let policies = format!(
        "[people.bob]\n[policies.again]\napprovers = [\"person:bob\"]\nretry = \"{retry}\"\n"
    );
    let guardrail = Guardrail::builder()
        .agent(AGENT)
        .policies(PolicySet::parse(policies).unwrap())
        .audit_log(Witness::new(log, orders.nest.acks().open(), path.clone()))
        .approver(Pager)
        .build()
        .await
        .unwrap();
    let bodies = orders.nest.bodies().open();
    let called = Context::new().key("k").scope(guardrail.scope(deed(&bodies, &path))).await;
    orders.nest.answers().open().write(&word(&called));
    say("done");
    std::future::pending().await
}

#[requires_approval(policy = "again", skip_all)]
async fn deed(bodies: &Pen, path: &Path) -> Result<(), Ended> {
    bodies.write(&idempotency_key().unwrap().to_string());
    path.pass("body begun");
    Ok(())
}

/// Everyone approves at once.
#[derive(Debug)]
struct Pager;

#[async_trait]
impl Approver for Pager {
    fn channel(&self) -> &str {
        CHANNEL
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        answer(&review, &[("bob", true)], || std::future::ready(())).await?;
        review.settled().await.map(|_| ())
    }
}
