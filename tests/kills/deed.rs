//! The guarded functions of both processes.

use guardrail::{Context, Error, requires_approval};

use crate::script::Kind;

/// The agent both processes call for.
pub(crate) const AGENT: &str = "deploy-bot";

/// What a body does.
#[async_trait::async_trait]
pub(crate) trait Body: Send + Sync {
    /// Does the deed of this key; `Err` where it fails.
    async fn run(&self, key: &str) -> Result<(), Ended>;
}

/// How a call ended that did not end well.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The body ran and failed.
    Failed,
    /// It was refused.
    Refused(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

#[requires_approval(policy = "one", name = "deed", key = key, skip(body))]
async fn one(body: &dyn Body, key: &str) -> Result<(), Ended> {
    body.run(key).await
}

#[requires_approval(policy = "two", name = "deed", skip(body))]
async fn two(body: &dyn Body, key: &str) -> Result<(), Ended> {
    body.run(key).await
}

#[requires_approval(policy = "free", name = "deed", skip(body))]
async fn free(body: &dyn Body, key: &str) -> Result<(), Ended> {
    body.run(key).await
}

/// One call with this key, in the scope of a guardrail.
pub(crate) async fn call(body: &dyn Body, key: &str) -> Result<(), Ended> {
    match Kind::of(key).0 {
        Kind::Half => Context::new().key(key).scope(two(body, key)).await,
        Kind::Free => Context::new().key(key).scope(free(body, key)).await,
        _ => one(body, key).await,
    }
}
