//! What the policies say of a call.

use std::sync::Arc;
use std::time::Duration;

use super::{WHOLE, call, denied, name, set};
use crate::model::{
    Choice, Digest, Eligible, Identity, PersonId, Requirement, Retry, Risk, Verdict,
};
use crate::policy::{Effect, PolicySet, Resolution};

fn asked(set: &PolicySet, policy: &str, person: Option<&str>) -> Arc<Requirement> {
    match set.judge(&call(policy, person)) {
        Verdict::Ask(requirement) => requirement,
        other => panic!("not asked: {other:?}"),
    }
}

#[test]
fn a_policy_asks_exactly_what_its_file_says() {
    let requirement = asked(&set(WHOLE), "prod-change", Some("alice"));
    assert_eq!(requirement.description(), Some("Changes to production infrastructure"));
    assert_eq!(requirement.risk(), Risk::High);
    assert_eq!(requirement.timeout(), Duration::from_secs(600));
    assert_eq!(requirement.grant_ttl(), Duration::from_secs(90));
    assert_eq!(requirement.retry(), Retry::Idempotent);
    assert!(requirement.requester_required());
    assert!(requirement.reason_required(Choice::Deny));
    assert!(!requirement.reason_required(Choice::Approve));
    assert_eq!(requirement.references()[0].title, "Change policy CHG-7");
    assert_eq!(requirement.references()[0].url, "https://wiki.example.com/chg-7");
    assert_eq!(requirement.controls(), ["SOC2:CC8.1", "NIST:CM-3"]);
    assert_eq!(requirement.stages().len(), 1);
    assert_eq!(requirement.stages()[0].approvals(), 2);
    let named: Vec<String> =
        requirement.stages()[0].approvers().iter().map(Eligible::to_string).collect();
    assert_eq!(named, ["group:sre", "person:dave", "person:bob"]);
}

#[test]
fn those_asked_are_the_active_people_sorted_and_each_once() {
    let requirement = asked(&set(WHOLE), "prod-change", Some("alice"));
    let people: Vec<&str> = requirement.stages()[0].people().iter().map(PersonId::as_str).collect();
    assert_eq!(people, ["alice", "bob", "dave"]);
}

#[test]
fn what_a_policy_leaves_out_has_its_default() {
    let set = set(WHOLE);
    let policy = set.policy(&name("refund")).unwrap();
    assert_eq!((policy.effect(), policy.risk()), (Effect::Ask, Risk::Medium));
    let requirement = asked(&set, "refund", None);
    assert_eq!(requirement.stages()[0].approvals(), 1);
    assert_eq!(requirement.timeout(), Duration::from_secs(15 * 60));
    assert_eq!(requirement.grant_ttl(), Duration::from_secs(5 * 60));
    assert_eq!(requirement.retry(), Retry::Never);
    assert!(!requirement.requester_required());
    assert!(!requirement.reason_required(Choice::Deny));
}

#[test]
fn the_requirement_is_shared_and_not_made_again() {
    let set = set(WHOLE);
    let of_policy = set.requirement(&name("refund")).unwrap();
    assert!(Arc::ptr_eq(&asked(&set, "refund", None), of_policy));
    assert!(Arc::ptr_eq(&asked(&set.clone(), "refund", None), of_policy));
}

#[test]
fn allow_and_deny_ask_nobody() {
    let set = set(WHOLE);
    assert_eq!(set.judge(&call("read", None)), Verdict::Allow);
    assert_eq!(
        denied(&set, &call("drop-database", None)),
        "policy `drop-database` denies every call"
    );
    assert!(set.requirement(&name("read")).is_none());
    assert!(set.requirement(&name("drop-database")).is_none());
}

#[test]
fn a_policy_that_is_not_there_denies_and_names_the_likely_one() {
    let set = set(WHOLE);
    assert_eq!(
        denied(&set, &call("refunds", None)),
        "there is no policy `refunds` (did you mean `refund`?)"
    );
    assert_eq!(denied(&set, &call("payments", None)), "there is no policy `payments`");
    assert!(!set.contains(&name("refunds")));
}

#[test]
fn names_are_compared_byte_for_byte_and_none_has_a_meaning() {
    let set = set(WHOLE);
    for other in ["Refund", "REFUND", "refund.", "default", "allow_all", "any", "*"] {
        let Ok(other) = crate::model::PolicyName::new(other) else { continue };
        let reason = denied(&set, &call(other.as_str(), Some("alice")));
        assert!(reason.starts_with("there is no policy"), "{other}: {reason}");
    }
}

