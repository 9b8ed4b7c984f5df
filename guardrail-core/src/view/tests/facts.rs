//! What the list of facts says, in which order, and of whom.

use super::request::{ASKED, asking, deploy, later, pending, requirement, voted};
use crate::model::{AuditEvent, Choice, Tally};
use crate::view::{Fact, FactKind, Facts, Limits, Trust, characters, facts, open};

fn card(request: &crate::model::ApprovalRequest) -> Facts {
    facts(request, later(60), &Limits::new(2_000, 10_000, characters))
}

/// Label and value of the arguments.
fn arguments(facts: &Facts) -> Vec<(String, String)> {
    let of = |fact: &Fact| (fact.label().text().to_owned(), fact.text());
    facts.iter().filter(|fact| fact.kind() == FactKind::Argument).map(of).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn facts_come_in_the_order_of_their_kinds_and_the_claim_is_last() {
    let intent = deploy()
        .resource("eu-1")
        .summary("apply plan 7f3a in eu-1")
        .reason("disk is 91 % full")
        .preview("+ disk 2")
        .arg("plan", "7f3a");
    let card = card(&pending(intent));
    let kinds: Vec<FactKind> = card.iter().map(Fact::kind).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    for kind in [FactKind::State, FactKind::Risk, FactKind::Summary, FactKind::Preview] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let last = card.iter().last().unwrap();
    assert_eq!(last.kind(), FactKind::Claim);
    assert_eq!(last.label().text(), "the agent says (not verified)");
    assert_eq!(last.text(), "\"disk is 91 % full\"");
    assert!(card.is_whole());
}

#[test]
fn state_and_risk_stand_in_words_beside_their_icons() {
    let card = card(&pending(deploy()));
    let state = card.get(FactKind::State).unwrap();
    assert_eq!((state.icon(), state.text().as_str()), (Some("⏳"), "waiting for approval"));
    let risk = card.get(FactKind::Risk).unwrap();
    assert_eq!((risk.icon(), risk.text().as_str()), (Some("▲"), "high"));
}

#[test]
fn every_value_has_its_way_and_its_type() {
    let card = card(&pending(deploy().json(
        br#"{"b":true,"n":5,"big":18446744073709551616,"f":1.0,"s":"5","z":null,
            "o":{"k v":[1,{}],"deep":{"x":[]}}}"#,
    )));
    assert_eq!(
        arguments(&card),
        pairs(&[
            ("b", "true"),
            ("big", "18446744073709551616"),
            ("f", "1.0"),
            ("n", "5"),
            ("o.deep.x", "[]"),
            ("o.\"k v\"[0]", "1"),
            ("o.\"k v\"[1]", "{}"),
            ("s", "\"5\""),
            ("z", "null"),
        ])
    );
}

#[test]
fn present_nothing_is_not_absent_nothing() {
    let (one, two) = (Some(None::<u8>), Some(Some(None::<u8>)));
    let card = card(&pending(deploy().arg("a", &None::<u8>).arg("b", &one).arg("c", &two)));
    let expected = [("a", "null"), ("b", "Some(null)"), ("c", "Some(null), 2 deep")];
    assert_eq!(arguments(&card), pairs(&expected));
}

#[test]
fn twin_keys_and_keys_that_look_like_ways_are_told_apart() {
    let card = card(&pending(deploy().json(
        "{\"é\":1,\"e\\u0301\":2,\"a\":{\"b\":3},\"a.b\":4,\"a\\\".\\\"b\":5,\"\":6}".as_bytes(),
    )));
    let labels: Vec<String> = arguments(&card).into_iter().map(|(label, _)| label).collect();
    let mut expected =
        ["\"é\"", "\"e⟨U+0301⟩\"", "a.b", "\"a.b\"", "\"a\\\".\\\"b\"", "\"\""].map(String::from);
    let mut sorted = labels.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    let twin = card.iter().find(|fact| fact.label().text() == "\"e⟨U+0301⟩\"").unwrap();
    assert_eq!(twin.notice().unwrap(), "warning: not NFC");
}

#[test]
fn a_long_key_is_shown_once_and_named_by_its_hash() {
    let key = "k".repeat(300);
    let json = format!("{{\"o\":{{\"{key}\":[1,2]}}}}");
    let open = open(&pending(deploy().json(json.as_bytes())), ASKED);
    let shown = arguments(&open);
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[0].1, format!("\"{key}\""));
    assert_eq!(shown[1], (format!("o.{}[0]", shown[0].0), "1".into()));
    assert_eq!(shown[2], (format!("o.{}[1]", shown[0].0), "2".into()));
    assert!(open.is_whole());
}

