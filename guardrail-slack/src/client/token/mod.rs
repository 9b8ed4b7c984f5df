//! The bot's token: fixed, or renewed before it ends and whenever Slack says it has.
//!
//! <https://docs.slack.dev/authentication/using-token-rotation>

mod file;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::{Clock, Timestamp};
use guardrail_core::model::secret::Secret;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use self::file::TokenFile;
pub use self::store::{BotTokens, StoreError, TokenStore};

use crate::client::call::Caller;
use crate::client::error::Error;
use crate::client::transport::Body;

/// How long before its end a token is renewed. Slack's live twelve hours.
const MARGIN: Duration = Duration::from_secs(60 * 60);
/// After a failure it is tried no sooner than this.
const PAUSE: Duration = Duration::from_secs(30);
/// How long one renewal may take. It goes on when the call that asked for it has gone.
const RENEWAL: Duration = Duration::from_secs(60);
const MOST_SECONDS: u64 = 366 * 24 * 60 * 60;

/// What renews tokens.
#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    pub(crate) client_id: Secret<String>,
    pub(crate) client_secret: Secret<String>,
    /// The one the program was started with; the store may have a later one.
    pub(crate) refresh: Secret<String>,
    pub(crate) store: Arc<dyn TokenStore>,
}

/// The bot's token, whichever it is now; a clone is the same.
#[derive(Clone, Debug)]
pub(super) struct BotToken(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    caller: Caller,
    clock: Arc<dyn Clock>,
    /// The one the program was started with.
    first: Secret<String>,
    rotation: Option<Rotation>,
    /// Locked while tokens are read, renewed and saved: a refresh token works once.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Nothing until the store was asked.
    tokens: Option<Tokens>,
    /// They could not be saved; they are lost if the process ends now.
    unsaved: bool,
    /// No renewal and no saving before.
    not_before: Option<Instant>,
    /// Why the last renewal failed.
    failed: Option<Error>,
}

#[derive(Clone, Debug)]
struct Tokens {
    access: Secret<String>,
    refresh: Secret<String>,
    /// Of the one the program was started with, nobody said when it ends.
    expires: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Renewed {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
    token_type: String,
}

impl State {
    /// A renewal failed, or it was too soon for another.
    fn fail(&mut self, error: Error, pausing: bool) {
        if !pausing {
            self.not_before = Some(Instant::now() + PAUSE);
            self.failed = Some(error);
        }
    }
}

impl BotToken {
    pub(super) fn new(
        caller: Caller,
        clock: Arc<dyn Clock>,
        first: Secret<String>,
        rotation: Option<Rotation>,
    ) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Inner { caller, clock, first, rotation, state }))
    }

    /// Whether tokens are renewed at all.
    pub(super) fn rotates(&self) -> bool {
        self.0.rotation.is_some()
    }

    /// The token to call with now.
    pub(super) async fn current(&self) -> Result<Secret<String>, Error> {
        self.renewed(None).await
    }

    /// Another token than `ended`, of which Slack says that it has ended.
    pub(super) async fn instead_of(&self, ended: &Secret<String>) -> Result<Secret<String>, Error> {
        self.renewed(Some(ended.clone())).await
    }

    async fn renewed(&self, ended: Option<Secret<String>>) -> Result<Secret<String>, Error> {
        let Some(rotation) = self.0.rotation.clone() else { return Ok(self.0.first.clone()) };
        let inner = Arc::clone(&self.0);
        // In a task of its own: a call that goes away must not take new tokens with it, for the
        // old ones are used up.
        let task = tokio::spawn(async move { inner.fresh(&rotation, ended.as_ref()).await });
        task.await.unwrap_or_else(|_| Err(Error::NotRenewed("the renewal broke off".to_owned())))
    }
}

impl Inner {
    async fn fresh(
        &self,
        rotation: &Rotation,
        ended: Option<&Secret<String>>,
    ) -> Result<Secret<String>, Error> {
        let mut state = self.state.lock().await;
        let tokens = self.known(rotation, &mut state).await?;
        if !self.is_over(&tokens, ended) {
            self.save_again(rotation, &mut state).await;
            return Ok(tokens.access);
        }
        // Another process of the same app may have been faster.
        let stored = load(rotation).await?;
        if let Some(stored) = stored.filter(|stored| stored.access != tokens.access)
            && !state.unsaved
            && !self.is_over(&stored, ended)
        {
            state.tokens = Some(stored.clone());
            return Ok(stored.access);
        }
        let pausing = state.not_before.is_some_and(|then| Instant::now() < then);
        let renewed = if pausing {
            // For the same reason: an outage in between is no refusal.
            let again = || Error::NotRenewed("it failed a moment ago".to_owned());
            Err(state.failed.clone().unwrap_or_else(again))
        } else {
            self.renew(rotation, &tokens).await
        };
        match renewed {
            Ok(renewed) => {
                state.tokens = Some(renewed.clone());
                state.not_before = None;
                state.failed = None;
                state.unsaved = true;
                self.save_again(rotation, &mut state).await;
                Ok(renewed.access)
            }
            // It still lives; the next call tries again.
            Err(error) if self.is_alive(&tokens, ended) => {
                tracing::warn!(%error, "the bot's token could not be renewed in good time");
                state.fail(error, pausing);
                Ok(tokens.access)
            }
            Err(error) => {
                state.fail(error.clone(), pausing);
                Err(error)
            }
        }
    }

