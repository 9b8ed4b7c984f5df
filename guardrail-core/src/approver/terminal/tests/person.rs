//! A request before a person whose keys and seconds the test counts.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::approver::terminal::keys::Key;
use crate::approver::terminal::layout::{self, Around};
use crate::approver::terminal::prompt::{Act, Prompt};
use crate::approver::terminal::words;
use crate::clock::{Entropy, EntropyError, Timestamp};
use crate::model::{
    ApprovalRequest, AuditEvent, Digest, Intent, IntentBuilder, RequestId, Requested,
};
use crate::policy::PolicySet;

pub(super) const ASKED: Timestamp = Timestamp::from_micros(1_789_982_042_000_000);

const POLICIES: &str = r#"
    [people.alice]
    [people.bob]
    [policies.plain]
    approvers = ["person:alice"]
    [policies.high]
    risk = "high"
    requester = "optional"
    approvers = ["person:alice"]
    [policies.critical]
    risk = "critical"
    requester = "optional"
    approvers = ["person:alice"]
    reason_required = ["approve", "deny"]
"#;

/// Words in their order, one after the other; none once they are used up.
#[derive(Debug)]
struct Counting(std::sync::Mutex<Vec<u8>>);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let next = self.0.lock().unwrap().pop().ok_or(EntropyError)?;
        bytes.fill(next);
        Ok(())
    }
}

/// The word that is asked for at the `nth` time.
pub(super) fn word(nth: u8) -> &'static str {
    words::pick(&Counting(vec![nth].into())).unwrap()
}

pub(super) fn request(intent: IntentBuilder) -> ApprovalRequest {
    let policies = PolicySet::parse(POLICIES).unwrap();
    let intent = intent.build().unwrap();
    let event = AuditEvent::Requested(Arc::new(Requested {
        verdict: policies.judge(&intent),
        intent,
        policy_digest: Digest::of(b"policy"),
        call: None,
        kept: vec![],
    }));
    let id = RequestId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap();
    ApprovalRequest::first(id, ASKED, &event).unwrap()
}

pub(super) fn deploy(policy: &str) -> IntentBuilder {
    Intent::builder("deploy").policy(policy).agent("deploy-bot").arg("version", &7)
}

pub(super) struct Person {
    pub(super) prompt: Prompt,
    pub(super) now: Instant,
    pub(super) size: (u16, u16),
    /// How many seconds ago it was asked, by the clock of the log.
    pub(super) ago: u64,
    /// The last screen that was painted.
    pub(super) screen: String,
}

impl Person {
    /// Before a prompt they have read.
    pub(super) fn before(intent: IntentBuilder) -> Self {
        let mut person = Self::new(intent);
        person.wait(5);
        person
    }

    /// Before a prompt that has just appeared.
    pub(super) fn new(intent: IntentBuilder) -> Self {
        let entropy = Arc::new(Counting((0..3).rev().collect::<Vec<u8>>().into()));
        let prompt = Prompt::new(request(intent), entropy);
        let screen = String::new();
        let mut person = Self { prompt, now: Instant::now(), size: (80, 24), ago: 60, screen };
        person.look();
        person
    }

    /// Waits so many seconds and looks.
    pub(super) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.look();
    }

    /// Presses keys at one time, and looks.
    pub(super) fn press(&mut self, keys: &[Key]) -> Option<Act> {
        let act = self.prompt.keys(keys, true, self.now);
        self.look();
        act
    }

    /// Presses keys one after the other.
    pub(super) fn types(&mut self, text: &str) -> Option<Act> {
        text.chars().fold(None, |act, c| {
            act.or(self.press(&[if c == '\n' { Key::Enter } else { Key::Char(c) }]))
        })
    }

    /// What the session does when it paints, twice: what was shown may change what is said.
    fn look(&mut self) {
        for _ in 0..2 {
            let height = layout::height(self.size).unwrap();
            self.prompt.lay(ASKED.after(Duration::from_secs(self.ago)), self.size.0, height);
            let around = Around { who: "alice", waiting: 1 };
            let frame = layout::frame(&mut self.prompt, around, self.size.0, self.now);
            self.screen = frame.rows.iter().map(|row| format!("{}\n", row.text)).collect();
            self.prompt.shown(self.now);
        }
    }
}
