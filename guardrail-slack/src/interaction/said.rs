//! A message somebody wrote into a thread.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::DecodeError;
use super::id::{id, moment, opaque};
use super::people::{Account, Origin};
use crate::object::{self, Object};

/// Most bytes of a message that are read; Slack's have 40,000 characters at most, and 4 KiB are
/// kept of a comment.
const TEXT: usize = 160_000;

/// A message somebody wrote into a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) origin: Origin,
    pub(crate) account: Account,
    pub(crate) channel: String,
    /// The message the thread hangs from.
    pub(crate) thread: String,
    /// What was written, with Slack's three entities undone. Names in it stand as ids.
    pub(crate) text: String,
    /// One delivered twice has it twice.
    pub(crate) event: String,
}

#[derive(Deserialize)]
struct Envelope {
    api_app_id: String,
    team_id: String,
    #[serde(default)]
    enterprise_id: Option<String>,
    event_id: String,
    event: Object<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
    /// An edit, a join, a message of a bot and the like.
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    bot_id: Option<IgnoredAny>,
    #[serde(default)]
    thread_ts: Option<String>,
}

#[derive(Deserialize)]
struct Wrapped {
    event: Object<Message>,
}

#[derive(Deserialize)]
struct Message {
    channel: String,
    user: String,
    /// The workspace the writer is of.
    #[serde(default)]
    user_team: Option<String>,
    #[serde(default)]
    team: Option<String>,
    text: String,
    thread_ts: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Option<Said>, DecodeError> {
    let envelope: Envelope = object::read(bytes).map_err(DecodeError::json)?;
    let team = id(&envelope.team_id, &['T', 'E'], "the team")?;
    let enterprise = envelope
        .enterprise_id
        .map(|enterprise| id(&enterprise, &['E'], "the organisation"))
        .transpose()?;
    let app = id(&envelope.api_app_id, &['A'], "the app")?;
    let event = opaque(&envelope.event_id, 64, "the event")?;
    let named = envelope.event;
    if named.kind != "message" {
        return Err(DecodeError::Shape("the event"));
    }
    // One that was sent to the channel as well was still written into the thread.
    let plain = matches!(named.subtype.as_deref(), None | Some("thread_broadcast"));
    if !plain || named.bot_id.is_some() || named.thread_ts.is_none() {
        return Ok(None);
    }
    let wrapped: Wrapped = object::read(bytes).map_err(DecodeError::json)?;
    let message = wrapped.event.0;
    if message.text.len() > TEXT {
        return Err(DecodeError::Shape("the text"));
    }
    // Of a writer from elsewhere Slack says where; it must not be taken for ours.
    let home = match message.user_team.or(message.team) {
        Some(home) => id(&home, &['T', 'E'], "the user's team")?,
        None => team.clone(),
    };
    Ok(Some(Said {
        account: Account { team: home, user: id(&message.user, &['U', 'W'], "the user")? },
        origin: Origin { app, team: Some(team).filter(|team| team.starts_with('T')), enterprise },
        channel: id(&message.channel, &['C', 'D', 'G'], "the channel")?,
        thread: moment(&message.thread_ts, "the thread")?,
        text: message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
        event,
    }))
}
