//! The fold of events beside a small model of its own: whatever comes, both say the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use guardrail::model::{Choice, Found, PersonId, Posted, Requested, Resolved, Tally, Voted};
use guardrail::{
    ApprovalRequest, AuditEvent, Digest, Identity, Intent, Nonce, RequestId, State, Timestamp,
    Verdict, VoteRefusal,
};
use proptest::prelude::*;

use crate::support::policies;

/// What the model remembers of a request.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    /// Events taken.
    version: u64,
    state: &'static str,
    created: u64,
    decided: Option<u64>,
    approvals: Vec<&'static str>,
    votes: usize,
    shown: usize,
    refused: BTreeMap<&'static str, u32>,
    unknown: bool,
    retries: u32,
}

/// One event, in few words.
#[derive(Clone, Debug)]
enum Word {
    Requested(&'static str),
    Voted(&'static str, bool),
    Step(&'static str),
    Posted,
    Refused(&'static str),
    Frozen,
}

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];
const STEPS: [&str; 12] = [
    "approved",
    "denied",
    "expired",
    "withdrawn",
    "lapsed",
    "started",
    "completed",
    "failed",
    "aborted",
    "unknown",
    "retried",
    "resolved",
];

fn word() -> impl Strategy<Value = Word> {
    let person = || prop::sample::select(PEOPLE.to_vec());
    prop_oneof![
        2 => prop::sample::select(vec!["allow", "ask", "deny"]).prop_map(Word::Requested),
        4 => (person(), any::<bool>()).prop_map(|(who, yes)| Word::Voted(who, yes)),
        6 => prop::sample::select(STEPS.to_vec()).prop_map(Word::Step),
        2 => Just(Word::Posted),
        2 => person().prop_map(Word::Refused),
        1 => Just(Word::Frozen),
    ]
}

impl Model {
    /// Takes one event at this time, or refuses it and stays as it was.
    fn take(&mut self, word: &Word, time: u64) -> bool {
        let state = match (word, self.state) {
            (Word::Requested("allow"), "") => "approved",
            (Word::Requested("ask"), "") => "pending",
            (Word::Requested(_), "") => "refused",
            (_, "") => return false,
            (Word::Frozen | Word::Posted | Word::Refused(_), state) => state,
            (Word::Voted(..), "pending") => "pending",
            (Word::Step(step @ ("approved" | "denied" | "expired" | "withdrawn")), "pending") => {
                step
            }
            (Word::Step(step @ ("started" | "lapsed")), "approved") => step,
            (Word::Step(step @ ("completed" | "failed" | "aborted" | "unknown")), "started") => {
                step
            }
            (Word::Step("retried"), "unknown") if self.retries < 3 => "started",
            (Word::Step("resolved"), "unknown") => "resolved",
            _ => return false,
        };
        match word {
            Word::Requested(_) => self.created = time,
            Word::Voted(who, yes) => {
                self.votes += 1;
                if *yes && !self.approvals.contains(who) {
                    self.approvals.push(who);
                }
            }
            Word::Posted => self.shown += 1,
            Word::Refused(who) => *self.refused.entry(who).or_default() += 1,
            Word::Frozen => self.unknown = true,
            Word::Step(step) => self.retries += u32::from(*step == "retried"),
        }
        if matches!(self.state, "" | "pending") && state != "pending" {
            self.decided = Some(time);
        }
        self.state = state;
        self.version += 1;
        true
    }

    /// The state at this time, as everybody must see it.
    fn seen(&self, verdict: &str, time: u64) -> &'static str {
        match self.state {
            "pending" if time >= self.created + 900 => "expired",
            "approved" if verdict == "ask" && time >= self.decided.unwrap() + 300 => "lapsed",
            state => state,
        }
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000).after(Duration::from_secs(seconds))
}

/// The real event of a word.
fn event(word: &Word, intent: &Intent, ask: &Verdict) -> AuditEvent {
    let digest = intent.digest();
    let (by, reason, why) = (None, None, "because".into());
    match word {
        Word::Requested(verdict) => {
            let verdict = match *verdict {
                "allow" => Verdict::Allow,
                "ask" => ask.clone(),
                _ => Verdict::Deny { reason: "no".into() },
            };
            let intent = intent.clone();
            let policy_digest = Digest::of(b"policy");
            AuditEvent::Requested(Arc::new(Requested {
                intent,
                verdict,
                policy_digest,
                call: None,
                kept: vec![],
            }))
        }
        Word::Voted(who, yes) => AuditEvent::Voted(Arc::new(Voted {
            person: PersonId::new(*who).unwrap(),
            identity: Identity::person(who),
            channel: "web".into(),
            choice: if *yes { Choice::Approve } else { Choice::Deny },
            reason: None,
            digest,
            whole: true,
            nonce: digest,
        })),
        Word::Step("approved") => {
            AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } }
        }
        Word::Step("denied") => AuditEvent::Denied { by, reason },
        Word::Step("expired") => AuditEvent::Expired,
        Word::Step("withdrawn") => AuditEvent::Withdrawn { why },
        Word::Step("lapsed") => AuditEvent::Lapsed { why },
        Word::Step("started") => AuditEvent::Started { digest, call: None },
        Word::Step("completed") => AuditEvent::Completed,
        Word::Step("failed") => AuditEvent::Failed { panicked: false },
        Word::Step("aborted") => AuditEvent::Aborted { why },
        Word::Step("retried") => AuditEvent::Retried { digest, call: None },
        Word::Step("resolved") => AuditEvent::Resolved(Arc::new(Resolved {
            by: PersonId::new("alice").unwrap(),
            found: Found::Happened,
            why,
        })),
        Word::Step(_) => AuditEvent::Unknown { why },
        Word::Posted => AuditEvent::Posted(Arc::new(Posted {
            channel: "web".into(),
            receipt: "".into(),
            nonce: Nonce::parse(&"0".repeat(32)).unwrap().hash(),
        })),
        Word::Refused(who) => AuditEvent::VoteRefused {
            channel: "web".into(),
            who: Identity::person(who),
            person: Some(PersonId::new(*who).unwrap()),
            choice: Choice::Approve,
            why: VoteRefusal::NotEligible,
        },
        Word::Frozen => AuditEvent::Other { name: "frozen".into() },
    }
}

