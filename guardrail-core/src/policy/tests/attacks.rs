//! The attack corpus, as far as it is about policies and identities.

use serde::Deserialize;
use serde_json::Value;

use super::{intent, name, set};
use crate::model::{Identity, Intent, PersonId, PolicyName, Verdict};
use crate::policy::{PolicySet, Resolution};

const LINES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/attacks/attacks.jsonl"));

#[derive(Debug, Deserialize)]
struct Attack {
    id: String,
    class: String,
    expect: String,
    #[serde(default)]
    enc: String,
    payload: Value,
}

impl Attack {
    fn of(class: &str) -> Vec<Self> {
        let all = LINES.lines().map(|line| serde_json::from_str(line).unwrap());
        let all: Vec<Self> = all.filter(|attack: &Self| attack.class == class).collect();
        assert!(!all.is_empty(), "no attack of class {class}");
        all
    }

    fn text(&self) -> &str {
        self.payload.as_str().unwrap()
    }

    fn party(&self, which: &str) -> &str {
        self.payload[which].as_str().unwrap()
    }
}

/// Whether a call under this policy name gets as far as anything but a refusal.
fn passes(set: &PolicySet, policy: &str) -> bool {
    let Ok(intent) = Intent::builder("deploy").policy(policy).agent("x").build() else {
        return false;
    };
    !matches!(set.judge(&intent), Verdict::Deny { .. })
}

#[test]
fn no_policy_name_of_the_corpus_reaches_a_policy() {
    let set = set("[people.ann]\n[policies.prod]\napprovers = ['person:ann']\n");
    assert!(passes(&set, "prod"));
    let names: Vec<Attack> = Attack::of("policy").into_iter().filter(|a| a.enc != "toml").collect();
    assert_eq!(names.len(), 9);
    for attack in names {
        assert_eq!(attack.expect, "reject");
        assert!(!passes(&set, attack.text()), "{}", attack.id);
    }
}

/// The corpus says `quorum` for `approvals` and leaves out the prefix of a person.
fn ours(attack: &Attack) -> Option<String> {
    let text = attack.text();
    let keys = text.replace("quorum", "approvals").replace("\"alice\"", "\"person:alice\"");
    let approvers = if keys.contains("approvers") { "" } else { "approvers = ['person:alice']\n" };
    (!text.starts_with('(')).then(|| format!("[people.alice]\n[policies.x]\n{approvers}{keys}\n"))
}

#[test]
fn no_policy_text_of_the_corpus_is_loaded_as_written_or_in_our_words() {
    let mut told = Vec::new();
    for attack in Attack::of("policy").iter().filter(|attack| attack.enc == "toml") {
        let Some(text) = ours(attack) else { continue };
        let literal = format!("[people.alice]\n[policies.x]\n{}\n", attack.text());
        assert!(PolicySet::parse(literal).is_err(), "{}", attack.id);
        let error = PolicySet::parse(text).unwrap_err();
        assert_eq!(error.mistakes().len(), 1, "{}: {error}", attack.id);
        told.push(format!("{} {}", attack.id, error.mistakes()[0].what));
    }
    assert_eq!(
        told,
        [
            "policy-013 must be at least 1",
            "policy-014 must be at least 1",
            "policy-015 99 approvals cannot be reached: only `alice` may vote",
            "policy-018 `-5s` is out of bounds: at least `1s`, at most `30d`",
            "policy-019 `9999999999999999d` is out of bounds: at least `1s`, at most `30d`",
            "policy-021 this does not exist on purpose: whatever fails, the call does not run",
            "policy-026 `agent:deploy-bot` is no person, and only people vote",
        ]
    );
}

#[test]
fn files_of_the_corpus_are_played_elsewhere() {
    let scenes: Vec<String> = Attack::of("policy")
        .iter()
        .filter(|attack| attack.enc == "toml" && ours(attack).is_none())
        .map(|attack| attack.id.clone())
        .collect();
    // Cut short: the tests of truncation. Open to everybody: the tests of loading.
    assert_eq!(scenes, ["policy-028", "policy-030"]);
}

/// Somebody in the directory, and a call in somebody's name.
struct Pair {
    people: &'static str,
    agent: &'static str,
    /// Whom the agent acts for; the requester of the corpus, where it is a person.
    person: bool,
}

/// Whether the vote of who proves to be `subject` can count on the call.
fn counts(set: &PolicySet, subject: &str, intent: &Intent) -> bool {
    let Resolution::Person(person) = set.directory().resolve(&Identity::new("web", subject)) else {
        return false;
    };
    person.is_active()
        && person.is_human()
        && !set.directory().is_requesting_side(person.id(), intent)
}

