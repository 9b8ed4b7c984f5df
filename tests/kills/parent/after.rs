//! After a kill: opens a copy of the log and holds it against everything the child has said.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use guardrail::audit::verify;
use guardrail::{ApprovalRequest, AuditEvent, AuditLog, AuditRecord, Digest, Sequence, State};

use crate::nest::Nest;
use crate::parent::life::{lives, runs};
use crate::site::Site;

/// What a kill left behind.
#[derive(Debug)]
pub(crate) struct Remains {
    /// A copy of the log, opened.
    pub(crate) log: Arc<dyn AuditLog>,
    /// The request of every key, as the kill left it.
    pub(crate) lives: BTreeMap<String, ApprovalRequest>,
    /// How often the body of every key has begun.
    pub(crate) bodies: BTreeMap<String, usize>,
    /// Whether the kill hit a write and left part of it.
    pub(crate) torn: bool,
}

impl Remains {
    /// Where the request of this key stands; `None` where nothing is on record.
    pub(crate) fn state(&self, key: &str) -> Option<State> {
        self.lives.get(key).map(ApprovalRequest::recorded_state)
    }

    /// How often its body has begun.
    pub(crate) fn runs(&self, key: &str) -> usize {
        self.bodies.get(key).copied().unwrap_or(0)
    }
}

/// Opens a copy of the log in `copy`, so that the next child meets exactly what the kill left.
/// `seen` holds the leaves of the log after the kill before, and then after this one.
pub(crate) async fn examine(
    site: &Site,
    nest: &Nest,
    copy: &Path,
    seen: &mut Vec<Digest>,
) -> Remains {
    let log = site.copy(nest, copy).await;
    let verified = verify(&*log).await;
    verified.unwrap_or_else(|error| panic!("what was reopened verifies: {error}"));
    let records = all(&*log).await;
    let is_opening = |r: &Arc<AuditRecord>| matches!(r.event(), AuditEvent::Opened { .. });
    let opening = records.iter().rposition(is_opening).unwrap();
    let torn = records[opening..].iter().any(|r| matches!(r.event(), AuditEvent::Recovered { .. }));
    let left: Vec<&AuditRecord> = records[..opening].iter().map(|record| &**record).collect();
    let leaves: Vec<Digest> = left.iter().map(|record| record.leaf()).collect();
    assert!(leaves.starts_with(seen), "the log after the kill before is a prefix of this one");
    *seen = leaves;
    let there: HashSet<String> =
        left.iter().map(|record| format!("{} {}", record.sequence(), record.leaf())).collect();
    for ack in nest.acks().lines() {
        assert!(there.contains(&ack), "acknowledged and lost: {ack}");
    }
    let mut bodies: BTreeMap<String, usize> = BTreeMap::new();
    for key in nest.bodies().lines() {
        *bodies.entry(key).or_default() += 1;
    }
    let remains = Remains { log, lives: lives(&left), bodies, torn };
    remains.check(nest);
    remains
}

impl Remains {
    /// What ran, and what callers were told, is on record.
    fn check(&self, nest: &Nest) {
        for key in self.lives.keys().chain(self.bodies.keys()) {
            let (least, most) = runs(self.state(key));
            let ran = self.runs(key);
            let state = self.state(key);
            assert!((least..=most).contains(&ran), "{key} is {state:?} and ran {ran} times");
        }
        for answer in nest.answers().lines() {
            let (key, answer) = answer.split_once(' ').unwrap();
            let state = self.state(key);
            let fits = match answer {
                "ok" => state == Some(State::Completed),
                "failed" => state == Some(State::Failed),
                // Its twin had started it; how that ends may be known later, or never.
                "AlreadyExecuted" => runs(state).1 == 1,
                "OutcomeUnknown" => state == Some(State::Unknown),
                "Denied" => state == Some(State::Denied),
                "Withdrawn" => state == Some(State::Withdrawn),
                // The log was out of reach: how the call ended could not be said, or put on record.
                "Unavailable" | "Unrecorded" => {
                    state != Some(State::Completed) || runs(state).0 == 1
                }
                "Lapsed" => matches!(state, Some(State::Lapsed | State::Aborted)),
                _ => false,
            };
            assert!(fits, "{key} was answered {answer} and is {state:?}");
        }
    }
}

/// All records of a log.
pub(crate) async fn all(log: &dyn AuditLog) -> Vec<Arc<AuditRecord>> {
    let mut records: Vec<Arc<AuditRecord>> = Vec::new();
    loop {
        let last = records.last().map_or(Sequence::START, |record| record.sequence());
        let page = log.read(last, 1000).await.unwrap();
        if page.is_empty() {
            return records;
        }
        records.extend(page);
    }
}