/// Both say the same of everything that is asked of a request.
fn check(request: &ApprovalRequest, model: &Model, verdict: &str, now: u64) {
    let name = |state: State| state.to_string();
    assert_eq!(request.version().get(), model.version);
    assert_eq!(name(request.recorded_state()), model.state);
    for later in [0, 1, 299, 300, 899, 900, 100_000] {
        let seen = model.seen(verdict, now + later);
        assert_eq!(name(request.state(at(now + later))), seen, "{later} s later");
    }
    assert_eq!(request.decided(), model.decided.map(at));
    assert_eq!(request.votes().len(), model.votes);
    assert_eq!(request.shown(), model.shown);
    assert_eq!(request.unknown_event().is_some(), model.unknown);
    assert_eq!(request.start(), model.retries + 1);
    assert_eq!(request.resolved().is_some(), model.state == "resolved");
    let ended = ["completed", "failed", "aborted", "unknown", "resolved"];
    assert_eq!(request.outcome().is_some(), ended.contains(&model.state));
    if verdict == "ask" {
        assert_eq!(request.tally().approvals as usize, model.approvals.len().min(2));
    }
    for who in PEOPLE {
        let id = PersonId::new(who).unwrap();
        let (own, all) = request.refused_votes(&Identity::person(who), Some(&id));
        assert_eq!(own, model.refused.get(who).copied().unwrap_or(0));
        assert_eq!(all, model.refused.values().sum::<u32>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fold_is_what_the_model_says(
        words in prop::collection::vec((word(), 0u64..400), 0..40),
    ) {
        let set = policies("approvers = [\"group:sre\"]\napprovals = 2");
        let intent = Intent::builder("deploy").policy("deploy").build().unwrap();
        let ask = set.judge(&intent);
        assert!(matches!(ask, Verdict::Ask(_)));
        let id = RequestId::parse("0198c0de-0000-7000-8000-000000000001").unwrap();
        let (mut request, mut model, mut now, mut verdict) = (None, Model::default(), 0, "");
        for (word, wait) in words {
            now += wait;
            let before = model.clone();
            let taken = model.take(&word, now);
            if let (true, Word::Requested(said)) = (taken, &word) {
                verdict = said;
            }
            let event = event(&word, &intent, &ask);
            let folded = ApprovalRequest::fold(&mut request, id, at(now), &event);
            prop_assert_eq!(folded.is_ok(), taken, "{:?} on {:?}: {:?}", word, before, folded);
            prop_assert!(taken || model == before);
            if let Some(request) = &request {
                check(request, &model, verdict, now);
            }
        }
        prop_assert_eq!(request.is_some(), !model.state.is_empty());
    }
}
