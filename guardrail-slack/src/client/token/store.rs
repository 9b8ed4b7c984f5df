//! Where the bot's tokens are kept while they rotate, so that they survive a restart.

use std::fmt::Debug;

use async_trait::async_trait;
use guardrail_core::clock::Timestamp;
use guardrail_core::model::secret::Secret;

/// What a store says went wrong. It must hold no token: it is logged.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// A bot's token and what renews it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BotTokens {
    /// `xoxe.xoxb-..`, which calls methods until `expires`.
    pub access: Secret<String>,
    /// `xoxe-..`, which is used up when it is used.
    pub refresh: Secret<String>,
    /// When `access` ends.
    pub expires: Timestamp,
}

impl BotTokens {
    /// Tokens as a store kept them.
    pub fn new(
        access: impl Into<Secret<String>>,
        refresh: impl Into<Secret<String>>,
        expires: Timestamp,
    ) -> Self {
        Self { access: access.into(), refresh: refresh.into(), expires }
    }
}

/// Keeps the bot's tokens. A refresh token works once: the process that starts next needs the one
/// that came last, and so does every other process of the same app.
///
/// # Contract
/// `save` is durable when it returns, and `load` gives what was saved last by any process, or
/// `None` before anything was. Neither may take longer than a few seconds. Both hold secrets:
/// only the program may read what they keep.
#[async_trait]
pub trait TokenStore: Debug + Send + Sync + 'static {
    /// What was saved last.
    ///
    /// # Errors
    /// When it cannot be read; then no token is renewed, and none is lost.
    async fn load(&self) -> Result<Option<BotTokens>, StoreError>;

    /// Keeps these instead of all others.
    ///
    /// # Errors
    /// When they could not be kept. They are used all the same, and saved again later.
    async fn save(&self, tokens: &BotTokens) -> Result<(), StoreError>;
}

const _: Option<&dyn TokenStore> = None;
