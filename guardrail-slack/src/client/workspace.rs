//! The workspace itself: who the token is, conversations, and the way to a socket.

use guardrail_core::model::secret::Secret;
use serde::Deserialize;

use crate::client::Client;
use crate::client::error::Error;
use crate::client::transport::Body;

/// Who a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Me {
    /// Of the workspace; of an app installed in a whole organisation, of the organisation.
    #[serde(rename = "team_id")]
    pub(crate) team: String,
    #[serde(rename = "enterprise_id")]
    pub(crate) enterprise: Option<String>,
    /// Installed in a whole organisation.
    #[serde(default)]
    pub(crate) is_enterprise_install: bool,
    #[serde(rename = "user_id")]
    pub(crate) user: String,
    #[serde(rename = "bot_id")]
    pub(crate) bot: Option<String>,
    #[serde(rename = "app_id")]
    pub(crate) app: Option<String>,
}

#[derive(Deserialize)]
struct Opened {
    channel: Channel,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

#[derive(Deserialize)]
struct Link {
    url: String,
}

impl Client {
    /// `auth.test`: whose the bot's token is.
    pub(crate) async fn auth_test(&self) -> Result<Me, Error> {
        self.call("auth.test", Body::form([])).await
    }

    /// `conversations.open`: the channel in which the app and this person talk alone.
    pub(crate) async fn conversations_open(&self, user: &str) -> Result<String, Error> {
        let body = Body::form([("users", user)]);
        let opened: Opened = self.call("conversations.open", body).await?;
        Ok(opened.channel.id)
    }

    /// `apps.connections.open`: where to connect a socket, once. The address holds a ticket.
    pub(crate) async fn connections_open(&self) -> Result<Secret<String>, Error> {
        let link: Link = self.call_as_app("apps.connections.open", Body::form([])).await?;
        Ok(Secret::new(link.url))
    }
}
