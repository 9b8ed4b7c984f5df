//! Decides about each envelope: whether it is taken, and whether it is acknowledged.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::Permit;

use crate::audience::{Audience, Head};
use crate::counts::{Counts, Refusal};
use crate::delivery::{DELIVERY_LIMIT, Delivery, Inbox, Kind, pass_on};
use crate::seen::Seen;
use crate::socket::frame::Envelope;

/// What refusals of this road are traced under.
const ROAD: &str = "socket";

/// Shared by all sockets of the app: a second delivery may come over another one.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) audience: Arc<Audience>,
    inbox: Inbox,
    counts: Arc<Counts>,
    seen: Mutex<Seen<Key>>,
}

/// What makes two deliveries the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Envelope(String),
    /// A retry of an event comes in an envelope of its own.
    Event(String),
}

/// What is done about an envelope.
pub(super) enum Verdict<'a> {
    /// Acknowledge it, then put it into the place that is kept for it.
    Take(Permit<'a, Delivery>, Delivery),
    /// Acknowledge it, and no more.
    Acknowledge,
    /// Slack delivers it again.
    Leave,
}

impl Desk {
    pub(super) fn new(audience: Arc<Audience>, inbox: Inbox, counts: Arc<Counts>) -> Self {
        Self { audience, inbox, counts, seen: Mutex::default() }
    }

    pub(super) fn judge(&self, envelope: &Envelope<'_>) -> Verdict<'_> {
        match self.checked(envelope) {
            Ok((permit, delivery)) => Verdict::Take(permit, delivery),
            Err(refusal) => {
                self.refused(refusal);
                match refusal {
                    Refusal::InboxFull | Refusal::NotReady => Verdict::Leave,
                    // Delivered again it would be refused again.
                    _ => Verdict::Acknowledge,
                }
            }
        }
    }

    pub(super) fn refused(&self, refusal: Refusal) {
        self.counts.refused(refusal, ROAD);
    }

    fn checked(
        &self,
        envelope: &Envelope<'_>,
    ) -> Result<(Permit<'_, Delivery>, Delivery), Refusal> {
        let kind = match envelope.kind.as_str() {
            "interactive" => Kind::Interaction,
            "events_api" => Kind::Event,
            _ => return Err(Refusal::Unused),
        };
        let payload = envelope.payload.ok_or(Refusal::Shape)?.as_bytes();
        if payload.len() > DELIVERY_LIMIT {
            return Err(Refusal::TooLong);
        }
        let head = Head::read(kind, payload).ok_or(Refusal::Shape)?;
        if let Err(refusal) = self.audience.admit(&head) {
            if kind == Kind::Interaction && self.audience.is_from_abroad(&head) {
                pass_on(&self.inbox, payload.to_vec());
            }
            return Err(refusal);
        }
        if kind == Kind::Event && head.kind != "event_callback" {
            return Err(Refusal::Unused);
        }
        let keys = [Some(Key::Envelope(envelope.id.clone())), head.event_id.map(Key::Event)];
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.iter().flatten().any(|key| seen.contains(key)) {
            return Err(Refusal::Duplicate);
        }
        // Only what has its place counts as seen: the retry of what did not fit is no duplicate.
        let permit = self.inbox.try_reserve().map_err(|_| Refusal::InboxFull)?;
        for key in keys.into_iter().flatten() {
            seen.remember(key);
        }
        Ok((permit, Delivery { kind, payload: payload.to_vec() }))
    }
}
