//! What a channel with little room is shown: nothing is lost unsaid, nothing is over the limit.

use proptest::prelude::*;

use super::corpus::class;
use super::decode::assert_safe;
use super::request::{ASKED, asking, deploy, id, later, pending, requested, requirement, voted};
use crate::model::{ApprovalRequest, Choice, Intent, Reference, Verdict};
use crate::view::{Budget, Fact, FactKind, Facts, Limits, characters, facts, open};

fn slack(c: char) -> usize {
    match c {
        '&' => 5,
        '<' | '>' => 4,
        '\n' => 40,
        _ => 1,
    }
}

fn cost(facts: &Facts, limits: &Limits) -> usize {
    facts.iter().map(|fact| limits.cost(fact)).sum()
}

fn arguments(facts: &Facts) -> Vec<&Fact> {
    facts.iter().filter(|fact| fact.kind() == FactKind::Argument).collect()
}

#[test]
fn a_long_value_is_cut_and_does_not_hide_the_next() {
    let limits = Limits::new(2_000, 10_000, slack);
    for attack in class("truncation").iter().filter(|attack| attack.is_text()) {
        let text = attack.text();
        if text.len() > 200_000 {
            continue; // Refused before anyone is asked.
        }
        let request = pending(deploy().arg("command", &text).arg("zz_delete_all", &true));
        let card = facts(&request, later(1), &limits);
        assert!(cost(&card, &limits) <= 10_000, "{}", attack.id);
        let shown = arguments(&card);
        assert_eq!((shown[1].label().text(), shown[1].text().as_str()), ("zz_delete_all", "true"));
        assert_eq!(card.is_whole(), !shown[0].is_cut(), "{}", attack.id);
        let tail: String = text.chars().skip(text.chars().count() - 8).collect();
        assert!(shown[0].text().ends_with(&format!("{tail}\"")), "{}", attack.id);
        if shown[0].is_cut() {
            let notice = shown[0].notice().unwrap();
            let says =
                format!("{} characters, {} bytes, sha256 ", text.chars().count(), text.len());
            assert!(notice.contains(&says), "{notice}");
        }
        let open = open(&request, later(1));
        assert!(open.is_whole() && !arguments(&open)[0].is_cut(), "{}", attack.id);
    }
}

/// The longest names of actions and policies are shown whole wherever a call may be approved.
#[test]
fn no_part_of_a_bound_name_is_left_out() {
    for limits in [Limits::new(0, 0, slack), Limits::new(2_000, 10_000, slack), Limits::OPEN] {
        let page = |middle: &str| {
            let name = |end| format!("{}{middle}{}", "a".repeat(60), "b".repeat(end));
            let intent = Intent::builder(name(128 - 60 - middle.len()));
            let intent = intent.policy(name(68 - middle.len())).agent("deploy-bot");
            let card = facts(&pending(intent), later(1), &limits);
            let text = |kind| card.get(kind).unwrap().text();
            (card.is_whole(), text(FactKind::Action), text(FactKind::Policy))
        };
        let (safe, other) = (page("read"), page("drop"));
        assert!(safe.0 && other.0);
        assert_ne!(safe.1, other.1);
        assert_ne!(safe.2, other.2);
    }
}

#[test]
fn the_last_of_many_keys_is_shown_and_the_hidden_ones_are_counted() {
    let members: Vec<String> = (0..200).map(|n| format!("\"benign_{n:03}\":\"ok\"")).collect();
    let json = format!("{{\"o\":{{{},\"zz_delete_all\":true}}}}", members.join(","));
    let request = pending(deploy().json(json.as_bytes()));
    let limits = Limits::new(2_000, 10_000, slack).facts(60);
    let card = facts(&request, later(1), &limits);
    let shown = arguments(&card);
    assert!(card.iter().count() <= 60 && cost(&card, &limits) <= 10_000);
    assert_eq!(shown.last().unwrap().label().text(), "o.zz_delete_all");
    assert_eq!(shown[0].label().text(), "o.benign_000");
    let hidden = 201 - shown.len();
    let note = card.get(FactKind::Hidden).unwrap();
    assert!(note.text().starts_with(&format!("{hidden} values are not shown")), "{}", note.text());
    assert!(!card.is_whole());
    let open = open(&request, later(1));
    assert!(open.is_whole() && arguments(&open).len() == 201);
    assert!(open.get(FactKind::Hidden).is_none());
}

#[test]
fn short_values_leave_their_room_to_long_ones() {
    let intent = deploy().arg("a", "short").arg("b", &"x".repeat(4_000));
    let card = facts(&pending(intent), later(1), &Limits::new(5_000, 10_000, characters));
    assert!(card.is_whole());
    let intent = deploy().arg("a", &"y".repeat(6_000)).arg("b", &"x".repeat(6_000));
    let limits = Limits::new(7_000, 10_000, characters);
    let both = facts(&pending(intent.reason("r".repeat(4_000))), later(1), &limits);
    let lengths: Vec<usize> =
        arguments(&both).iter().map(|fact| fact.text().chars().count()).collect();
    assert!(lengths[0].abs_diff(lengths[1]) < 5, "{lengths:?}");
    // Nearly all of the room is used: only what a gap might have needed is left.
    assert!((9_900..=10_000).contains(&cost(&both, &limits)), "{}", cost(&both, &limits));
}

