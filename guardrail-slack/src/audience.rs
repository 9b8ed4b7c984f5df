//! Whom a delivery is for: our app, in our workspace or organisation.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::client::Me;
use crate::counts::Refusal;
use crate::delivery::Kind;
use crate::object::{self, Object};

/// What is ours. Where no workspace is configured, it is the one the bot's token belongs to, and
/// until that is known nothing is ours.
#[derive(Debug)]
pub(crate) struct Audience {
    teams: BTreeSet<String>,
    enterprise: Option<String>,
    app: Option<String>,
    learned: OnceLock<Home>,
    /// The app whose token opened the socket.
    learned_app: OnceLock<String>,
}

/// Where the bot's token is at home.
#[derive(Debug, PartialEq, Eq)]
enum Home {
    Team(String),
    Enterprise(String),
}

/// What a delivery says of itself; the rest is read by whoever has a use for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// `block_actions`, `event_callback`.
    pub(crate) kind: String,
    /// Of an event: the same in every retry.
    pub(crate) event_id: Option<String>,
    team: Option<String>,
    enterprise: Option<String>,
    app: String,
}

/// A token belongs elsewhere than the configuration says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Elsewhere {
    #[error(
        "the bot's token belongs to workspace `{0}`, which is not among the configured ones; \
         install the app there, or correct the workspace id"
    )]
    Team(String),
    #[error(
        "the app-level token belongs to app `{0}`, which is not the configured one; correct the \
         app id or the token"
    )]
    App(String),
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: String,
    team: Option<Object<Id>>,
    enterprise: Option<Object<Id>>,
    api_app_id: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    team_id: Option<String>,
    enterprise_id: Option<String>,
    api_app_id: String,
    event_id: Option<String>,
}

// ===== impl Audience =====

impl Audience {
    pub(crate) fn new(
        teams: BTreeSet<String>,
        enterprise: Option<String>,
        app: Option<String>,
    ) -> Self {
        Self { teams, enterprise, app, learned: OnceLock::new(), learned_app: OnceLock::new() }
    }

    /// Takes in whose the bot's token is; the first answer stays.
    pub(crate) fn learn(&self, me: &Me) -> Result<(), Elsewhere> {
        let home = match &me.enterprise {
            Some(enterprise) if me.is_enterprise_install => Home::Enterprise(enterprise.clone()),
            _ => Home::Team(me.team.clone()),
        };
        let configured = match &home {
            _ if !self.is_configured() => true,
            Home::Enterprise(enterprise) => {
                self.enterprise.as_ref().is_none_or(|ours| ours == enterprise)
            }
            Home::Team(team) => {
                self.teams.contains(team)
                    || (self.enterprise.is_some() && self.enterprise == me.enterprise)
            }
        };
        if !configured {
            return Err(Elsewhere::Team(me.team.clone()));
        }
        drop(self.learned.set(home));
        Ok(())
    }

    /// Takes in whose the app-level token is, where Slack says it.
    pub(crate) fn learn_app(&self, app: Option<&str>) -> Result<(), Elsewhere> {
        let Some(app) = app else { return Ok(()) };
        let ours =
            self.app.as_deref().unwrap_or_else(|| self.learned_app.get_or_init(|| app.to_owned()));
        if ours == app { Ok(()) } else { Err(Elsewhere::App(app.to_owned())) }
    }

    /// Whether it is known what is ours.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_configured() || self.learned.get().is_some()
    }

    /// Whether a delivery is for us.
    pub(crate) fn admit(&self, head: &Head) -> Result<(), Refusal> {
        let app = self.app.as_ref().or_else(|| self.learned_app.get());
        if app.is_some_and(|app| *app != head.app) {
            return Err(Refusal::NotOurs);
        }
        if !self.is_ready() {
            return Err(Refusal::NotReady);
        }
        let home = self.learned.get().filter(|_| !self.is_configured());
        let team = head.team.as_ref().is_some_and(|team| {
            self.teams.contains(team) || matches!(home, Some(Home::Team(ours)) if ours == team)
        });
        let enterprise = head.enterprise.as_ref().is_some_and(|enterprise| {
            self.enterprise.as_ref() == Some(enterprise)
                || matches!(home, Some(Home::Enterprise(ours)) if ours == enterprise)
        });
        if team || enterprise { Ok(()) } else { Err(Refusal::NotOurs) }
    }

    /// Whether what is not for us is a click on a message of our own app, made from another
    /// workspace through a shared channel.
    pub(crate) fn is_from_abroad(&self, head: &Head) -> bool {
        let app = self.app.as_ref().or_else(|| self.learned_app.get());
        head.kind == "block_actions"
            && head.team.is_some()
            && app == Some(&head.app)
            && self.admit(head) == Err(Refusal::NotOurs)
    }

    fn is_configured(&self) -> bool {
        !self.teams.is_empty() || self.enterprise.is_some()
    }
}

// ===== impl Head =====

impl Head {
    /// Reads what a delivery says of itself, or nothing at all.
    pub(crate) fn read(kind: Kind, payload: &[u8]) -> Option<Self> {
        match kind {
            Kind::Interaction | Kind::Foreign => {
                let read: Interaction = object::read(payload).ok()?;
                Some(Self {
                    kind: read.kind,
                    event_id: None,
                    team: read.team.map(|team| team.0.id),
                    enterprise: read.enterprise.map(|enterprise| enterprise.0.id),
                    app: read.api_app_id,
                })
            }
            Kind::Event => {
                let read: Event = object::read(payload).ok()?;
                Some(Self {
                    kind: read.kind,
                    event_id: read.event_id,
                    team: read.team_id,
                    enterprise: read.enterprise_id,
                    app: read.api_app_id,
                })
            }
        }
    }
}
