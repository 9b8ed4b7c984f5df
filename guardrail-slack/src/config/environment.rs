//! The environment: which variable means what.

use std::env::{self, VarError};
use std::sync::Arc;

use guardrail_core::model::secret::Secret;

use crate::client::TokenFile;
use crate::config::Config;
use crate::config::builder::SlackBuilder;
use crate::config::error::ConfigError;

/// Gives the value of a variable, where it is set.
pub(super) type Read<'a> = &'a dyn Fn(&str) -> Result<Option<String>, ConfigError>;

/// What a builder calls it, and what the environment does.
const NAMES: [(&str, &str); 14] = [
    ("bot_token", "SLACK_BOT_TOKEN"),
    ("channel", "SLACK_CHANNEL"),
    ("app_token", "SLACK_APP_TOKEN"),
    ("signing_secret", "SLACK_SIGNING_SECRET"),
    ("old_signing_secret", "SLACK_OLD_SIGNING_SECRET"),
    ("team", "SLACK_TEAM_ID"),
    ("enterprise", "SLACK_ENTERPRISE_ID"),
    ("app", "SLACK_APP_ID"),
    ("mention", "SLACK_USER_GROUP"),
    ("api_url", "SLACK_API_URL"),
    ("socket_url", "SLACK_SOCKET_URL"),
    ("refresh_token", "SLACK_REFRESH_TOKEN"),
    ("client_id", "SLACK_CLIENT_ID"),
    ("client_secret", "SLACK_CLIENT_SECRET"),
];

/// A variable of this process.
pub(super) fn variable(name: &str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::Value {
            name: name.to_owned(),
            why: "is set to something that is no text".to_owned(),
        }),
    }
}

/// The variable that means what a builder calls `key`.
pub(super) fn name_of(key: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == key).map(|(_, variable)| *variable)
}

pub(super) fn read(variable: Read<'_>) -> Result<Config, ConfigError> {
    let needed = |name: &str, remedy| {
        let missing = || ConfigError::Missing { name: name.to_owned(), remedy };
        variable(name)?.ok_or_else(missing)
    };
    let bot = needed(
        "SLACK_BOT_TOKEN",
        "set it to the bot token, `xoxb-..`, from \"OAuth & Permissions\" of your app",
    )?;
    let channel =
        needed("SLACK_CHANNEL", "set it to the channel of requests, `C012AB3CD` or `#approvals`")?;
    let builder = SlackBuilder::new(Secret::new(bot), channel);
    let builder = secrets(builder, variable)?;
    let builder = places(builder, variable)?;
    builder.build().map_err(|error| error.renamed(|key| name_of(key).map(str::to_owned)))
}

/// The secrets but the bot's token.
fn secrets(mut builder: SlackBuilder, variable: Read<'_>) -> Result<SlackBuilder, ConfigError> {
    if let Some(token) = variable("SLACK_APP_TOKEN")? {
        builder = builder.app_token(token);
    }
    for name in ["SLACK_SIGNING_SECRET", "SLACK_OLD_SIGNING_SECRET"] {
        if let Some(secret) = variable(name)? {
            builder = builder.signing_secret(secret);
        }
    }
    let rotation =
        ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_REFRESH_TOKEN", "SLACK_TOKEN_FILE"];
    let mut values = Vec::new();
    for name in rotation {
        values.push((name, variable(name)?));
    }
    let some = values.iter().any(|(_, value)| value.is_some());
    if let Some((name, _)) = values.iter().find(|(_, value)| some && value.is_none()) {
        let remedy = "token rotation needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, \
            SLACK_REFRESH_TOKEN and SLACK_TOKEN_FILE together";
        return Err(ConfigError::Missing { name: (*name).to_owned(), remedy });
    }
    let mut values = values.into_iter().filter_map(|(_, value)| value);
    if let (Some(id), Some(secret), Some(refresh), Some(file)) =
        (values.next(), values.next(), values.next(), values.next())
    {
        builder = builder.rotation(id, secret, refresh, Arc::new(TokenFile::new(file)));
    }
    Ok(builder)
}

fn places(mut builder: SlackBuilder, variable: Read<'_>) -> Result<SlackBuilder, ConfigError> {
    if let Some(team) = variable("SLACK_TEAM_ID")? {
        builder = builder.team(team);
    }
    if let Some(enterprise) = variable("SLACK_ENTERPRISE_ID")? {
        builder = builder.enterprise(enterprise);
    }
    if let Some(app) = variable("SLACK_APP_ID")? {
        builder = builder.app(app);
    }
    if let Some(group) = variable("SLACK_USER_GROUP")? {
        builder = builder.mention(group);
    }
    if let Some(url) = variable("SLACK_API_URL")? {
        builder = builder.api_url(url);
    }
    if let Some(url) = variable("SLACK_SOCKET_URL")? {
        builder = builder.socket_url(url);
    }
    Ok(builder)
}
