//! The story a log tells, held against what every story must be.

use std::collections::HashMap;

use guardrail::audit::{AuditRecord, verify};
use guardrail::{AuditEvent, AuditLog, RequestId, Sequence, Verdict};

/// The names of all events of requests, in order. The log must verify, and every request's life
/// must be legal by a table of its own: the one in core is what is tested.
pub(crate) async fn story(log: &dyn AuditLog) -> Vec<String> {
    verify(log).await.expect("the log verifies");
    let records = log.read(Sequence::START, 100_000).await.unwrap();
    let mut lives: HashMap<RequestId, Vec<&AuditRecord>> = HashMap::new();
    for record in records.iter().filter(|record| record.id() != RequestId::LOG) {
        lives.entry(record.id()).or_default().push(record);
    }
    for life in lives.values() {
        lived(life);
    }
    let of_requests = records.iter().filter(|record| record.id() != RequestId::LOG);
    of_requests.map(|record| record.event().name().to_owned()).collect()
}

/// The last step of a story; notes such as a refused vote may follow it.
pub(crate) fn last_step(story: &[String]) -> &str {
    const NOTES: [&str; 4] = ["posted", "commented", "vote_refused", "approver_left"];
    story.iter().rfind(|name| !NOTES.contains(&name.as_str())).map_or("", String::as_str)
}

/// One decision, one start behind it, one end behind that.
fn lived(life: &[&AuditRecord]) {
    let names: Vec<&str> = life.iter().map(|record| record.event().name()).collect();
    let count = |of: &[&str]| names.iter().filter(|name| of.contains(name)).count();
    let place = |name: &str| names.iter().position(|n| *n == name);
    assert_eq!(place("requested"), Some(0), "{names:?}");
    let asked = match life[0].event() {
        AuditEvent::Requested(requested) => &requested.verdict,
        other => panic!("{other:?}"),
    };
    let decisions = count(&["approved", "denied", "expired", "withdrawn"]);
    let starts = count(&["started", "lapsed"]);
    let ends = count(&["completed", "failed", "aborted", "unknown"]);
    match asked {
        Verdict::Allow => assert_eq!(decisions, 0, "{names:?}"),
        Verdict::Ask(_) => assert!(decisions <= 1, "{names:?}"),
        Verdict::Deny { .. } => assert_eq!((decisions, starts, ends), (0, 0, 0), "{names:?}"),
    }
    let retries = count(&["retried"]);
    assert!(retries <= count(&["unknown"]), "{names:?}");
    assert!(starts <= 1 && ends <= 1 + retries, "{names:?}");
    if matches!(asked, Verdict::Ask(_)) && starts == 1 {
        let start = place("started").or_else(|| place("lapsed"));
        assert!(place("approved").is_some_and(|at| Some(at) < start), "{names:?}");
    }
    if ends > 0 {
        assert!(place("started").is_some(), "{names:?}");
    }
}
