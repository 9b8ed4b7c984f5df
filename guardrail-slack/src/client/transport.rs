//! What carries a call to Slack and back; tests put a script in its place.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::model::secret::Secret;
use serde_json::Value;

use crate::client::error::Error;

/// Slack says how long to wait; where it does not, this long.
pub(super) const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(1);

/// What a method is given. It has no `Debug`: people and agents write into it.
#[derive(Clone)]
pub(super) enum Body {
    Json(Value),
    Form(Vec<(&'static str, Secret<String>)>),
}

/// An answer with status 200, not read yet.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// How long to wait where the body says that the rate is limited.
    pub(super) retry_after: Duration,
}

#[async_trait]
pub(super) trait Transport: Debug + Send + Sync + 'static {
    /// One exchange, bounded in time and size.
    async fn post(
        &self,
        method: &'static str,
        token: Option<&Secret<String>>,
        body: &Body,
    ) -> Result<Answer, Error>;
}

impl Body {
    pub(super) fn form<const N: usize>(fields: [(&'static str, &str); N]) -> Self {
        let fields = fields.into_iter();
        Self::Form(fields.map(|(name, text)| (name, Secret::new(text.to_owned()))).collect())
    }
}
