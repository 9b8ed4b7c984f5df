//! A guardrail that asks at a test's own terminal.

use std::sync::Arc;

use guardrail_core::approver::TerminalApprover;
use guardrail_core::audit::{AuditLog, AuditRecord, MemoryLog};
use guardrail_core::clock::{Entropy, EntropyError};
use guardrail_core::gate::{Error, Guardrail};
use guardrail_core::model::{AuditEvent, Intent, IntentBuilder, Sequence, Voted};
use guardrail_core::policy::PolicySet;
use tokio::task::JoinHandle;

use crate::pty::Pty;

/// Alice sits at the terminal; bob does not.
const PEOPLE: &str = r#"
[people.alice]
[people.bob]
[people.carol]
[policies.deploy]
approvers = ["person:alice", "person:bob"]
[policies.risky]
risk = "high"
requester = "optional"
approvers = ["person:alice"]
[policies.reasons]
approvers = ["person:alice"]
reason_required = ["approve", "deny"]
[policies.two]
approvers = ["person:alice", "person:bob"]
approvals = 2
[policies.short]
approvers = ["person:alice"]
timeout = "6s"
[policies.others]
approvers = ["person:bob"]
"#;

/// Always the same word: the 65th.
#[derive(Debug)]
struct Same;

impl Entropy for Same {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(64);
        Ok(())
    }
}

/// The word that [`Bench`] asks for.
pub(crate) fn word() -> &'static str {
    let words = include_str!("../../../guardrail-core/src/approver/terminal/words.txt");
    words.lines().nth(64).unwrap()
}

pub(crate) struct Bench {
    pub(crate) pty: Pty,
    pub(crate) guardrail: Guardrail,
}

pub(crate) type Call = JoinHandle<Result<(), Error>>;

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::at(Pty::new(), "alice").await
    }

    pub(crate) async fn at(pty: Pty, person: &str) -> Self {
        let approver = TerminalApprover::new().on(pty.device()).as_person(person).entropy(Same);
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(PolicySet::parse(PEOPLE).unwrap())
            .audit_log(MemoryLog::new())
            .approver(approver)
            .build()
            .await
            .unwrap();
        Self { pty, guardrail }
    }

    /// Calls a deploy of version 7.
    pub(crate) fn deploy(&self, policy: &str) -> Call {
        self.call(Intent::builder("deploy").policy(policy).arg("version", &7))
    }

    pub(crate) fn call(&self, intent: IntentBuilder) -> Call {
        let guardrail = self.guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        })
    }

    /// Approves as somebody in another channel does.
    pub(crate) async fn approve_elsewhere(&self, person: &str) {
        use guardrail_core::model::{Cast, Identity, Seen, Vote};
        let id = self.guardrail.audit_log().open(None, 1).await.unwrap()[0];
        let review = self.guardrail.review(id, "web").await.unwrap();
        let nonce = review.show("").await.unwrap();
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        let cast = review.cast(Vote::approve(Identity::person(person), seen)).await.unwrap();
        assert!(matches!(cast, Cast::Counted(_)), "{cast:?}");
    }

    pub(crate) async fn records(&self) -> Vec<Arc<AuditRecord>> {
        self.guardrail.audit_log().read(Sequence::START, 1_000).await.unwrap()
    }

    pub(crate) async fn names(&self) -> Vec<String> {
        self.records().await.iter().map(|record| record.event().name().to_owned()).collect()
    }

    /// The votes that counted.
    pub(crate) async fn votes(&self) -> Vec<Voted> {
        let records = self.records().await;
        let voted = records.iter().filter_map(|record| match record.event() {
            AuditEvent::Voted(voted) => Some((**voted).clone()),
            _ => None,
        });
        voted.collect()
    }

    /// Every step a person takes to approve what needs no word.
    pub(crate) fn approve(&self) {
        self.pty.until_shows("y approve");
        self.pty.press("y");
        self.pty.until_shows("Enter approves");
        self.pty.press("\r");
    }
}
