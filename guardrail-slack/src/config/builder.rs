//! Builds a configuration by code, and refuses one that could not work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::clock::{Clock, Entropy, SystemEntropy};
use guardrail_core::model::secret::Secret;

use crate::address;
use crate::client::{Rotation, TokenStore};
use crate::config::check::{self, IdKind};
use crate::config::error::ConfigError;
use crate::config::wall::WallClock;
use crate::config::{Arguments, Config, Place};

const API_URL: &str = "https://slack.com/api/";
const GIVE_UP_AFTER: Duration = Duration::from_secs(10 * 60);
/// One signing secret, or two while the old one runs out.
const SIGNING_SECRETS: usize = 2;
const GIVE_UP_LEAST: Duration = Duration::from_secs(10);
const GIVE_UP_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Builds a [`Config`]. Every value is checked by [`build`](Self::build), none before.
///
/// ```
/// use guardrail_slack::Config;
///
/// let config = Config::builder("xoxb-0000-example".to_owned(), "#approvals")
///     .app_token("xapp-0000-example".to_owned())
///     .build()?;
/// assert!(!format!("{config:?}").contains("example"));
/// # Ok::<(), guardrail_slack::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing before it is built"]
pub struct SlackBuilder {
    bot_token: Secret<String>,
    place: Place,
    places: BTreeMap<String, Override>,
    groups: BTreeMap<String, String>,
    link_by_email: bool,
    teams: BTreeSet<String>,
    enterprise: Option<String>,
    app: Option<String>,
    api_url: String,
    socket_url: Option<String>,
    rotation: Option<Rotation>,
    app_token: Option<Secret<String>>,
    signing_secrets: Vec<Secret<String>>,
    give_up_after: Duration,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// What one policy sets otherwise.
#[derive(Clone, Debug, Default)]
struct Override {
    channel: Option<String>,
    arguments: Option<Arguments>,
    mention: Option<String>,
}

impl SlackBuilder {
    pub(super) fn new(bot_token: Secret<String>, channel: String) -> Self {
        Self {
            bot_token,
            place: Place { channel, arguments: Arguments::default(), mention: None },
            places: BTreeMap::new(),
            groups: BTreeMap::new(),
            link_by_email: false,
            teams: BTreeSet::new(),
            enterprise: None,
            app: None,
            api_url: API_URL.to_owned(),
            socket_url: None,
            rotation: None,
            app_token: None,
            signing_secrets: Vec::new(),
            give_up_after: GIVE_UP_AFTER,
            clock: Arc::new(WallClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// The bot's token ends after some hours and is renewed: the app's client id and secret, the
    /// refresh token that came with the bot's, and where renewed ones are kept. What the store has
    /// goes before the tokens given here.
    pub fn rotation(
        mut self,
        client_id: impl Into<Secret<String>>,
        client_secret: impl Into<Secret<String>>,
        refresh_token: impl Into<Secret<String>>,
        store: Arc<dyn TokenStore>,
    ) -> Self {
        self.rotation = Some(Rotation {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            refresh: refresh_token.into(),
            store,
        });
        self
    }

    /// The app-level token, `xapp-`: clicks arrive by Socket Mode, and no public address is needed.
    pub fn app_token(mut self, token: impl Into<Secret<String>>) -> Self {
        self.app_token = Some(token.into());
        self
    }

    /// The signing secret: clicks arrive by HTTP. Give a second one while you change it; either
    /// then proves a callback.
    pub fn signing_secret(mut self, secret: impl Into<Secret<String>>) -> Self {
        self.signing_secrets.push(secret.into());
        self
    }

    /// Where arguments are shown, unless the policy says otherwise. In the channel by default.
    pub fn arguments(mut self, arguments: Arguments) -> Self {
        self.place.arguments = arguments;
        self
    }

    /// The user group to mention, by its id, unless the policy says otherwise.
    pub fn mention(mut self, user_group: impl Into<String>) -> Self {
        self.place.mention = Some(user_group.into());
        self
    }

    /// Requests of this policy appear in this channel.
    pub fn policy_channel(mut self, policy: impl Into<String>, channel: impl Into<String>) -> Self {
        self.places.entry(policy.into()).or_default().channel = Some(channel.into());
        self
    }

    /// Arguments of this policy's requests are shown here.
    pub fn policy_arguments(mut self, policy: impl Into<String>, arguments: Arguments) -> Self {
        self.places.entry(policy.into()).or_default().arguments = Some(arguments);
        self
    }

    /// Requests of this policy mention this user group.
    pub fn policy_mention(
        mut self,
        policy: impl Into<String>,
        user_group: impl Into<String>,
    ) -> Self {
        self.places.entry(policy.into()).or_default().mention = Some(user_group.into());
        self
    }

    /// A user group of Slack backs this group of the directory.
    pub fn group(mut self, group: impl Into<String>, user_group: impl Into<String>) -> Self {
        self.groups.insert(group.into(), user_group.into());
        self
    }

    /// Whether a verified email address leads to the person of the directory who has it. Off by
    /// default: an address can be handed on to another person. Which account it was stands on record
    /// beside the person.
    pub fn link_by_email(mut self, link: bool) -> Self {
        self.link_by_email = link;
        self
    }

    /// A workspace whose deliveries are for us; several on Enterprise Grid. By default the one the
    /// bot's token belongs to.
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.teams.insert(team.into());
        self
    }

    /// The organisation of Enterprise Grid, all of whose workspaces are ours.
    pub fn enterprise(mut self, enterprise: impl Into<String>) -> Self {
        self.enterprise = Some(enterprise.into());
        self
    }

    /// The app's own id; deliveries for another app are refused.
    pub fn app(mut self, app: impl Into<String>) -> Self {
        self.app = Some(app.into());
        self
    }

    /// The base of the Web API, where it is not `https://slack.com/api/`: GovSlack, a proxy, a test.
    pub fn api_url(mut self, url: impl Into<String>) -> Self {
        self.api_url = url.into();
        self
    }

    /// Where sockets are opened: scheme, host and port of Slack's answer are replaced by these.
    pub fn socket_url(mut self, url: impl Into<String>) -> Self {
        self.socket_url = Some(url.into());
        self
    }

    /// How long Slack may be out of reach before the approver leaves its requests to the others:
    /// 10 seconds to one day, 10 minutes by default.
    pub fn give_up_after(mut self, wait: Duration) -> Self {
        self.give_up_after = wait;
        self
    }

    /// What tells the time callbacks are judged by.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where jitter comes from.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first value that cannot work, and what to do.
    pub fn build(self) -> Result<Config, ConfigError> {
        check::bot_token("bot_token", &self.bot_token)?;
        if let Some(rotation) = &self.rotation {
            check::refresh_token("refresh_token", &rotation.refresh)?;
            check::word("client_id", "client id", &rotation.client_id)?;
            check::word("client_secret", "client secret", &rotation.client_secret)?;
        } else if self.bot_token.expose().starts_with("xoxe.") {
            return Err(ConfigError::Missing {
                name: "refresh_token".to_owned(),
                remedy: "the bot's token ends after some hours; give what renews it",
            });
        }
        if let Some(token) = &self.app_token {
            check::app_token("app_token", token)?;
        }
        for secret in &self.signing_secrets {
            check::signing_secret("signing_secret", secret)?;
        }
        if self.signing_secrets.len() > SIGNING_SECRETS {
            let why = "is given more than twice; two are enough while one is changed".to_owned();
            return Err(ConfigError::Value { name: "signing_secret".to_owned(), why });
        }
        if self.app_token.is_none() && self.signing_secrets.is_empty() {
            return Err(ConfigError::Missing {
                name: "app_token".to_owned(),
                remedy: "give an app-level token (Socket Mode) or a signing secret (HTTP), or no \
                    click can be heard",
            });
        }
        for team in &self.teams {
            check::id("team", IdKind::Team, team)?;
        }
        if let Some(enterprise) = &self.enterprise {
            check::id("enterprise", IdKind::Enterprise, enterprise)?;
        }
        if let Some(app) = &self.app {
            check::id("app", IdKind::App, app)?;
        }
        for (group, user_group) in &self.groups {
            check::id(&format!("groups.{group}"), IdKind::UserGroup, user_group)?;
        }
        if !(GIVE_UP_LEAST..=GIVE_UP_MOST).contains(&self.give_up_after) {
            let why = "is out of bounds: at least `10s`, at most `1d`".to_owned();
            return Err(ConfigError::Value { name: "give_up_after".to_owned(), why });
        }
        let api_url =
            address::api(&self.api_url).map_err(|error| ConfigError::address("api_url", error))?;
        let socket_url = match &self.socket_url {
            Some(url) => Some(
                address::socket(url).map_err(|error| ConfigError::address("socket_url", error))?,
            ),
            None => None,
        };
        checked("", &self.place)?;
        let mut places = BTreeMap::new();
        for (policy, differs) in self.places {
            let place = Place {
                channel: differs.channel.unwrap_or_else(|| self.place.channel.clone()),
                arguments: differs.arguments.unwrap_or(self.place.arguments),
                mention: differs.mention.or_else(|| self.place.mention.clone()),
            };
            checked(&format!("policies.{policy}."), &place)?;
            places.insert(policy, place);
        }
        Ok(Config {
            place: self.place,
            places,
            groups: self.groups,
            link_by_email: self.link_by_email,
            teams: self.teams,
            enterprise: self.enterprise,
            app: self.app,
            api_url,
            socket_url,
            bot_token: self.bot_token,
            rotation: self.rotation,
            app_token: self.app_token,
            signing_secrets: self.signing_secrets,
            give_up_after: self.give_up_after,
            clock: self.clock,
            entropy: self.entropy,
        })
    }
}

fn checked(prefix: &str, place: &Place) -> Result<(), ConfigError> {
    check::channel(&format!("{prefix}channel"), &place.channel)?;
    match &place.mention {
        Some(group) => check::id(&format!("{prefix}mention"), IdKind::UserGroup, group),
        None => Ok(()),
    }
}
