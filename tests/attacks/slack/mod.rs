//! Slack: what a person is sent of hostile text, and callbacks that nobody should believe.

mod active;
pub(crate) mod callback;
mod claim;
mod read;
mod room;
pub(crate) mod shown;
mod world;

use crate::corpus::Entry;
use crate::payload::Payload;
use crate::words::{Expect, Field};

/// Whether a person in Slack is sent something of this entry.
pub(crate) fn shows(entry: &Entry) -> bool {
    let field = matches!(entry.field, Field::Arg | Field::Reason | Field::Actor | Field::Action);
    let text = !matches!(entry.payload, Payload::Http | Payload::Pair { .. } | Payload::Steps(_));
    // A name of an action that breaks the rule is refused before anyone is asked.
    let named = entry.field != Field::Action
        || entry.payload.text().is_some_and(|name| crate::names::plain(&name));
    field && named && text && entry.expect != Expect::Reject && entry.payload.text().is_some()
}
