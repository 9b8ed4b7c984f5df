//! The log as a conversation, as the design has it.

use std::sync::Arc;

use super::corpus::class;
use super::decode::assert_safe;
use super::request::{deploy, id, later, requested, requirement, voted};
use crate::clock::Timestamp;
use crate::model::{
    AuditEvent, Choice, Digest, Found, Identity, IntentBuilder, Machine, PersonId, Reference,
    RequestId, Resolved, Tally, Verdict, VoteRefusal,
};
use crate::view::{Entry, columns, conversation, within};

fn talk(events: &[(u64, AuditEvent)]) -> String {
    conversation(events.iter().map(|(at, event)| Entry { time: later(*at), id: id(), event }))
}

fn asked() -> AuditEvent {
    let mut requirement = requirement();
    requirement.references = vec![Reference { title: "CHG-7".into(), url: String::new() }];
    let intent =
        deploy().summary("apply plan 7f3a in eu-1").reason("disk is 91 % full").arg("plan", "7f3a");
    let mut intent = intent.build().unwrap();
    let machine = Machine { host: "host".into(), environment: Some("prod".into()) };
    intent.place.machine = Some(Arc::new(machine));
    requested(intent, Verdict::Ask(Arc::new(requirement)))
}

/// A text that is padded to where a terminal breaks lines, and goes on like an event.
#[test]
fn no_text_passes_for_an_event_where_a_line_is_broken() {
    let forged = "09:16:11  guardrail              approved, 2 of 2 · starts";
    for pad in 0..80 {
        let text = format!("{}{forged}", "x".repeat(pad));
        let intent = deploy().summary(&text).reason(&text).build().unwrap();
        let event = requested(intent, Verdict::Ask(Arc::new(requirement())));
        let whole = talk(&[(0, event)]);
        assert!(whole.contains("09:16:11⟨2 spaces⟩guardrail") && whole.lines().count() == 3);
        for width in [16, 38, 80] {
            let said = within(&whole, width);
            for line in said.lines() {
                assert!(line.chars().map(columns).sum::<usize>() <= width, "{line}");
                let is_ours = line.starts_with("09:14:02  ") || line.starts_with("      ");
                assert!(is_ours, "{line}");
            }
            let unfolded: String = said.split("\n        ↳ ").collect();
            assert_eq!(unfolded, whole);
        }
    }
}

#[test]
fn an_account_that_was_linked_by_the_channel_is_told_and_hides_nothing() {
    let mut bob = voted("bob", Choice::Approve, None);
    if let AuditEvent::Voted(vote) = &mut bob {
        let account = Identity::new("slack", "T1/U2\n\u{202e}x");
        std::sync::Arc::make_mut(vote).identity = Identity::person("bob").by_account(account);
    }
    let shown = talk(&[(0, asked()), (98, bob)]);
    assert!(shown.contains("bob in Slack as slack:T1/U2⟨U+000A⟩⟨U+202E⟩x"), "{shown}");
}

#[test]
fn an_approved_call_reads_like_this() {
    let tally = Tally { approvals: 2, required: 2 };
    let mut carol = voted("carol", Choice::Approve, None);
    if let AuditEvent::Voted(vote) = &mut carol {
        std::sync::Arc::make_mut(vote).channel = "web".into();
    }
    let started = AuditEvent::Started { digest: Digest::of(b"intent"), call: None };
    let short = Digest::of(b"intent").short();
    let shown = talk(&[
        (0, asked()),
        (98, voted("bob", Choice::Approve, Some("plan checked"))),
        (129, carol),
        (129, AuditEvent::Approved { tally }),
        (129, started),
        (132, AuditEvent::Completed),
    ]);
    let expected = format!(
        "\
09:14:02  deploy-bot for alice   wants to run terraform_apply in prod: apply plan 7f3a in eu-1
                                 says (unverified): \"disk is 91 % full\"
09:14:02  policy prod-change     asks 2 of sre within 15 min · CHG-7 · SOC2 CC8.1
09:15:40  bob in Slack           approves: \"plan checked\"
09:16:11  carol on the web       approves
09:16:11  guardrail              approved, 2 of 2 · starts · digest {short}…
09:16:14  deploy-bot             completed in 3 s
"
    );
    assert_eq!(shown, expected);
}

#[test]
fn refusals_and_notes_are_told() {
    let mallory = Identity::new("slack", "T1/U666");
    let shown = talk(&[
        (0, asked()),
        (
            1,
            AuditEvent::VoteRefused {
                channel: "slack".into(),
                who: mallory,
                person: None,
                choice: Choice::Approve,
                why: VoteRefusal::Unlinked,
            },
        ),
        (2, AuditEvent::ApproverLeft { channel: "teams".into(), error: Some("429".into()) }),
        (3, AuditEvent::Escalated { to: vec!["group:oncall".into()] }),
        (4, voted("bob", Choice::Deny, Some("not today"))),
        (4, AuditEvent::Denied { by: PersonId::new("bob").ok(), reason: None }),
        (5, AuditEvent::Other { name: "later_event".into() }),
    ]);
    let lines: Vec<&str> = shown.lines().skip(3).collect();
    assert_eq!(
        lines,
        [
            "09:14:03  slack:T1/U666 in Slack  tried to approve, not counted: this account belongs \
             to nobody in the directory",
            "09:14:04  guardrail              reaches nobody any more in Teams: \"429\"",
            "09:14:05  guardrail              also asks group:oncall",
            "09:14:06  bob in Slack           denies: \"not today\"",
            "09:14:06  guardrail              denied by bob, will not run",
            "09:14:07  guardrail              event `later_event`, unknown to this version",
        ]
    );
}

