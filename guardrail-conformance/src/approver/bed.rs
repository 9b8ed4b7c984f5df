//! What every case stands on: a guardrail that asks alice through the approver under test, and bob
//! who answers elsewhere.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::audit::{AuditLog, AuditRecord, MemoryLog};
use guardrail_core::gate::{Error, Guardrail};
use guardrail_core::model::{
    AuditEvent, Cast, Choice, Identity, Intent, IntentBuilder, RequestId, Seen, Sequence, Vote,
    Voted,
};
use guardrail_core::policy::PolicySet;
use tokio::task::JoinHandle;

use super::watched::Watched;
use super::{ApproverFactory, Play, Witness};
use crate::broken::{Broken, ensure};

/// Who sits in front of the approver under test.
pub(super) const ALICE: &str = "alice";
/// Who answers in another channel.
pub(super) const BOB: &str = "bob";

const POLICIES: &str = r#"
[policies.one]
approvers = ["person:alice", "person:bob"]
[policies.two]
approvers = ["person:alice", "person:bob"]
approvals = 2
[policies.short]
approvers = ["person:alice", "person:bob"]
timeout = "3s"
"#;

/// How long anything may take that a person and their channel do.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) type Call = JoinHandle<Result<(), Error>>;

pub(super) struct Bed<'f, F> {
    factory: &'f F,
}

/// A guardrail that asks alice, who does as told.
pub(super) struct Scene {
    pub(super) guardrail: Guardrail,
    pub(super) approver: Watched,
    witness: Box<dyn Witness>,
}

impl<'f, F: ApproverFactory> Bed<'f, F> {
    pub(super) const fn new(factory: &'f F) -> Self {
        Self { factory }
    }

    pub(super) async fn scene(&self, play: Play) -> Result<Scene, Broken> {
        self.cut_scene(play, None).await
    }

    /// The same; the first review is dropped after so many polls, and called again.
    pub(super) async fn cut_scene(&self, play: Play, cut: Option<usize>) -> Result<Scene, Broken> {
        let seat = self.factory.seat(ALICE, play).await;
        let approver = Watched::new(seat.approver, cut);
        let people = [ALICE, BOB].map(|name| format!("[people.{name}]\n{}\n", self.link(name)));
        let policies = PolicySet::parse(format!("{}{POLICIES}", people.concat()))?;
        let guardrail = Guardrail::builder()
            .agent("deploy-bot")
            .policies(policies)
            .audit_log(MemoryLog::new())
            .approver(approver.clone())
            .build()
            .await?;
        approver.open(&guardrail);
        Ok(Scene { guardrail, approver, witness: seat.witness })
    }

    fn link(&self, person: &str) -> String {
        if person == ALICE { self.factory.link(person) } else { String::new() }
    }
}

impl Scene {
    /// Calls a deploy under this policy.
    pub(super) fn deploy(&self, policy: &str) -> Call {
        self.call(Intent::builder("deploy").policy(policy).arg("version", &7))
    }

    pub(super) fn call(&self, intent: IntentBuilder) -> Call {
        let guardrail = self.guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(intent).await?.run(async { Ok::<_, Error>(()) }).await
        })
    }

    /// What alice read so far.
    pub(super) fn shown(&self) -> String {
        self.witness.shown()
    }

    /// Waits until alice has read this.
    pub(super) async fn until_shown(&self, text: &str) -> Result<(), Broken> {
        let seen = async {
            while !self.shown().contains(text) {
                // What a person sees wakes nobody here, so that it is looked at again.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, seen).await.is_ok();
        ensure!(in_time, "alice never saw `{text}`, but:\n{}", self.shown());
        Ok(())
    }

    /// Waits for the end of a call.
    pub(super) async fn end(&self, call: Call) -> Result<Result<(), Error>, Broken> {
        match tokio::time::timeout(PATIENCE, call).await {
            Ok(end) => Ok(end?),
            Err(_) => {
                Err(Broken::new(format!("nothing was decided; alice saw:\n{}", self.shown())))
            }
        }
    }

    /// The only request that waits.
    pub(super) async fn waiting(&self) -> Result<RequestId, Broken> {
        match self.guardrail.audit_log().open(None, 2).await?[..] {
            [id] => Ok(id),
            ref ids => Err(Broken::new(format!("{} requests wait", ids.len()))),
        }
    }

    /// Bob votes on the only request that waits, in another channel.
    pub(super) async fn bob(&self, choice: Choice) -> Result<(), Broken> {
        let review = self.guardrail.review(self.waiting().await?, "elsewhere").await?;
        let seen = Seen::whole(review.request().intent().digest(), review.show("").await?);
        let vote = match choice {
            Choice::Approve => Vote::approve(Identity::person(BOB), seen),
            Choice::Deny => Vote::deny(Identity::person(BOB), seen),
        };
        let cast = review.cast(vote).await?;
        ensure!(matches!(cast, Cast::Counted(_)), "bob's vote does not count: {cast:?}");
        Ok(())
    }

    pub(super) async fn records(&self) -> Result<Vec<Arc<AuditRecord>>, Broken> {
        Ok(self.guardrail.audit_log().read(Sequence::START, 10_000).await?)
    }

    /// The votes that counted, in order.
    pub(super) async fn votes(&self) -> Result<Vec<Voted>, Broken> {
        let records = self.records().await?;
        let voted = records.iter().filter_map(|record| match record.event() {
            AuditEvent::Voted(voted) => Some((**voted).clone()),
            _ => None,
        });
        Ok(voted.collect())
    }
}
