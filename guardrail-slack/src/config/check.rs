//! What a token, a secret or an id of Slack looks like, so that a mix-up is found at start.

use guardrail_core::model::secret::Secret;

use crate::config::error::ConfigError;

/// Slack's own signing secrets have 32 characters; other senders of callbacks may use fewer, but none
/// that could be guessed.
const SIGNING_SECRET_LEAST: usize = 24;
/// Behind its prefix a token has far more.
const TOKEN_LEAST: usize = 8;
const SECRET_MOST: usize = 1024;
const ID_MOST: usize = 32;
const CHANNEL_NAME_MOST: usize = 80;

pub(super) fn bot_token(name: &str, token: &Secret<String>) -> Result<(), ConfigError> {
    let why = "it starts with `xoxb-`; copy the bot token from \"OAuth & Permissions\" of your app";
    // With token rotation the bot's token is `xoxe.xoxb-`.
    prefixed(name, token, "bot token", &["xoxb-", "xoxe.xoxb-"], why)
}

pub(super) fn app_token(name: &str, token: &Secret<String>) -> Result<(), ConfigError> {
    let why = "it starts with `xapp-`; make an app-level token with the scope `connections:write` \
        under \"Basic Information\" of your app";
    prefixed(name, token, "app-level token", &["xapp-"], why)
}

pub(super) fn refresh_token(name: &str, token: &Secret<String>) -> Result<(), ConfigError> {
    let why = "it starts with `xoxe-` and comes with the bot token when rotation is switched on";
    prefixed(name, token, "refresh token", &["xoxe-"], why)
}

/// Visible ASCII, at least 24 characters.
pub(super) fn signing_secret(name: &str, secret: &Secret<String>) -> Result<(), ConfigError> {
    let refuse = |why| Err(secret_error(name, "signing secret", why));
    let text = secret.expose();
    if text.is_empty() {
        return refuse("it is empty; copy it from \"Basic Information\" of your app");
    }
    if text.starts_with("xox") || text.starts_with("xapp-") {
        return refuse("it is a token; the signing secret stands under \"Basic Information\"");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("it has a space or something else in it that none has; copy it again");
    }
    if !(SIGNING_SECRET_LEAST..=SECRET_MOST).contains(&text.len()) {
        return refuse("it is not as long as one, 32 characters; copy it again");
    }
    Ok(())
}

/// Of an app's client id and secret, of which only that they are one word is known.
pub(super) fn word(
    name: &str,
    what: &'static str,
    secret: &Secret<String>,
) -> Result<(), ConfigError> {
    let text = secret.expose();
    if !(TOKEN_LEAST..=SECRET_MOST).contains(&text.len())
        || !text.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(secret_error(name, what, "it is too short, or no single word; copy it again"));
    }
    Ok(())
}

/// A kind of id: `T0CORP`.
#[derive(Clone, Copy, Debug)]
pub(super) enum IdKind {
    Team,
    Enterprise,
    App,
    UserGroup,
}

pub(super) fn id(name: &str, kind: IdKind, text: &str) -> Result<(), ConfigError> {
    let (first, what, form) = match kind {
        IdKind::Team => ('T', "workspace id", "T012AB3CD"),
        IdKind::Enterprise => ('E', "organisation id", "E012AB3CD"),
        IdKind::App => ('A', "app id", "A012AB3CD"),
        IdKind::UserGroup => ('S', "user group id", "S012AB3CD"),
    };
    let good = text.starts_with(first) && is_id(text);
    if good { Ok(()) } else { Err(ConfigError::Id { name: name.to_owned(), what, form }) }
}

/// `C012AB3CD`, or a name with its `#`.
pub(super) fn channel(name: &str, text: &str) -> Result<(), ConfigError> {
    let good = match text.strip_prefix('#') {
        Some(word) => {
            !word.is_empty()
                && word.chars().count() <= CHANNEL_NAME_MOST
                && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        }
        None => text.starts_with(['C', 'G']) && is_id(text),
    };
    let form = "C012AB3CD` or `#approvals";
    if good {
        Ok(())
    } else {
        Err(ConfigError::Id { name: name.to_owned(), what: "channel", form })
    }
}

fn is_id(text: &str) -> bool {
    (2..=ID_MOST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn prefixed(
    name: &str,
    token: &Secret<String>,
    what: &'static str,
    prefixes: &[&str],
    why: &'static str,
) -> Result<(), ConfigError> {
    let text = token.expose();
    if text.is_empty() {
        return Err(secret_error(name, what, "it is empty"));
    }
    let Some(rest) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) else {
        return Err(secret_error(name, what, why));
    };
    if !(TOKEN_LEAST..=SECRET_MOST).contains(&rest.len())
        || !rest.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(secret_error(
            name,
            what,
            "it is cut short or has a space in it; copy it again",
        ));
    }
    Ok(())
}

fn secret_error(name: &str, what: &'static str, why: &'static str) -> ConfigError {
    ConfigError::Secret { name: name.to_owned(), what, why }
}
