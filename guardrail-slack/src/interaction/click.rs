//! A pressed button.

use serde::Deserialize;

use super::error::DecodeError;
use super::id::{id, moment, opaque};
use super::people::{Account, Common, Origin};
use crate::object::{self, Object};
use crate::token::{APPROVE, DENY, REVIEW, Token};

/// Which button of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Approve,
    Deny,
    Review,
}

/// A pressed button of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Click {
    pub(crate) origin: Origin,
    pub(crate) account: Account,
    pub(crate) choice: Choice,
    pub(crate) token: Token,
    /// The channel and the time that name the message the button stands in.
    pub(crate) channel: String,
    pub(crate) message: String,
    /// Opens a modal, once, within three seconds.
    pub(crate) trigger: String,
    /// When, as Slack names it; a click delivered twice has it twice.
    pub(crate) at: String,
}

#[derive(Deserialize)]
struct Payload {
    container: Object<Container>,
    channel: Object<Channel>,
    message: Option<Object<Message>>,
    actions: Vec<Object<Action>>,
}

#[derive(Deserialize)]
struct Container {
    #[serde(rename = "type")]
    kind: String,
    channel_id: String,
    message_ts: String,
    #[serde(default)]
    is_ephemeral: bool,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

#[derive(Deserialize)]
struct Message {
    ts: String,
}

#[derive(Deserialize)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
    action_id: String,
    value: String,
    action_ts: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Click, DecodeError> {
    let common: Common = object::read(bytes).map_err(DecodeError::json)?;
    let payload: Payload = object::read(bytes).map_err(DecodeError::json)?;
    let (origin, account) = common.read()?;
    let [action] = payload.actions.as_slice() else {
        return Err(DecodeError::Shape("the number of actions"));
    };
    let choice = match (&*action.kind, &*action.action_id) {
        ("button", APPROVE) => Choice::Approve,
        ("button", DENY) => Choice::Deny,
        ("button", REVIEW) => Choice::Review,
        _ => return Err(DecodeError::Shape("the action")),
    };
    let container = &payload.container;
    if container.kind != "message" || container.is_ephemeral {
        return Err(DecodeError::Shape("the container"));
    }
    let channel = id(&container.channel_id, &['C', 'D', 'G'], "the channel")?;
    let message = moment(&container.message_ts, "the message")?;
    // Slack says both twice, and never differently.
    let twice = payload.channel.id == channel
        && payload.message.as_ref().is_none_or(|again| again.ts == message);
    if !twice {
        return Err(DecodeError::Shape("the place"));
    }
    Ok(Click {
        origin,
        account,
        choice,
        token: Token::parse(&action.value).ok_or(DecodeError::Shape("the value"))?,
        channel,
        message,
        trigger: opaque(&common.trigger_id, 256, "the trigger")?,
        at: moment(&action.action_ts, "the time")?,
    })
}
