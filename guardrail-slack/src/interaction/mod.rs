//! What people did in Slack, read strictly: an unknown shape is refused, never guessed at.
//!
//! Slack adds fields to its payloads as it likes, so unknown fields are passed over; those that
//! are read have exactly one type, one place and, where Slack says a thing twice, one value.

mod click;
mod error;
mod id;
mod people;
mod said;
mod submitted;

pub(crate) use click::{Choice, Click};
pub(crate) use error::DecodeError;
pub(crate) use people::Account;
pub(crate) use said::Said;
pub(crate) use submitted::{Form, Submitted};

use serde::Deserialize;

use crate::delivery::{DELIVERY_LIMIT, Delivery, Kind};
use crate::object;

/// Something a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Pressed a button of ours.
    Click(Click),
    /// Sent a modal of ours.
    Submitted(Submitted),
    /// Wrote into a thread. Whose thread it is nobody knows yet.
    Said(Said),
    /// Something that is meant for nobody here: a message outside threads, our own messages.
    Nothing,
}

/// Reads one delivery.
pub(crate) fn decode(delivery: &Delivery) -> Result<Heard, DecodeError> {
    read(delivery.kind, &delivery.payload)
}

/// Reads a payload as either kind, and says whether it is one: for fuzzing, which has no other way
/// in. Not for people: it changes without notice.
#[must_use]
pub fn decode_any(bytes: &[u8]) -> bool {
    let interaction = read(Kind::Interaction, bytes).is_ok();
    read(Kind::Event, bytes).is_ok() || interaction
}

fn read(kind: Kind, bytes: &[u8]) -> Result<Heard, DecodeError> {
    if bytes.len() > DELIVERY_LIMIT {
        return Err(DecodeError::TooLong);
    }
    let named: Named = object::read(bytes).map_err(DecodeError::json)?;
    match (kind, &*named.kind) {
        (Kind::Interaction | Kind::Foreign, "block_actions") => {
            click::read(bytes).map(Heard::Click)
        }
        (Kind::Interaction, "view_submission") => submitted::read(bytes).map(Heard::Submitted),
        (Kind::Event, "event_callback") => {
            said::read(bytes).map(|said| said.map_or(Heard::Nothing, Heard::Said))
        }
        _ => Err(DecodeError::Shape("the type")),
    }
}

/// What every payload says of itself first.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
}

#[cfg(test)]
mod tests;
