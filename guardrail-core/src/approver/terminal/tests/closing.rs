//! The line that stays says how it ended, in one line, whatever was typed.

use super::person::{ASKED, deploy, request};
use crate::approver::terminal::closing;
use crate::model::{AuditEvent, PersonId, Tally};

const ID: &str = "[01996b2c-4e10-7abc-8def-0123456789ab]";

fn ended(event: AuditEvent) -> String {
    let mut request = request(deploy("plain"));
    request.apply(ASKED, &event).unwrap();
    closing::settled(&request)
}

#[test]
fn every_end_has_its_words() {
    let by = PersonId::new("bob").ok();
    let denied = AuditEvent::Denied { by, reason: Some("a\nb\u{1b}[2J".into()) };
    assert_eq!(
        ended(denied),
        format!("guardrail: deploy denied by bob: a⟨U+000A⟩b⟨U+001B⟩[2J {ID}")
    );
    let nobody = AuditEvent::Denied { by: None, reason: Some("nobody there".into()) };
    assert_eq!(ended(nobody), format!("guardrail: deploy denied: nobody there {ID}"));
    let expired = format!("guardrail: deploy refused: nobody decided in time {ID}");
    assert_eq!(ended(AuditEvent::Expired), expired);
    let withdrawn = ended(AuditEvent::Withdrawn { why: "dropped".into() });
    assert_eq!(withdrawn, format!("guardrail: deploy withdrawn: the call went away {ID}"));
    let tally = Tally { approvals: 1, required: 2 };
    let waits = closing::waits(&request(deploy("plain")), tally);
    assert_eq!(
        waits,
        format!("guardrail: deploy your approval is on record, 1 of 2; it waits for others {ID}")
    );
}