#[test]
fn the_room_of_a_note_and_of_marks_is_counted() {
    let mut intent = deploy().arg("long", &"x".repeat(20_000));
    for n in 0..80 {
        intent = intent.arg(format!("n{n}"), "y");
    }
    let request = pending(intent);
    for places in 48..60 {
        let limits = Limits::new(20_000, 10_000, characters).facts(places);
        let card = facts(&request, later(1), &limits);
        assert!(card.get(FactKind::Hidden).is_some());
        assert!((9_950..=10_000).contains(&cost(&card, &limits)), "{}", cost(&card, &limits));
    }
}

#[test]
fn a_way_that_is_cut_must_be_opened() {
    let mut json = "1".to_owned();
    for level in 0..8 {
        json = format!("{{\"{}{level}\":{json}}}", "k".repeat(30));
    }
    let request = pending(deploy().json(json.as_bytes()));
    let card = facts(&request, later(1), &Limits::new(2_000, 10_000, characters));
    assert!(arguments(&card)[0].is_cut() && !card.is_whole());
    assert!(open(&request, later(1)).is_whole());
}

#[test]
fn a_long_chain_is_not_hidden_in_silence() {
    let mut intent = deploy().build().unwrap();
    intent.actor.behind_mut().chain = vec!["\u{202e}".repeat(300).into(); 16];
    let event = requested(intent, Verdict::Ask(requirement().into()));
    let request = ApprovalRequest::first(id(), ASKED, &event).unwrap();
    let limits = Limits::new(0, 0, |_| 4);
    let card = facts(&request, later(1), &limits);
    assert!(cost(&card, &limits) <= Limits::LEAST && !card.is_whole());
    let mut links = card.iter().filter(|fact| fact.kind() == FactKind::Through);
    assert!(links.next_back().unwrap().text().ends_with("more links of the delegation chain"));
    // Even where each link that is shown is whole.
    let mut short = deploy().build().unwrap();
    short.actor.behind_mut().chain = vec!["p".repeat(80).into(); 16];
    let event = requested(short, Verdict::Ask(requirement().into()));
    let request = ApprovalRequest::first(id(), ASKED, &event).unwrap();
    assert!(facts(&request, later(1), &Limits::new(500, 12_000, characters)).is_whole());
    let card = facts(&request, later(1), &Limits::new(0, 0, |_| 5));
    assert!(card.get(FactKind::Through).is_some_and(|link| !link.is_cut()) && !card.is_whole());
}

#[test]
fn what_the_digest_binds_must_be_whole_and_prose_need_not() {
    let limits = Limits::new(200, 10_000, characters);
    let long = "x".repeat(900);
    let whole = |intent| facts(&pending(intent), later(1), &limits).is_whole();
    assert!(whole(deploy().arg("a", "b").reason(&long).summary(&long)));
    assert!(!whole(deploy().resource(&long)));
    assert!(!whole(deploy().preview(&long)));
    assert!(!whole(deploy().arg("a", &long)));
    assert!(!whole(deploy().arg(long.clone(), "a")));
}

#[test]
fn many_votes_and_references_do_not_push_out_the_values() {
    let mut with = requirement();
    with.references = vec![Reference { title: "t".repeat(500), url: "u".repeat(500) }; 40];
    let mut request = asking(deploy().arg("plan", "7f3a"), with);
    for n in 0..40 {
        let person = format!("{}{n}", "p".repeat(100));
        request
            .apply(later(1), &voted(&person, Choice::Approve, Some(&"r".repeat(4_000))))
            .unwrap();
    }
    let limits = Limits::new(2_000, 10_000, characters);
    let card = facts(&request, later(2), &limits);
    assert!(cost(&card, &limits) <= 10_000);
    assert!(card.is_whole());
    let votes: Vec<String> =
        card.iter().filter(|f| f.kind() == FactKind::Vote).map(Fact::text).collect();
    assert!(votes[0].ends_with("older ones are not shown") && votes.len() > 2, "{votes:?}");
}