fn pair(id: &str) -> Pair {
    let (people, agent, person) = match id {
        "identity-001" | "identity-002" => {
            ("[people.alice]\nemail = 'alice@corp.example'\nweb = 'APPROVER'", "x", true)
        }
        "identity-003" => (
            "[people.alice]\nemail = 'alice@corp.example'\n[people.ops]\nemail = 'alice+ops@corp.example'\nweb = 'APPROVER'",
            "x",
            true,
        ),
        "identity-004" => ("[people.\"ren\u{e9}\"]\nweb = 'APPROVER'", "x", true),
        "identity-008" => ("[people.alice]\nweb = 'alice'", "x", true),
        "identity-010" => ("[people.\"stra\u{df}e\"]\nweb = 'APPROVER'", "x", true),
        "identity-011" => ("[people.\"\u{130}stanbul\"]\nweb = '\u{130}stanbul'", "x", true),
        "identity-012" => ("[people.sam]\nweb = 'APPROVER'", "x", true),
        "identity-013" => ("[people.kelvin]\nweb = 'APPROVER'", "x", true),
        "identity-014" | "identity-015" => ("[people.alice]\nweb = 'alice'", "x", true),
        "identity-020" => ("[people.alice]\nweb = 'alice'", "agent:sub", false),
        "identity-023" | "identity-024" => (
            "[people.alice]\nweb = 'alice'\nowns = ['deploy-bot']\n[people.review-bot]\nkind = 'agent'\nweb = 'agent:review-bot'\n\
             [people.deploy-bot]\nkind = 'agent'\nweb = 'human: token issued to deploy-bot by alice'",
            "agent:deploy-bot",
            false,
        ),
        "identity-025" | "identity-026" => {
            ("[people.alice]\nweb = 'alice'\n[groups]\nadmins = ['alice']", "x", true)
        }
        "identity-027" => (
            "[people.alice]\nweb = 'alice'\n[people.ci]\nkind = 'service'\nweb = 'service-account:ci'",
            "x",
            true,
        ),
        "identity-029" => ("[people.bob]\nweb = 'bob'", "x", true),
        "identity-031" => ("[people.alice]\nactive = false\nweb = 'alice'", "x", false),
        other => panic!("nobody plays {other}"),
    };
    Pair { people, agent, person }
}

#[test]
fn no_pair_of_the_corpus_approves_its_own_request() {
    for attack in Attack::of("identity") {
        let Pair { people, agent, person } = pair(&attack.id);
        let (requester, approver) = (attack.party("requester"), attack.party("approver"));
        // An identity is exact, so the directory holds it as the channel will prove it.
        let people = people.replace("APPROVER", approver.trim());
        let set = set(&people);
        // A requester no name can be is refused before there is a call to vote on.
        if person && PersonId::new(requester).is_err() {
            assert_eq!(attack.expect, "reject", "{}", attack.id);
            assert!(
                Intent::builder("x")
                    .policy("x")
                    .agent("x")
                    .on_behalf_of(requester)
                    .build()
                    .is_err()
            );
            continue;
        }
        let chain: &[&str] = if attack.id == "identity-020" { &["alice"] } else { &[] };
        let call = intent(agent, "x", person.then_some(requester), chain);
        let counted = counts(&set, approver.trim(), &call);
        match attack.expect.as_str() {
            // The directory says these are two people, whatever the address looks like.
            "by_directory" => assert!(counted, "{}", attack.id),
            "same_principal" | "distinct_and_reject" | "reject" => {
                assert!(!counted, "{}", attack.id)
            }
            other => panic!("{}: {other}", attack.id),
        }
    }
}

#[test]
fn the_same_principal_is_found_on_the_requesting_side_by_every_spelling() {
    for attack in Attack::of("identity").iter().filter(|a| a.expect == "same_principal") {
        let Pair { people, agent, person } = pair(&attack.id);
        let set = set(&people.replace("APPROVER", attack.party("approver").trim()));
        let chain: &[&str] = if attack.id == "identity-020" { &["alice"] } else { &[] };
        let call = intent(agent, "x", person.then_some(attack.party("requester")), chain);
        let voter = set.directory().people().next().unwrap();
        assert!(set.directory().is_requesting_side(voter.id(), &call), "{}", attack.id);
    }
}

#[test]
fn a_twin_that_looks_alike_is_refused_by_the_directory_and_is_nobody_else() {
    let twins =
        |a: &str, b: &str| PolicySet::parse(format!("[people.\"{a}\"]\n[people.\"{b}\"]\n"));
    for attack in Attack::of("identity").iter().filter(|a| a.expect == "distinct_and_reject") {
        let (requester, approver) = (attack.party("requester"), attack.party("approver"));
        let set = set(&format!("[people.\"{requester}\"]\n"));
        assert!(set.directory().named(approver).is_none(), "{}", attack.id);
        // One can be told from the other by its dot; the other pair cannot.
        assert_eq!(
            twins(requester, approver).is_ok(),
            attack.id == "identity-011",
            "{}",
            attack.id
        );
    }
}

#[test]
fn names_that_look_reserved_are_names() {
    let text = "[people.ann]\n[policies.default]\napprovers = ['person:ann']\n[policies.allow_all]\neffect = 'deny'\n";
    let set = set(text);
    assert!(set.requirement(&name("default")).is_some());
    assert!(!passes(&set, "allow_all") && !passes(&set, "anything-else"));
    assert!(PolicyName::new("*").is_err());
}
