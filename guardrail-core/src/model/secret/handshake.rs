//! How our own serializer, and no other, comes by the value of a secret.
//!
//! A secret passes itself on as a newtype named [`MARKER`] around a cover. Our serializer knows
//! the name and makes an offer just before it serialises the cover; the cover accepts it, which
//! ends it, and writes the value. Every secret withdraws whatever offer stands before it turns to
//! a serializer, so an offer that was made to something else never reaches a secret's cover.

use std::cell::Cell;

/// The name of the newtype; serde gives it to the serializer, which no sent text can do.
pub(crate) const MARKER: &str = "$guardrail::private::Secret";

thread_local! {
    static OFFERED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `serialize` with an offer standing. None if nobody accepted: then no secret's value was
/// written.
pub(crate) fn offer<R>(serialize: impl FnOnce() -> R) -> Option<R> {
    OFFERED.set(true);
    let result = serialize();
    (!OFFERED.replace(false)).then_some(result)
}

/// Takes the offer, if one stands.
pub(crate) fn accept() -> bool {
    OFFERED.replace(false)
}

/// Ends an offer that was made to something else.
pub(crate) fn withdraw() {
    OFFERED.set(false);
}