#[test]
fn secrets_are_length_and_commitment_and_count_as_shown() {
    let intent = deploy()
        .redact("pin", "1234")
        .arg("note", "use password=hunter2 please")
        .arg("token", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    let card = card(&pending(intent));
    let all = arguments(&card);
    assert!(all[0].1.starts_with("⟨masked, 4 bytes, "), "{all:?}");
    assert!(all[1].1.starts_with("\"use password=⟨masked, 7 bytes, "), "{all:?}");
    assert!(all[1].1.ends_with("…⟩⟨U+0020⟩please\""), "{all:?}");
    assert!(card.iter().filter(|fact| fact.kind() == FactKind::Argument).all(Fact::is_masked));
    assert!(card.is_whole());
    let everything = format!("{card:?}{:?}", open(&pending(deploy().redact("pin", "1234")), ASKED));
    for secret in ["1234\"", "hunter2", "ghp_"] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[test]
fn a_skipped_parameter_is_named_as_skipped() {
    let card = card(&pending(deploy().skip("client").arg("plan", "7f3a")));
    let fact = card.get(FactKind::Argument).unwrap();
    assert_eq!(fact.label().text(), "client");
    assert_eq!(fact.text(), "⟨left out by the developer, shown to nobody⟩");
    assert!(fact.is_skipped() && card.is_whole());
}

#[test]
fn only_our_words_are_own_text() {
    let word = "evil*_<b>";
    let mut with = requirement();
    with.description = Some(word.into());
    with.controls = vec![word.into()];
    with.references[0].title = word.into();
    let intent = deploy()
        .agent(word)
        .resource(word)
        .summary(word)
        .reason(word)
        .preview(word)
        .arg(word, word);
    let mut request = asking(intent, with);
    request.apply(later(1), &voted(word, Choice::Approve, Some(word))).unwrap();
    for fact in &card(&request) {
        for run in fact.runs() {
            assert!(run.trust() != Trust::Own || !run.text().contains("evil"), "{fact:?}");
        }
    }
    let argument = card(&request);
    let argument = argument.get(FactKind::Argument).unwrap();
    assert_eq!(argument.label().trust(), Trust::Untrusted);
}

#[test]
fn the_countdown_says_what_happens_at_its_end() {
    let deadline = |at| facts(&pending(deploy()), later(at), &Limits::OPEN);
    assert_eq!(
        deadline(177).get(FactKind::Deadline).unwrap().text(),
        "12 min 3 s to decide, until 2026-09-21 09:29:02 UTC, refused when time is up"
    );
    assert_eq!(deadline(177).get(FactKind::Deadline).unwrap().time(), Some(later(900)));
    let late = deadline(900);
    assert!(late.get(FactKind::Deadline).is_none());
    assert!(late.get(FactKind::State).unwrap().text().starts_with("expired"));
}

#[test]
fn votes_say_who_where_when_and_why() {
    let mut request = pending(deploy());
    request.apply(later(98), &voted("bob", Choice::Approve, Some("plan checked"))).unwrap();
    let before = card(&request);
    assert_eq!(before.get(FactKind::Approvals).unwrap().text(), "1 of 2, asks 2 of group:sre");
    assert_eq!(
        before.get(FactKind::Vote).unwrap().text(),
        "bob approves in Slack at 2026-09-21 09:15:40 UTC: \"plan checked\""
    );
    request.apply(later(129), &voted("carol", Choice::Approve, None)).unwrap();
    let tally = Tally { approvals: 2, required: 2 };
    request.apply(later(129), &AuditEvent::Approved { tally }).unwrap();
    let after = facts(&request, later(130), &Limits::OPEN);
    assert_eq!(after.get(FactKind::State).unwrap().text(), "approved, not started yet");
    assert!(after.get(FactKind::Deadline).unwrap().text().starts_with("4 min 59 s to start"));
}

#[test]
fn a_denial_says_by_whom_and_why() {
    let mut request = pending(deploy());
    let reason = Some("not on a \u{202e}Friday".into());
    let by = crate::model::PersonId::new("bob").ok();
    request.apply(later(5), &AuditEvent::Denied { by, reason }).unwrap();
    let card = card(&request);
    let why = card.get(FactKind::Decision).unwrap();
    assert_eq!(why.text(), "bob: \"not on a ⟨U+202E⟩Friday\"");
    assert_eq!(why.notice().unwrap(), "warning: bidi controls");
}

#[test]
fn only_plain_web_addresses_of_the_policy_become_links() {
    let mut with = requirement();
    let urls = ["https://wiki.example.com/a", "javascript:alert(1)", "https://x/<b>", "http://x/а"];
    with.references =
        urls.map(|url| crate::model::Reference { title: "t".into(), url: url.into() }).to_vec();
    let card = card(&asking(deploy(), with));
    let links: Vec<Option<&str>> =
        card.iter().filter(|f| f.kind() == FactKind::Reference).map(Fact::link).collect();
    assert_eq!(links, [Some("https://wiki.example.com/a"), None, None, None]);
}