    /// The tokens in use; the first time, what the store has, or else what the program was given.
    async fn known(&self, rotation: &Rotation, state: &mut State) -> Result<Tokens, Error> {
        if let Some(tokens) = &state.tokens {
            return Ok(tokens.clone());
        }
        let first = || Tokens {
            access: self.first.clone(),
            refresh: rotation.refresh.clone(),
            expires: None,
        };
        let tokens = load(rotation).await?.unwrap_or_else(first);
        state.tokens = Some(tokens.clone());
        Ok(tokens)
    }

    async fn renew(&self, rotation: &Rotation, tokens: &Tokens) -> Result<Tokens, Error> {
        match self.exchange(rotation, &tokens.refresh).await {
            // The app was installed anew, and the store has what was before.
            Err(Error::Refused { .. }) if tokens.refresh != rotation.refresh => {
                self.exchange(rotation, &rotation.refresh).await
            }
            other => other,
        }
        .map_err(|error| match error {
            passing if passing.may_pass() => passing,
            Error::NotRenewed(_) => error,
            other => Error::NotRenewed(other.to_string()),
        })
    }

    /// `oauth.v2.access` with a refresh token.
    async fn exchange(
        &self,
        rotation: &Rotation,
        refresh: &Secret<String>,
    ) -> Result<Tokens, Error> {
        const METHOD: &str = "oauth.v2.access";
        let body = Body::form([
            ("client_id", rotation.client_id.expose()),
            ("client_secret", rotation.client_secret.expose()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
        ]);
        let asked = self.clock.now();
        let deadline = Instant::now() + RENEWAL;
        let renewed: Renewed = self.caller.call(METHOD, None, &body, deadline).await?;
        let usable = renewed.token_type == "bot"
            && renewed.access_token.starts_with("xoxe.xoxb-")
            && renewed.refresh_token.starts_with("xoxe-")
            && (1..=MOST_SECONDS).contains(&renewed.expires_in);
        if !usable {
            return Err(Error::NotRenewed("the answer holds no tokens of a bot".to_owned()));
        }
        Ok(Tokens {
            access: Secret::new(renewed.access_token),
            refresh: Secret::new(renewed.refresh_token),
            expires: Some(asked.after(Duration::from_secs(renewed.expires_in))),
        })
    }

    /// Saves what is not saved yet. Where that fails the tokens are used all the same.
    async fn save_again(&self, rotation: &Rotation, state: &mut State) {
        if !state.unsaved || state.not_before.is_some_and(|then| Instant::now() < then) {
            return;
        }
        let Some(Tokens { access, refresh, expires: Some(expires) }) = state.tokens.clone() else {
            return;
        };
        match rotation.store.save(&BotTokens { access, refresh, expires }).await {
            Ok(()) => {
                state.unsaved = false;
                state.not_before = None;
            }
            Err(error) => {
                tracing::error!(%error, "renewed tokens of slack could not be saved; the next \
                    process will not be able to use the app");
                state.not_before = Some(Instant::now() + PAUSE);
            }
        }
    }

    /// Whether it is time for others.
    fn is_over(&self, tokens: &Tokens, ended: Option<&Secret<String>>) -> bool {
        let soon = self.clock.now().after(MARGIN);
        ended == Some(&tokens.access) || tokens.expires.is_some_and(|expires| expires <= soon)
    }

    fn is_alive(&self, tokens: &Tokens, ended: Option<&Secret<String>>) -> bool {
        let now = self.clock.now();
        ended != Some(&tokens.access) && tokens.expires.is_none_or(|expires| expires > now)
    }
}

async fn load(rotation: &Rotation) -> Result<Option<Tokens>, Error> {
    let stored =
        rotation.store.load().await.map_err(|error| {
            Error::NotRenewed(format!("the stored tokens cannot be read: {error}"))
        })?;
    Ok(stored.map(|stored| Tokens {
        access: stored.access,
        refresh: stored.refresh,
        expires: Some(stored.expires),
    }))
}
