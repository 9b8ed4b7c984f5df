//! What holds for every text.

use proptest::prelude::*;

use super::WHOLE;
use crate::policy::{Effect, PolicySet};

/// What no set may hold, whatever it was read from.
fn check(text: &str) {
    let Ok(set) = PolicySet::parse(text) else { return };
    for policy in set.policies() {
        let Some(requirement) = policy.requirement() else {
            assert_ne!(policy.effect(), Effect::Ask);
            continue;
        };
        assert_eq!(policy.effect(), Effect::Ask);
        assert!(!requirement.stages().is_empty());
        assert!(!requirement.timeout().is_zero() && !requirement.grant_ttl().is_zero());
        for stage in requirement.stages() {
            assert!(stage.approvals() >= 1);
            assert!(stage.people().len() >= stage.approvals() as usize);
            assert!(stage.people().is_sorted_by(|a, b| a < b), "sorted, each once");
            for person in stage.people() {
                let person = set.directory().person(person).expect("a person of the directory");
                assert!(person.is_active() && person.is_human());
            }
        }
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("[people.a]\n".to_owned()),
        Just("[people.b]\n".to_owned()),
        Just("[groups]\n".to_owned()),
        Just("[policies.x]\n".to_owned()),
        Just("kind = 'agent'\n".to_owned()),
        Just("active = false\n".to_owned()),
        Just("g = ['a', 'b']\n".to_owned()),
        Just("approvers = ['group:g']\n".to_owned()),
        Just("approvers = ['person:a', 'group:g']\n".to_owned()),
        Just("effect = 'allow'\n".to_owned()),
        (-2_i64..4).prop_map(|n| format!("approvals = {n}\n")),
        "timeout = '[0-9]{1,22}[smhd]'\n",
    ];
    prop::collection::vec(word, 0..12).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_arrangement_of_the_words_is_read_or_refused(text in words()) {
        check(&text);
    }

    #[test]
    fn a_changed_file_is_read_or_refused(
        at in 0..WHOLE.len(),
        cut in 0..40_usize,
        put in "[\\x00-\\x7f]{0,12}|\\PC{0,6}",
    ) {
        let bytes = WHOLE.as_bytes();
        let end = (at + cut).min(bytes.len());
        let text = [&bytes[..at], put.as_bytes(), &bytes[end..]].concat();
        check(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn lines_left_out_are_read_or_refused(kept in prop::collection::vec(any::<bool>(), 64)) {
        let lines = WHOLE.lines().zip(kept.iter().cycle()).filter(|(_, kept)| **kept);
        let text: String = lines.map(|(line, _)| format!("{line}\n")).collect();
        check(&text);
    }
}

#[test]
fn text_that_nests_or_repeats_without_end_is_refused() {
    for text in [
        format!("x = {}", "[".repeat(500_000)),
        format!("{}a = 1", "a.".repeat(400_000)),
        format!("x = {}", "{a=".repeat(300_000)),
        "a\n".repeat(300_000),
        "[[policies]]\n".repeat(50_000),
        "[policies.x]\n".repeat(50_000),
    ] {
        let error = PolicySet::parse(&text).unwrap_err();
        assert!(error.mistakes().len() <= 100);
        assert!(error.to_string().len() < 20_000);
    }
}