#[test]
fn a_policy_that_wants_the_requester_denies_a_call_for_nobody() {
    let set = set(WHOLE);
    let reason = "policy `prod-change` asks for whom the agent acts, and the call names nobody";
    assert_eq!(denied(&set, &call("prod-change", None)), reason);
    asked(&set, "prod-change", Some("alice"));
}

#[test]
fn high_and_critical_want_the_requester_unless_the_file_says_otherwise() {
    let set = |risk: &str, rest: &str| {
        set(&format!("[people.a]\n[policies.x]\napprovers=['person:a']\nrisk='{risk}'\n{rest}"))
    };
    let wants = |risk, rest| set(risk, rest).policy(&name("x")).unwrap().requester_required();
    assert!(!wants("low", ""));
    assert!(!wants("medium", ""));
    assert!(wants("high", ""));
    assert!(wants("critical", ""));
    assert!(!wants("critical", "requester = 'optional'"));
    assert!(wants("low", "requester = 'required'"));
}

#[test]
fn a_critical_call_that_needs_no_approval_still_names_its_requester() {
    let set = set(WHOLE);
    assert!(denied(&set, &call("key-rotation", None)).contains("names nobody"));
    assert_eq!(set.judge(&call("key-rotation", Some("bob"))), Verdict::Allow);
}

#[test]
fn a_call_for_somebody_unknown_or_gone_is_denied_under_every_policy() {
    let set = set(WHOLE);
    for policy in ["prod-change", "refund", "read", "key-rotation"] {
        assert_eq!(
            denied(&set, &call(policy, Some("mallory"))),
            "the call acts for `mallory`, who is not in the directory: `[people]` of the policy file \
             has nobody of that id or email"
        );
        assert_eq!(
            denied(&set, &call(policy, Some("carol"))),
            "the call acts for `carol`, who is not active any more"
        );
    }
}

#[test]
fn a_requester_may_be_named_by_address_and_in_another_spelling() {
    let set = set(WHOLE);
    for spelling in ["alice", "ALICE", "alice@corp.example", "Alice@Corp.Example"] {
        asked(&set, "prod-change", Some(spelling));
    }
}

#[test]
fn a_required_requester_is_a_human() {
    let set = set(WHOLE);
    assert_eq!(
        denied(&set, &call("prod-change", Some("nightly"))),
        "policy `prod-change` asks for which human the agent acts, and `nightly` is of kind service"
    );
    asked(&set, "refund", Some("nightly"));
}

#[test]
fn the_empty_set_denies_everything() {
    for set in [PolicySet::empty(), PolicySet::default(), set(""), set("# nothing\n")] {
        assert_eq!(
            denied(&set, &call("x", None)),
            "there is no policy `x`: the policies in force define none at all"
        );
        assert_eq!(set.policies().count(), 0);
        assert!(set.section("slack").is_none());
    }
}

#[test]
fn the_set_for_tests_asks_its_person_about_everything() {
    let set = PolicySet::asking("alice").unwrap();
    for (policy, person) in [("x", None), ("default", Some("somebody")), ("y", Some("alice"))] {
        let requirement = asked(&set, policy, person);
        assert_eq!(requirement.approvals(), 1);
        assert!(requirement.is_eligible(&PersonId::new("alice").unwrap()));
        assert!(set.contains(&name(policy)) && set.requirement(&name(policy)).is_some());
    }
    let found = set.directory().resolve(&Identity::person("alice"));
    assert!(matches!(found, Resolution::Person(person) if person.is_human() && person.is_active()));
    assert!(PolicySet::asking("not a person").is_err());
}

#[test]
fn the_digest_is_the_hash_of_the_text() {
    assert_eq!(set(WHOLE).digest(), Digest::of(WHOLE.as_bytes()));
    assert_eq!(PolicySet::empty().digest(), set("").digest());
    assert_ne!(set("# a\n").digest(), set("# b\n").digest());
}

#[test]
fn policies_are_listed_by_name() {
    let set = set(WHOLE);
    let names: Vec<&str> = set.policies().map(|policy| policy.name().as_str()).collect();
    assert_eq!(names, ["drop-database", "key-rotation", "prod-change", "read", "refund"]);
}
