//! How the approver is told its workspace, channels and secrets: by the environment, by code, or by
//! `[slack]` in `guardrail.toml`.
//!
//! Secrets never stand in `guardrail.toml` itself: that file is committed, and its hash is on
//! record. The section names the environment variable or the file each is read from.

mod builder;
mod check;
mod environment;
mod error;
mod rename;
mod section;
mod source;
#[cfg(test)]
mod tests;
mod wall;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::{Clock, Entropy};
use guardrail_core::model::secret::Secret;
use guardrail_core::policy::PolicySet;
use reqwest::Url;

pub use self::builder::SlackBuilder;
pub use self::error::ConfigError;

use crate::audience::Audience;
use crate::client::{self, Client, Rotation};
use crate::verify::Verifier;

/// Where a request's arguments are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arguments {
    /// In the message, to everyone in the channel.
    #[default]
    InChannel,
    /// Behind the button Review, to a person who may decide. The message shows names only.
    BehindReview,
}

/// Where and how the requests of one policy appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// An id, or a name with its `#`.
    pub(crate) channel: String,
    pub(crate) arguments: Arguments,
    /// The user group that is told, by its id.
    pub(crate) mention: Option<String>,
}

/// Everything a Slack approver is told. It is checked when it is built, and holds at least one way
/// to hear clicks: an app-level token (Socket Mode) or a signing secret (HTTP).
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) place: Place,
    /// By policy name, where it differs.
    pub(crate) places: BTreeMap<String, Place>,
    /// The user group that backs a group of the directory, by the group's name.
    pub(crate) groups: BTreeMap<String, String>,
    /// A verified email address may lead to the person of the directory who has it.
    pub(crate) link_by_email: bool,
    /// Workspaces whose deliveries are for us. Empty: the one the bot's token belongs to.
    pub(crate) teams: BTreeSet<String>,
    /// The organisation whose deliveries are for us.
    pub(crate) enterprise: Option<String>,
    pub(crate) app: Option<String>,
    pub(crate) api_url: Url,
    /// Where sockets are opened, whatever host Slack names.
    pub(crate) socket_url: Option<Url>,
    pub(crate) bot_token: Secret<String>,
    pub(crate) rotation: Option<Rotation>,
    /// Socket Mode, where there is one.
    pub(crate) app_token: Option<Secret<String>>,
    /// HTTP, where there are any: one, or two while they are being changed.
    pub(crate) signing_secrets: Vec<Secret<String>>,
    /// How long Slack may be out of reach before the approver leaves its requests to others.
    pub(crate) give_up_after: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Config {
    /// Starts from what has no default: the bot's token and the channel.
    pub fn builder(
        bot_token: impl Into<Secret<String>>,
        channel: impl Into<String>,
    ) -> SlackBuilder {
        SlackBuilder::new(bot_token.into(), channel.into())
    }

    /// Reads the environment: `SLACK_BOT_TOKEN` and `SLACK_CHANNEL`, and `SLACK_APP_TOKEN` for
    /// Socket Mode or `SLACK_SIGNING_SECRET` for HTTP.
    ///
    /// Also read, where they are set: `SLACK_OLD_SIGNING_SECRET` while the signing secret is
    /// changed, `SLACK_TEAM_ID`, `SLACK_ENTERPRISE_ID`, `SLACK_APP_ID`, `SLACK_USER_GROUP` (to
    /// mention), `SLACK_API_URL`, `SLACK_SOCKET_URL`; and for an app with token rotation
    /// `SLACK_REFRESH_TOKEN`, `SLACK_CLIENT_ID`, `SLACK_CLIENT_SECRET` and `SLACK_TOKEN_FILE`, the
    /// file in which renewed tokens are kept.
    ///
    /// # Errors
    /// The first variable that is missing or cannot work, and what to do.
    pub fn from_env() -> Result<Self, ConfigError> {
        environment::read(&environment::variable)
    }

    /// Reads `[slack]` of `guardrail.toml`. Its secrets are read from the environment variables or
    /// files the section names, by default from the variables of [`Config::from_env`].
    ///
    /// # Errors
    /// The first mistake, with its place in the file where it has one, and what to do.
    pub fn from_policies(policies: &PolicySet) -> Result<Self, ConfigError> {
        section::read(policies, &environment::variable)
    }

    /// Where the requests of this policy appear.
    pub(crate) fn place(&self, policy: &str) -> &Place {
        self.places.get(policy).unwrap_or(&self.place)
    }

    /// Whose deliveries are for us.
    pub(crate) fn audience(&self) -> Audience {
        Audience::new(self.teams.clone(), self.enterprise.clone(), self.app.clone())
    }

    /// What checks callbacks over HTTP.
    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(self.signing_secrets.clone(), Arc::clone(&self.clock))
    }

    /// A client of the Web API with these secrets.
    pub(crate) fn client(&self) -> Result<Client, client::BuildError> {
        Client::new(client::Settings {
            api: self.api_url.clone(),
            bot: self.bot_token.clone(),
            rotation: self.rotation.clone(),
            app: self.app_token.clone(),
            patience: CALL_PATIENCE,
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        })
    }
}

/// How long one call of a method may last, tries and waits included. The approver may call again.
const CALL_PATIENCE: Duration = Duration::from_secs(30);
