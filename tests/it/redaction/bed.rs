//! A guardrail with a sidecar, and calls with something to redact.

use std::sync::Arc;

use guardrail::audit::sidecar::{Checked, Fate, Ledger, MemorySidecar, Redaction, Sidecar};
use guardrail::{
    AuditEvent, AuditLog, Error, Intent, MemoryLog, MockApprover, RequestId, Sequence,
};

use crate::support::World;

pub(super) const ALLOW: &str = r#"effect = "allow""#;
pub(super) const ASK: &str = r#"approvers = ["group:sre"]"#;
/// Looks like nothing; only how it is captured hides it.
pub(super) const IBAN: &str = "DE89 3704 0044 0532 0130 00";
pub(super) const NAME: &str = "Erika Mustermann";

/// A world over this log, with this sidecar.
pub(super) async fn world(deploy: &str, log: impl AuditLog, sidecar: impl Sidecar) -> World {
    let approver = MockApprover::approving().as_person("bob");
    World::built(deploy, |builder| builder.audit_log(log).sidecar(sidecar).approver(approver)).await
}

/// A world over a log in memory, and its sidecar.
pub(super) async fn simple(deploy: &str) -> (World, Arc<MemorySidecar>) {
    let sidecar = Arc::new(MemorySidecar::new());
    (world(deploy, MemoryLog::new(), Arc::clone(&sidecar)).await, sidecar)
}

/// A payment: two redacted arguments, and one that is shown.
pub(super) fn payment() -> guardrail::model::IntentBuilder {
    Intent::builder("pay")
        .policy("deploy")
        .arg("cents", &1250)
        .redact("iban", IBAN)
        .redact("name", NAME)
}

/// Runs the body under this intent.
pub(super) async fn pay(
    world: &World,
    asked: guardrail::model::IntentBuilder,
) -> Result<u32, Error> {
    let permit = world.guardrail.authorize(asked).await?;
    permit.run(world.body.run()).await
}

/// The request that came first.
pub(super) async fn first(log: &dyn AuditLog) -> RequestId {
    let records = log.read(Sequence::START, 1000).await.unwrap();
    records.iter().find(|r| matches!(r.event(), AuditEvent::Requested(_))).unwrap().id()
}

pub(super) fn redaction(id: RequestId) -> Redaction {
    Redaction::new(id, "dpo@example.com", "Erika asked for it", "GDPR Art. 17(1)(a)").unwrap()
}

/// What the log says of its values, held against the sidecar.
pub(super) async fn check(log: &dyn AuditLog, sidecar: &dyn Sidecar) -> Checked {
    let mut ledger = Ledger::new();
    for record in log.read(Sequence::START, 10_000).await.unwrap() {
        ledger.hear(&record);
    }
    ledger.check(sidecar).await.unwrap()
}

/// Every redacted value of a request in a few words: `/iban opened "..."`.
pub(super) async fn found(world: &World, id: RequestId) -> Vec<String> {
    let values = world.guardrail.redacted(id).await.unwrap();
    let mut said: Vec<String> = values
        .iter()
        .map(|(_, said, found)| {
            let place = &said.place;
            match found {
                Fate::Opened(opening) => format!("{place} opened {}", opening.expose()),
                Fate::NotKept => format!("{place} not kept"),
                Fate::Erased(by) => {
                    format!("{place} erased by {}, {}: {}", by.by, by.basis, by.why)
                }
                Fate::Flawed(flaw) => format!("{place} {flaw}"),
            }
        })
        .collect();
    said.sort();
    said
}
