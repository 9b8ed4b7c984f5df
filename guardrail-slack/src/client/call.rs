//! One call of a method: token, tries and waits.

use guardrail_core::model::secret::Secret;
use serde::de::DeserializeOwned;

use crate::client::error::Error;
use crate::client::http::Body;
use crate::client::{Client, answer};

impl Client {
    /// Calls a method as the bot.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        body: Body,
    ) -> Result<T, Error> {
        let token = self.0.settings.bot.clone();
        self.attempt(method, &token, &body).await
    }

    /// Calls a method as the app, with the token of Socket Mode.
    pub(super) async fn call_as_app<T: DeserializeOwned>(
        &self,
        method: &'static str,
        body: Body,
    ) -> Result<T, Error> {
        let token = self.0.settings.app.clone().ok_or(Error::NoToken { method })?;
        self.attempt(method, &token, &body).await
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        method: &'static str,
        token: &Secret<String>,
        body: &Body,
    ) -> Result<T, Error> {
        let read = self.0.http.post(&self.0.settings.api, method, Some(token), body).await?;
        answer::read(method, &read)
    }
}