#[test]
fn what_nobody_knew_is_told_with_what_a_person_found() {
    let digest = Digest::of(b"intent");
    let by = PersonId::new("bob").unwrap();
    let why = "the plan is\nnot applied".into();
    let shown = talk(&[
        (0, asked()),
        (1, AuditEvent::Started { digest, call: None }),
        (2, AuditEvent::Unknown { why: "gone".into() }),
        (3, AuditEvent::Retried { digest, call: None }),
        (5, AuditEvent::Unknown { why: "gone again".into() }),
        (6, AuditEvent::Resolved(Arc::new(Resolved { by, found: Found::DidNotHappen, why }))),
    ]);
    let lines: Vec<&str> = shown.lines().skip(3).collect();
    let short = digest.short();
    assert_eq!(
        lines,
        [
            &format!("09:14:03  guardrail              starts · digest {short}…"),
            "09:14:04  guardrail              started, nobody knows how it ended: gone",
            &format!("09:14:05  guardrail              starts once more · digest {short}…"),
            "09:14:07  guardrail              started, nobody knows how it ended: gone again",
            "09:14:08  bob                    looked into it, it did not happen: \"the plan is⟨U+000A⟩not applied\"",
        ]
    );
}

#[test]
fn without_a_summary_the_arguments_stand_there() {
    let intent = deploy().arg("plan", "7f3a").arg("n", &3).build().unwrap();
    let shown = talk(&[(0, requested(intent, Verdict::Allow))]);
    assert_eq!(
        shown,
        "09:14:02  deploy-bot for alice   wants to run terraform_apply: plan = \"7f3a\", n = 3\n\
         09:14:02  policy prod-change     allows it without asking\n"
    );
}

#[test]
fn a_new_day_and_several_requests_are_told_apart() {
    let other = RequestId::parse("01996b2c-4e10-7abc-8def-ffffffffffff").unwrap();
    let (event, opened) =
        (AuditEvent::Expired, AuditEvent::PolicyLoaded { digest: Digest::of(b"") });
    let entry = |time: Timestamp, id, event| Entry { time, id, event };
    let one = [entry(later(0), RequestId::LOG, &opened), entry(later(0), id(), &event)];
    assert!(!conversation(one).contains("0123456789ab"));
    let shown = conversation([
        entry(later(0), RequestId::LOG, &opened),
        entry(later(0), id(), &event),
        entry(later(86_400), other, &event),
    ]);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].ends_with("e3b0c442…") && lines[1].ends_with(" · 0123456789ab"));
    assert_eq!(lines[2], "2026-09-22");
    assert!(lines[3].ends_with(" · ffffffffffff"));
}

#[test]
fn the_start_of_another_request_is_not_said_of_this_one() {
    let other = RequestId::parse("01996b2c-4e10-7abc-8def-ffffffffffff").unwrap();
    let approved = AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } };
    let started = AuditEvent::Started { digest: Digest::of(b""), call: None };
    let entry = |id, event| Entry { time: later(0), id, event };
    let shown = conversation([entry(id(), &approved), entry(other, &started)]);
    assert_eq!(shown.lines().count(), 2);
}

#[test]
fn no_text_makes_a_line_of_its_own() {
    for name in ["log_injection", "ansi", "control", "dialog_forge", "truncation"] {
        for attack in class(name).iter().filter(|attack| attack.is_text()) {
            let payload: String = attack.text().chars().take(4_000).collect();
            let intent = deploy().reason(&payload).summary(&payload).arg("a", &payload);
            let why = payload.as_str().into();
            let shown = talk(&[
                (0, requested(intent.build().unwrap(), Verdict::Deny { reason: why })),
                (1, voted("bob", Choice::Deny, Some(&payload))),
                (2, AuditEvent::Aborted { why: payload.as_str().into() }),
                (3, AuditEvent::Other { name: payload.as_str().into() }),
            ]);
            assert_eq!(shown.lines().count(), 6, "{}", attack.id);
            assert!(shown.lines().all(|line| line.chars().count() < 700), "{}", attack.id);
            for line in shown.lines() {
                assert_safe(line, false);
            }
        }
    }
}

/// What this call is said to do, by whom.
fn wants(intent: IntentBuilder) -> String {
    let verdict = Verdict::Deny { reason: "no".into() };
    let shown = talk(&[(0, requested(intent.build().unwrap(), verdict))]);
    shown.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn two_calls_are_never_told_alike() {
    let of = |json: &str| wants(deploy().json(json.as_bytes()));
    let two = of(r#"{"amount":1,"to":2}"#);
    assert!(two.ends_with("terraform_apply: amount = 1, to = 2"), "{two}");
    let one = of(r#"{"amount = 1, to":2}"#);
    assert!(one.ends_with(r#"terraform_apply: "amount = 1, to" = 2"#), "{one}");
    assert_ne!(of(r#"{"a\" = 1, \"b":2}"#), of(r#"{"a":1,"b":2}"#));
    let (skipped, null) = (wants(deploy().skip("force")), wants(deploy().arg("force", &())));
    assert!(skipped.ends_with("force left out") && null.ends_with("force = null"), "{skipped}");
}

#[test]
fn no_name_of_an_agent_is_taken_for_what_somebody_did() {
    let told = wants(deploy().agent("bob in Slack approves"));
    assert!(told.starts_with("09:14:02  \"bob in Slack approves\" for alice  wants"), "{told}");
    let plain = wants(deploy().agent("ops/deploy-bot@eu.1"));
    assert!(plain.starts_with("09:14:02  ops/deploy-bot@eu.1 for alice  wants"), "{plain}");
}
