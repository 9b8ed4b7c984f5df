//! The Web API: ten methods, each bounded in time and size, with retries; tokens never printed.

mod answer;
mod call;
mod error;
mod http;
mod messages;
mod pace;
mod people;
#[cfg(test)]
pub(crate) mod tests;
mod token;
mod transport;
mod workspace;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::{Clock, Entropy};
use guardrail_core::model::secret::Secret;
use reqwest::Url;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

pub use self::error::BuildError;
pub(crate) use self::error::Error;
pub(crate) use self::messages::{Post, Sent};
pub(crate) use self::people::UserInfo;
pub(crate) use self::token::Rotation;
pub use self::token::{BotTokens, StoreError, TokenFile, TokenStore};
pub(crate) use self::workspace::Me;

use self::call::{Caller, late};
use self::http::Http;
use self::pace::Pace;
use self::token::BotToken;
use self::transport::{Body, Transport};

/// What a client is made of.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Ends in `/`.
    pub(crate) api: Url,
    pub(crate) bot: Secret<String>,
    /// Renews the bot's token, where it ends.
    pub(crate) rotation: Option<Rotation>,
    /// For Socket Mode.
    pub(crate) app: Option<Secret<String>>,
    /// How long one call may last, tries and waits included.
    pub(crate) patience: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// A client of the Web API; a clone is the same client.
///
/// Each call is tried again where that may help, and ends within the patience it was built with;
/// a message may wait a minute longer for its channel's turn.
#[derive(Clone)]
pub(crate) struct Client(Arc<Inner>);

struct Inner {
    caller: Caller,
    bot: BotToken,
    app: Option<Secret<String>>,
    patience: Duration,
    pace: Pace,
}

impl Client {
    pub(crate) fn new(settings: Settings) -> Result<Self, BuildError> {
        let transport = Http::new(settings.api.clone())?;
        Ok(Self::over(Arc::new(transport), settings))
    }

    fn over(transport: Arc<dyn Transport>, settings: Settings) -> Self {
        let caller = Caller::new(transport, settings.entropy);
        let bot = BotToken::new(caller.clone(), settings.clock, settings.bot, settings.rotation);
        let pace = Pace::default();
        let Settings { app, patience, .. } = settings;
        Self(Arc::new(Inner { caller, bot, app, patience, pace }))
    }

    /// Calls a method as the bot.
    async fn call<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        body: Body,
    ) -> Result<T, Error> {
        self.call_within(self.0.patience, method, body).await
    }

    async fn call_within<T: DeserializeOwned + Send>(
        &self,
        patience: Duration,
        method: &'static str,
        body: Body,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + patience;
        let Inner { caller, bot, .. } = &*self.0;
        let called = async {
            let token = bot.current().await?;
            match caller.call(method, Some(&token), &body, deadline).await {
                Err(Error::Refused { code, .. }) if code == "token_expired" && bot.rotates() => {
                    let token = bot.instead_of(&token).await?;
                    caller.call(method, Some(&token), &body, deadline).await
                }
                answer => answer,
            }
        };
        timeout_at(deadline, called).await.unwrap_or_else(|_| Err(late(method)))
    }

    /// Calls a method as the app, with the token of Socket Mode.
    async fn call_as_app<T: DeserializeOwned + Send>(
        &self,
        method: &'static str,
        body: Body,
    ) -> Result<T, Error> {
        let token = self.0.app.as_ref().ok_or(Error::NoToken { method })?;
        let deadline = Instant::now() + self.0.patience;
        self.0.caller.call(method, Some(token), &body, deadline).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