fn nasty() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        Just("a"),
        Just("\u{202e}"),
        Just("\u{200b}"),
        Just("\n"),
        Just(" "),
        Just("&"),
        Just("e\u{301}"),
        Just("\u{430}b"),
        Just("ש"),
        Just("\u{e000}"),
        Just("⟨")
    ];
    (proptest::collection::vec(unit, 1..8), 1..200_usize)
        .prop_map(|(units, times)| units.concat().repeat(times))
        .prop_map(|text| text.chars().take(200).collect())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        // Each case is as much work as ten of others.
        cases: ProptestConfig::default().cases / 10,
        ..ProptestConfig::default()
    })]

    /// Invariant 24 for what is shown: no request makes a list longer than its limits.
    #[test]
    fn no_request_breaks_the_limits(
        texts in proptest::collection::vec(nasty(), 8),
        keys in proptest::collection::btree_set(nasty(), 0..12),
        (each, factor, places) in (0..200_usize, 0..5_usize, 0..80_usize),
    ) {
        let limits = Limits::new(factor * 500, factor * 4_000, slack).each(each).facts(places);
        let object: std::collections::BTreeMap<&String, &String> =
            keys.iter().map(|key| (key, &texts[0])).collect();
        let mut intent = deploy()
            .resource(&texts[1]).summary(&texts[2]).reason(texts[3].repeat(10)).preview(&texts[4])
            .arg("object", &object);
        for key in &keys {
            intent = intent.arg(key.clone(), &texts[5].repeat(5));
        }
        let intent = if texts[6].len() <= 256 { intent.agent(&texts[6]) } else { intent };
        let mut with = requirement();
        with.description = Some(texts[7].clone());
        with.references = vec![Reference { title: texts[0].clone(), url: texts[1].clone() }; 5];
        with.controls = texts.clone();
        let mut request = asking(intent, with);
        for person in ["bob", "carol", "dave"] {
            request.apply(later(1), &voted(person, Choice::Approve, Some(&texts[2]))).unwrap();
        }
        let card = facts(&request, later(2), &limits);
        let most = factor.max(2) * 4_000 + 48 * each;
        prop_assert!(cost(&card, &limits) <= most, "{} {most}", cost(&card, &limits));
        prop_assert!(card.iter().count() <= places.max(48));
        prop_assert!(card.get(FactKind::Agent).is_some(), "the least is enough for every kind");
        let open = open(&request, ASKED);
        prop_assert!(open.is_whole());
        for fact in card.iter().chain(&open) {
            assert_safe(fact.label().text(), false);
            assert_safe(&fact.text(), true);
            if let Some(notice) = fact.notice() {
                assert_safe(&notice, false);
            }
        }
    }
}

#[test]
fn a_list_is_never_smaller_than_its_least() {
    assert_eq!(Budget::new(0, characters).most(), Budget::LEAST);
    let card =
        facts(&pending(deploy().arg("plan", "7f3a")), later(1), &Limits::new(0, 0, characters));
    assert!(card.is_whole());
}

/// Invariant 22 for whole values: two intents that are shown alike are alike.
#[test]
fn different_values_make_different_lists() {
    let values = [
        "{}",
        "[]",
        "null",
        "\"null\"",
        "\"\"",
        "[[]]",
        "[{}]",
        "[null]",
        "[\"\"]",
        "1",
        "\"1\"",
        "1.0",
        "\"1.0\"",
        "true",
        "\"true\"",
        "{\"a\":1}",
        "{\"a\":[1]}",
        "{\"a\":{\"0\":1}}",
        "{\"a[0]\":1}",
        "{\"\":1}",
        "[1,2]",
        "[2,1]",
        "[[1],2]",
        "\"a\"",
        "\"a \"",
        "\"a\\n\"",
        "\"a\\\"\"",
        "\"⟨U+000A⟩\"",
        "\"\\n\"",
        "\"#1\"",
        "\"##1\"",
        "\"é\"",
        "\"e\\u0301\"",
        "{\"é\":1}",
        "{\"e\\u0301\":1}",
        "{\"a\":1,\"b\":2}",
        "{\"a.b\":1}",
        "{\"a\":{\"b\":1}}",
        "\"⟨masked, 4 bytes⟩\"",
    ];
    let mut seen: Vec<(String, &str)> = Vec::new();
    for value in values {
        let intent = deploy().json(format!("{{\"v\":{value}}}").as_bytes());
        let shown: Vec<(String, String)> = arguments(&open(&pending(intent), ASKED))
            .iter()
            .map(|fact| (fact.label().text().to_owned(), fact.text()))
            .collect();
        let shown = format!("{shown:?}");
        if let Some((_, twin)) = seen.iter().find(|(other, _)| *other == shown) {
            panic!("{value} and {twin} look alike: {shown}");
        }
        seen.push((shown, value));
    }
}

#[test]
fn a_channel_too_small_for_the_least_is_told_to_open() {
    let limits = Limits::new(0, 0, |_| 30);
    let card = facts(&pending(deploy().arg("plan", &"x".repeat(4_000))), later(1), &limits);
    assert!(cost(&card, &limits) <= Limits::LEAST);
    assert!(!card.is_whole());
    for kind in [FactKind::State, FactKind::Action, FactKind::Hidden, FactKind::Request] {
        assert!(card.get(kind).is_some(), "{kind:?}");
    }
}
