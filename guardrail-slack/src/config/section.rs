//! `[slack]` of `guardrail.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use guardrail_core::policy::PolicySet;
use serde::Deserialize;

use crate::client::TokenFile;
use crate::config::builder::SlackBuilder;
use crate::config::environment::{Read, name_of};
use crate::config::error::ConfigError;
use crate::config::source::Source;
use crate::config::{Arguments, Config};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    channel: String,
    arguments: Option<Where>,
    mention: Option<String>,
    #[serde(default)]
    policies: BTreeMap<String, PolicyTable>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
    #[serde(default)]
    link_by_email: bool,
    #[serde(default)]
    teams: Vec<String>,
    enterprise: Option<String>,
    app: Option<String>,
    api_url: Option<String>,
    socket_url: Option<String>,
    give_up_after: Option<String>,
    bot_token: Option<Source>,
    app_token: Option<Source>,
    signing_secret: Option<Source>,
    old_signing_secret: Option<Source>,
    rotation: Option<RotationTable>,
}

/// `[slack.policies.prod-change]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyTable {
    channel: Option<String>,
    arguments: Option<Where>,
    mention: Option<String>,
}

/// `[slack.rotation]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationTable {
    token_file: String,
    client_id: Option<Source>,
    client_secret: Option<Source>,
    refresh_token: Option<Source>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Where {
    InChannel,
    BehindReview,
}

pub(super) fn read(policies: &PolicySet, variable: Read<'_>) -> Result<Config, ConfigError> {
    let section = policies.section("slack").ok_or(ConfigError::Missing {
        name: "[slack]".to_owned(),
        remedy: "write the section into guardrail.toml, with at least `channel = \"#approvals\"`",
    })?;
    let table: Table = section.read()?;
    for policy in table.policies.keys() {
        let known = policies.policies().any(|known| known.name().as_str() == policy);
        if !known {
            let why = "is the section of a policy that guardrail.toml does not have".to_owned();
            return Err(ConfigError::Value { name: format!("slack.policies.{policy}"), why });
        }
    }
    for group in table.groups.keys() {
        let known = policies.directory().groups().any(|(known, _)| known.as_str() == group);
        if !known {
            let why = "is a group that guardrail.toml does not have".to_owned();
            return Err(ConfigError::Value { name: format!("slack.groups.{group}"), why });
        }
    }
    let builder = secrets(&table, variable)?;
    let builder = places(table, builder)?;
    builder.build().map_err(|error| error.renamed(|key| Some(format!("slack.{key}"))))
}

/// A builder with every secret, each from where the table says or the usual variable.
fn secrets(table: &Table, variable: Read<'_>) -> Result<SlackBuilder, ConfigError> {
    let get = |key: &str, source: &Option<Source>| match (source, name_of(key)) {
        (Some(source), _) => source.read(key, variable).map(Some),
        (None, Some(name)) => Ok(variable(name)?.map(Into::into)),
        (None, None) => Ok(None),
    };
    let must = |key: &str, source: &Option<Source>| {
        get(key, source)?.ok_or_else(|| ConfigError::Missing {
            name: name_of(key).unwrap_or(key).to_owned(),
            remedy: "set this variable, or name another, or a file, in `[slack]`",
        })
    };
    let bot = must("bot_token", &table.bot_token)?;
    let mut builder = SlackBuilder::new(bot, table.channel.clone());
    if let Some(token) = get("app_token", &table.app_token)? {
        builder = builder.app_token(token);
    }
    let signing = [
        ("signing_secret", &table.signing_secret),
        ("old_signing_secret", &table.old_signing_secret),
    ];
    for (key, source) in signing {
        if let Some(secret) = get(key, source)? {
            builder = builder.signing_secret(secret);
        }
    }
    if let Some(rotation) = &table.rotation {
        builder = builder.rotation(
            must("client_id", &rotation.client_id)?,
            must("client_secret", &rotation.client_secret)?,
            must("refresh_token", &rotation.refresh_token)?,
            Arc::new(TokenFile::new(rotation.token_file.clone())),
        );
    }
    Ok(builder)
}

fn places(table: Table, mut builder: SlackBuilder) -> Result<SlackBuilder, ConfigError> {
    builder = builder.link_by_email(table.link_by_email);
    if let Some(arguments) = table.arguments {
        builder = builder.arguments(arguments.into());
    }
    if let Some(group) = table.mention {
        builder = builder.mention(group);
    }
    for (policy, differs) in table.policies {
        if let Some(channel) = differs.channel {
            builder = builder.policy_channel(policy.clone(), channel);
        }
        if let Some(arguments) = differs.arguments {
            builder = builder.policy_arguments(policy.clone(), arguments.into());
        }
        if let Some(group) = differs.mention {
            builder = builder.policy_mention(policy, group);
        }
    }
    for (group, user_group) in table.groups {
        builder = builder.group(group, user_group);
    }
    for team in table.teams {
        builder = builder.team(team);
    }
    if let Some(enterprise) = table.enterprise {
        builder = builder.enterprise(enterprise);
    }
    if let Some(app) = table.app {
        builder = builder.app(app);
    }
    if let Some(url) = table.api_url {
        builder = builder.api_url(url);
    }
    if let Some(url) = table.socket_url {
        builder = builder.socket_url(url);
    }
    if let Some(text) = table.give_up_after {
        let wait = duration(&text).ok_or_else(|| ConfigError::Value {
            name: "slack.give_up_after".to_owned(),
            why: "is no length of time; write a whole number and a unit, like `90s`, `15m` or \
                `2h`"
                .to_owned(),
        })?;
        builder = builder.give_up_after(wait);
    }
    Ok(builder)
}

/// `90s`, `15m`, `2h`, `1d`.
fn duration(text: &str) -> Option<Duration> {
    let mut characters = text.chars();
    let seconds: u64 = match characters.next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let digits = characters.as_str();
    let number: u64 = digits.parse().ok().filter(|_| !digits.starts_with('+'))?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

impl From<Where> for Arguments {
    fn from(place: Where) -> Self {
        match place {
            Where::InChannel => Self::InChannel,
            Where::BehindReview => Self::BehindReview,
        }
    }
}
