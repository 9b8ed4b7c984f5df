//! One guardrail with its log, its people and one body.

use std::sync::Arc;

use guardrail::desk::Rejudge;
use guardrail::gate::Builder;
use guardrail::{
    AuditLog, AuditRecord, Cast, Context, Error, Guardrail, Identity, InContext, MemoryLog,
    RequestId, Seen, Sequence, Vote,
};
use tokio::task::JoinHandle;

use super::approvers::{End, Scripted};
use super::body::{Body, deploy};
use super::policies::policies;
use super::story::story;

/// One guardrail with its log, its people and one body. Clones are the same world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) guardrail: Guardrail,
    pub(crate) body: Arc<Body>,
}

impl World {
    /// A policy that says this, people who are asked somewhere and answer through [`cast`].
    pub(crate) async fn new(deploy: &str) -> Self {
        Self::over(deploy, MemoryLog::new()).await
    }

    /// The same over this log.
    pub(crate) async fn over(deploy: &str, log: impl AuditLog) -> Self {
        let asked = Scripted::new("desk", End::Stay);
        Self::built(deploy, |builder| builder.audit_log(log).approver(asked)).await
    }

    /// A policy that says this; log and approvers are given to the builder.
    pub(crate) async fn built(deploy: &str, parts: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = Guardrail::builder().agent("deploy-bot").policies(policies(deploy));
        Self::of(parts(builder).build().await.unwrap())
    }

    pub(crate) fn of(guardrail: Guardrail) -> Self {
        Self { guardrail, body: Arc::new(Body::new()) }
    }

    /// The same world, in which the body does this.
    pub(crate) fn doing<F>(mut self, deed: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<u32, Error>> + Send + 'static,
    {
        self.body = Arc::new(Body::doing(deed));
        self
    }

    pub(crate) fn log(&self) -> &Arc<dyn AuditLog> {
        self.guardrail.audit_log()
    }

    /// One guarded call.
    pub(crate) fn call(&self) -> impl Future<Output = Result<u32, Error>> + Send + use<> {
        let body = Arc::clone(&self.body);
        self.guardrail.scope(async move { deploy(&body, "eu-1").await })
    }

    /// One guarded call in a task of its own, in the context of this one.
    pub(crate) fn spawn(&self) -> JoinHandle<Result<u32, Error>> {
        tokio::spawn(self.call().in_context())
    }

    /// One guarded call in this context, in a task of its own.
    pub(crate) fn spawn_in(&self, context: Context) -> JoinHandle<Result<u32, Error>> {
        tokio::spawn(context.scope(self.call()))
    }

    /// The request that waits, once there is one.
    pub(crate) async fn pending(&self) -> RequestId {
        loop {
            let seen = self.last().await;
            if let Some(id) = self.log().open(None, 1).await.unwrap().first() {
                return *id;
            }
            self.log().grown(seen).await.unwrap();
        }
    }

    async fn last(&self) -> Sequence {
        let records = self.log().read(Sequence::START, 100_000).await.unwrap();
        records.last().map_or(Sequence::START, |record| record.sequence())
    }

    /// Waits until an event of this name is on record.
    pub(crate) async fn until(&self, name: &str) {
        loop {
            let seen = self.last().await;
            let records = self.log().read(Sequence::START, 100_000).await.unwrap();
            if records.iter().any(|record| record.event().name() == name) {
                return;
            }
            self.log().grown(seen).await.unwrap();
        }
    }

    /// Held against the policies that are in force now, nothing on record is called wrong.
    async fn is_honest(&self) {
        let mut rejudge = Rejudge::by([self.guardrail.policies()]);
        for record in self.log().read(Sequence::START, 100_000).await.unwrap() {
            rejudge.push(&AuditRecord::parse(record.line()).unwrap()).unwrap();
        }
    }

    /// The log verifies and says exactly this of requests, and the body ran this often.
    pub(crate) async fn check(&self, expected: &[&str], runs: u32) {
        assert_eq!(story(&**self.log()).await, expected);
        self.is_honest().await;
        assert_eq!(self.body.runs(), runs, "runs of the body");
    }
}

/// Shows the request to this identity on the web and casts their vote.
pub(crate) async fn cast(world: &World, id: RequestId, vote: impl FnOnce(Seen) -> Vote) -> Cast {
    let review = world.guardrail.review(id, "web").await.unwrap();
    let nonce = review.show("").await.unwrap();
    let seen = Seen::whole(review.request().intent().digest(), nonce);
    review.cast(vote(seen)).await.unwrap()
}

/// This person approves on the web.
pub(crate) async fn approve(world: &World, id: RequestId, person: &str) -> Cast {
    cast(world, id, |seen| Vote::approve(Identity::person(person), seen)).await
}

/// This person denies on the web.
pub(crate) async fn deny(world: &World, id: RequestId, person: &str) -> Cast {
    cast(world, id, |seen| Vote::deny(Identity::person(person), seen)).await
}
