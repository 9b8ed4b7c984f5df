//! Nobody of the requesting side counts, however they are spelled.

use super::{WHOLE, intent, set};
use crate::model::PersonId;
use crate::policy::PolicySet;

/// Who of the directory is on the requesting side.
fn side(set: &PolicySet, agent: &str, person: Option<&str>, chain: &[&str]) -> Vec<String> {
    let intent = intent(agent, "refund", person, chain);
    let all = set.directory().people().map(|person| person.id());
    all.filter(|id| set.directory().is_requesting_side(id, &intent))
        .map(|id| id.to_string())
        .collect()
}

#[test]
fn the_person_it_is_done_for_is_on_it() {
    let set = set(WHOLE);
    for spelling in ["bob", "BOB", "bob@corp.example", "Bob@CORP.example"] {
        assert_eq!(side(&set, "x", Some(spelling), &[]), ["bob"], "{spelling}");
    }
    assert_eq!(side(&set, "x", None, &[]), [""; 0]);
}

#[test]
fn letters_of_another_width_or_style_name_the_same_person() {
    let set = set("[people.alice]\n");
    for spelling in ["ａｌｉｃｅ", "ＡＬＩＣＥ", "𝐚𝐥𝐢𝐜𝐞"] {
        assert_eq!(side(&set, "x", None, &[spelling]), ["alice"], "{spelling}");
        let twins = format!("[people.alice]\n[people.\"{spelling}\"]\n");
        assert!(PolicySet::parse(twins).is_err(), "{spelling}");
    }
    assert_eq!(side(&set, "x", None, &["аlice"]), [""; 0], "a look is no name");
}

#[test]
fn the_owner_of_the_agent_is_on_it_and_the_agent_too() {
    let set = set(WHOLE);
    for spelling in
        ["deploy-bot", "Deploy-Bot", " deploy-bot ", "agent:deploy-bot", "ci:eu:DEPLOY-BOT"]
    {
        assert_eq!(side(&set, spelling, None, &[]), ["alice", "deploy-bot"], "{spelling}");
    }
    assert_eq!(side(&set, "deploy-bot-2", None, &[]), [""; 0]);
}

#[test]
fn an_owner_named_with_a_prefix_is_an_owner() {
    let set = set("[people.alice]\nowns = ['agent:deploy-bot']\n");
    assert_eq!(side(&set, "deploy-bot", None, &[]), ["alice"]);
    assert_eq!(side(&set, "agent:deploy-bot", None, &[]), ["alice"]);
    let set = self::set("[people.alice]\nowns = ['agent:']\n");
    assert_eq!(side(&set, "other:", None, &[]), [""; 0], "nothing is no name");
}

#[test]
fn everyone_in_the_chain_is_on_it_and_the_owners_of_its_agents() {
    let set = set(WHOLE);
    for link in [
        "bob",
        "BOB",
        "person:bob",
        "human: Bob",
        "bob@corp.example",
        "Bob <bob@corp.example>",
        "mailto:bob@corp.example?cc=x",
        "the task of (Bob@corp.example.), planned by x",
        "slack:T0CORP/U0BOB",
        "T0CORP/U0BOB",
        "U0BOB",
        "<@U0BOB>",
        "@bob",
    ] {
        assert_eq!(side(&set, "x", None, &["planner", link]), ["bob"], "{link}");
    }
    for link in ["deploy-bot", "agent:deploy-bot", "DEPLOY-BOT"] {
        assert_eq!(
            side(&set, "x", Some("bob"), &[link, "y"]),
            ["alice", "bob", "deploy-bot"],
            "{link}"
        );
    }
}

#[test]
fn an_id_with_a_colon_is_found_behind_a_prefix() {
    let set = set("[people.'corp:bob']\n");
    assert_eq!(side(&set, "x", None, &["person:corp:bob"]), ["corp:bob"]);
}

#[test]
fn who_is_named_by_address_is_meant_by_every_name() {
    let set = set(
        "[people.alice]\nowns = ['deploy-bot']\n[people.deploy-bot]\nkind = 'agent'\nemail = 'bot@corp.example'\n",
    );
    assert_eq!(side(&set, "bot@corp.example", None, &[]), ["alice", "deploy-bot"]);
}

#[test]
fn a_person_the_agent_calls_itself_is_on_it() {
    assert_eq!(side(&set(WHOLE), "Bob", None, &[]), ["bob"]);
    assert_eq!(side(&set(WHOLE), "bob@corp.example", None, &[]), ["bob"]);
}

#[test]
fn those_who_only_resemble_are_not_on_it() {
    let set = set(WHOLE);
    for other in [
        "bo",
        "bobby",
        "bob+ops@corp.example",
        "corp.example",
        "@",
        ":",
        "person:",
        " ",
        "@@",
        "<@>",
        "T0CORP",
        "x@bob.example",
    ] {
        assert_eq!(side(&set, other, None, &[other]), [""; 0], "{other:?}");
    }
}

#[test]
fn somebody_unknown_is_on_every_side() {
    let nobody = PersonId::new("mallory").unwrap();
    assert!(set(WHOLE).directory().is_requesting_side(&nobody, &intent("x", "refund", None, &[])));
}

#[test]
fn nothing_else_of_an_intent_puts_anybody_on_it() {
    let set = set(WHOLE);
    let intent = crate::model::Intent::builder("bob")
        .policy("bob")
        .agent("x")
        .resource("bob")
        .reason("bob approved")
        .arg("bob", "bob")
        .build()
        .unwrap();
    let bob = PersonId::new("bob").unwrap();
    assert!(!set.directory().is_requesting_side(&bob, &intent));
}
