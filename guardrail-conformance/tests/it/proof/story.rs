//! A log of many requests, sealed line by line, that an attacker with the file can seal again.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::{ManualClock, SeededEntropy, events};
use guardrail_core::audit::proof::{Checkpoint, FileSigner, SignedCheckpoint};
use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{Inspector, Report, Tree, VerifyError};
use guardrail_core::clock::Clock;
use guardrail_core::model::{
    AuditEvent, Choice, Digest, Identity, LogId, Posted, RequestId, Requested, Tally, Verdict,
    Version, Voted,
};
use tempfile::TempDir;

/// An event of one stream, and how many come before it there.
pub(super) type Entry = (RequestId, Version, AuditEvent);

/// An event, and how much time passes before it.
pub(super) type Timed = (Duration, Entry);

/// The life of a request: asked, shown, agreed to, approved, started, done.
pub(super) fn life(verdict: Verdict, digest: impl Fn(Digest) -> Digest) -> Vec<AuditEvent> {
    let intent = events::intent("1042").unwrap();
    let (asked, digest) = (intent.digest(), digest(intent.digest()));
    let person = events::person("alice").unwrap();
    let nonce = Digest::of(b"nonce");
    vec![
        AuditEvent::Requested(Arc::new(Requested {
            intent,
            verdict,
            policy_digest: Digest::of(b"policy"),
            call: None,
            kept: vec![],
        })),
        AuditEvent::Posted(std::sync::Arc::new(Posted {
            channel: "web".into(),
            receipt: "42".into(),
            nonce,
        })),
        AuditEvent::Voted(std::sync::Arc::new(Voted {
            person,
            identity: Identity::person("alice"),
            channel: "web".into(),
            choice: Choice::Approve,
            reason: None,
            digest: asked,
            whole: true,
            nonce,
        })),
        AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } },
        AuditEvent::Started { digest, call: None },
        AuditEvent::Completed,
    ]
}

pub(super) fn ask() -> Verdict {
    Verdict::Ask(Arc::new(events::requirement().unwrap()))
}

/// The id of the `number`th request.
pub(super) fn id(number: u64) -> RequestId {
    RequestId::random(ManualClock::new().now(), &SeededEntropy::new(number)).unwrap()
}

/// The events of a log of so many records.
pub(super) fn story(records: usize) -> Vec<Entry> {
    let opened = AuditEvent::Opened {
        host: "a".into(),
        pid: 1,
        boot: None,
        version: env!("CARGO_PKG_VERSION").into(),
    };
    let mut story = vec![(RequestId::LOG, Version::START, opened)];
    for number in 0.. {
        let life = life(ask(), |digest| digest).into_iter().zip(0..);
        story.extend(life.map(|(event, version)| (id(number), Version::new(version), event)));
        if story.len() >= records {
            break;
        }
    }
    story.truncate(records);
    story
}

/// The lines of these events, in a log of this seed: without one that was never opened.
pub(super) fn seal(seed: u64, story: &[Entry]) -> Vec<String> {
    let timed: Vec<Timed> = story.iter().map(|entry| (Duration::ZERO, entry.clone())).collect();
    seal_timed(seed, &timed)
}

/// The same where so much time passes before each event.
pub(super) fn seal_timed(seed: u64, story: &[Timed]) -> Vec<String> {
    let clock = ManualClock::new();
    let log = LogId::random(clock.now(), &SeededEntropy::new(seed)).unwrap();
    let mut end = Sealer::new(log);
    let mut lines = Vec::new();
    for (wait, (id, version, event)) in story {
        clock.advance(*wait);
        let record = end.append(*id, *version, clock.now(), std::slice::from_ref(event)).unwrap();
        lines.push(record[0].line().to_owned());
    }
    lines
}

/// Whoever signs the log's heads.
pub(super) struct Owner {
    signer: FileSigner,
    _root: TempDir,
}

impl Owner {
    pub(super) fn new() -> Self {
        let root = TempDir::new().unwrap();
        Self { signer: FileSigner::open(root.path().join("key")).unwrap(), _root: root }
    }

    /// The heads of these lines at these sizes.
    pub(super) fn heads(&self, lines: &[String], sizes: &[usize]) -> Vec<SignedCheckpoint> {
        let mut tree = Tree::new();
        let mut heads = Vec::new();
        for (count, line) in lines.iter().enumerate() {
            let record = guardrail_core::audit::AuditRecord::parse(line).unwrap();
            tree.push(record.leaf());
            if sizes.contains(&(count + 1)) {
                let head = Checkpoint::new(record.log(), &tree).sign(&self.signer).unwrap();
                heads.push(SignedCheckpoint::open(head.note(), self.signer.keys()).unwrap());
            }
        }
        heads
    }
}

/// Everything asked of these lines.
pub(super) fn inspect<L: AsRef<str>>(
    lines: impl IntoIterator<Item = L>,
    heads: &[SignedCheckpoint],
) -> Result<Report, VerifyError> {
    let mut inspector = Inspector::new().against(heads.to_vec()).complete();
    for line in lines {
        inspector.push(line.as_ref())?;
    }
    inspector.finish()
}
