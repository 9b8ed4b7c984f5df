//! What the log says of each key, held against what every life must be.

use std::collections::BTreeMap;

use guardrail::{ApprovalRequest, AuditEvent, AuditRecord, RequestId, State, Verdict};

/// The request of every key, as these records leave it. Every life must be legal by a table of its
/// own: the one in core is what is tested.
pub(crate) fn lives(records: &[&AuditRecord]) -> BTreeMap<String, ApprovalRequest> {
    let mut streams: BTreeMap<RequestId, Vec<&AuditRecord>> = BTreeMap::new();
    for record in records.iter().filter(|record| record.id() != RequestId::LOG) {
        streams.entry(record.id()).or_default().push(record);
    }
    let mut lives = BTreeMap::new();
    for (id, stream) in streams {
        lived(&stream);
        let mut request = None;
        for record in stream {
            ApprovalRequest::fold(&mut request, id, record.time(), record.event()).unwrap();
        }
        let request = request.unwrap();
        let key = request.intent().key().unwrap().to_owned();
        assert!(lives.insert(key, request).is_none(), "one key has one request");
    }
    lives
}

/// One decision, one start behind it, one end behind that.
fn lived(life: &[&AuditRecord]) {
    let names: Vec<&str> = life.iter().map(|record| record.event().name()).collect();
    let place = |name: &str| names.iter().position(|n| *n == name);
    let count = |of: &[&str]| names.iter().filter(|name| of.contains(name)).count();
    let AuditEvent::Requested(requested) = life[0].event() else { panic!("{names:?}") };
    assert_eq!(count(&["requested"]), 1, "{names:?}");
    assert!(count(&["approved", "denied", "expired", "withdrawn"]) <= 1, "{names:?}");
    assert!(count(&["started", "lapsed"]) <= 1, "{names:?}");
    let ends = count(&["completed", "failed", "aborted", "unknown"]);
    assert!(ends <= 1 + count(&["retried"]), "{names:?}");
    assert!(count(&["retried"]) <= count(&["unknown"]), "{names:?}");
    assert_eq!(count(&["approver_left", "expired"]), 0, "nobody was slow or failed: {names:?}");
    if let Some(started) = place("started") {
        let is_free = matches!(requested.verdict, Verdict::Allow);
        let decided = if is_free { Some(0) } else { place("approved") };
        assert!(decided.is_some_and(|decided| decided < started), "{names:?}");
    }
    for end in ["completed", "failed", "aborted", "unknown"] {
        assert!(place(end).is_none_or(|end| place("started").is_some_and(|start| start < end)));
    }
}

/// How often the body of a request that stands here has begun, if a killed process ran it: at
/// least, at most.
pub(crate) fn runs(state: Option<State>) -> (usize, usize) {
    match state {
        Some(State::Completed | State::Failed) => (1, 1),
        // On record as started; whether the body had begun nobody can say.
        Some(State::Started | State::Unknown) => (0, 1),
        _ => (0, 0),
    }
}
