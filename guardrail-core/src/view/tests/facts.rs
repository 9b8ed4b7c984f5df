//! What the list of facts says, in which order, and of whom.

use super::request::{ASKED, asking, deploy, id, later, pending, requested, requirement, voted};
use crate::model::canonical::Leaf;
use crate::model::{ApprovalRequest, AuditEvent, Choice, Tally, Verdict};
use crate::view::item::Item;
use crate::view::leaves::fill;
use crate::view::{Fact, FactKind, Facts, Limits, Style, Trust, characters, facts, open};

fn card(request: &ApprovalRequest) -> Facts {
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
fn a_key_that_is_a_credential_is_masked_too() {
    let json = br#"{"o":{"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx":1}}"#;
    let card = card(&pending(deploy().json(json)));
    let fact = card.get(FactKind::Argument).unwrap();
    assert!(fact.label().text().starts_with("o.⟨masked key, 40 bytes, "), "{fact:?}");
    assert!(fact.is_masked() && card.is_whole());
}

#[test]
fn a_secret_without_a_commitment_is_never_wholly_shown() {
    let mut item = Item::fixed(Fact::new(FactKind::Argument, "pin"));
    fill(&mut item, Leaf::Sealed { bytes: 6 }, Style::BLOCK);
    let shown = item.sized(&Limits::OPEN).fact(&Limits::OPEN, 4_000);
    assert!(shown.is_cut() && shown.is_masked());
    assert_eq!(shown.text(), "⟨masked, 6 bytes⟩");
}

#[test]
fn a_value_that_could_not_be_captured_is_never_wholly_shown() {
    let mut broken = deploy().arg("load", &f64::NAN).arg("plan", "7f3a");
    let (_, intent) = broken.assemble(None, &crate::clock::SystemEntropy).unwrap_err();
    let deny = Verdict::Deny { reason: "unshowable".into() };
    let request = ApprovalRequest::first(id(), ASKED, &requested(*intent, deny)).unwrap();
    let open = open(&request, ASKED);
    assert_eq!(open.get(FactKind::Argument).unwrap().text(), "⟨could not be captured⟩");
    assert!(!open.is_whole());
    assert_eq!(open.get(FactKind::Policy).unwrap().text(), "prod-change refuses it");
}

#[test]
fn a_preview_says_what_it_is_and_what_is_missing_of_it() {
    let preview = |text: &str| {
        let card = card(&pending(deploy().preview(text)));
        card.get(FactKind::Preview).unwrap().notice().unwrap()
    };
    assert_eq!(preview("+ disk"), "shown, not part of what is approved");
    let long = preview(&"+".repeat(70_000));
    assert!(long.contains(" · made from 70000 bytes, sha256 "), "{long}");
}

#[test]
fn warnings_of_label_and_value_are_one_list() {
    let card = card(&pending(deploy().arg("e\u{301}\u{1b}", "\u{430}b\u{1b}\u{7}")));
    let fact = card.get(FactKind::Argument).unwrap();
    let notice = "warning: control characters, mixed-script or confusable U+0430, not NFC";
    assert_eq!(fact.notice().unwrap(), notice);
    assert_eq!(fact.warnings()[0].to_string(), "control characters: U+001B, U+0007 (3 places)");
    assert!(fact.warns_of(crate::view::WarningKind::NotNormal));
}

#[test]
fn an_unknown_event_is_said_beside_the_state() {
    let mut request = pending(deploy());
    request.apply(later(1), &AuditEvent::Other { name: "later_event".into() }).unwrap();
    let notice = card(&request).get(FactKind::State).unwrap().notice().unwrap();
    assert!(notice.starts_with("the log holds an event unknown here"));
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
    let mut urls = vec!["https://wiki.example.com/a".to_owned(), "javascript:alert(1)".to_owned()];
    urls.extend(["<", ">", "|", "\"", "\\", " ", "а"].map(|c| format!("http://x/{c}")));
    urls.push(format!("https://x/{}", "a".repeat(500)));
    let reference = |url| crate::model::Reference { title: "t".into(), url };
    with.references = urls.into_iter().map(reference).collect();
    let card = card(&asking(deploy(), with));
    let links: Vec<Option<&str>> =
        card.iter().filter(|f| f.kind() == FactKind::Reference).map(Fact::link).collect();
    assert_eq!(links[0], Some("https://wiki.example.com/a"));
    assert_eq!(links[1..], [None; 9]);
}
