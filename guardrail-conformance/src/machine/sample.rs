//! The events that are written, and how each is known again.

use std::sync::OnceLock;

use guardrail_core::model::{AuditEvent, RequestId, State};

use super::Broken;
use crate::events::{of_requests, of_the_log};

/// One event, and what it is as JSON.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) event: AuditEvent,
    json: String,
}

/// Every event there is a sample of, and one that no version knows.
///
/// # Errors
/// When the samples cannot be made.
pub(super) fn samples() -> Result<&'static [Sample], Broken> {
    static ALL: OnceLock<Vec<Sample>> = OnceLock::new();
    if let Some(all) = ALL.get() {
        return Ok(all);
    }
    let other = AuditEvent::Other { name: "teleported".into() };
    let mut all = Vec::new();
    for event in of_requests()?.into_iter().chain(of_the_log()).chain([other]) {
        let json = serde_json::to_string(&event).unwrap_or_default();
        all.push(Sample { event, json });
    }
    Ok(ALL.get_or_init(|| all))
}

/// The event of this number.
pub(super) fn sample(number: usize) -> Option<&'static Sample> {
    samples().ok()?.get(number)
}

impl Sample {
    /// Whether this is what was written.
    pub(super) fn is(&self, written: &AuditEvent) -> bool {
        self.event.name() == written.name()
            && serde_json::to_string(written).is_ok_and(|json| json == self.json)
    }
}

/// Where an event leads a stream that stands in `state`; nothing where it must not be written.
pub(super) fn step(is_of_log: bool, state: State, event: &AuditEvent) -> Option<State> {
    match (is_of_log, event) {
        (_, AuditEvent::Other { .. }) => None,
        (true, event) => event.is_of_log().then_some(State::New),
        (false, event) => event.step(state),
    }
}

/// Whether a log may have written this by itself: as it was opened, or as a file of it was full.
pub(super) fn is_own(id: RequestId, event: &AuditEvent, is_opening: bool) -> bool {
    let of_opening = matches!(event, AuditEvent::Opened { .. } | AuditEvent::Recovered { .. });
    let of_any_time = matches!(event, AuditEvent::Rotated { .. });
    id == RequestId::LOG && (of_any_time || (is_opening && of_opening))
}
