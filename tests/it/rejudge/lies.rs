//! What a log's writer makes up, sealed as well as the rest, and found by nothing but its policy files.

use std::sync::Arc;

use guardrail::desk::Misjudged;
use guardrail::model::{PersonId, Requested, Requirement};
use guardrail::policy::Effect;
use guardrail::{AuditEvent, Context, Digest, Identity, Verdict, VoteRefusal};

use super::{check, counts, rejudge, told};
use crate::support::{PEOPLE, Told, policies, policies_of};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const PEOPLE_STEPS: [&str; 3] = ["posted", "voted", "approved"];

/// Run with nobody asked, as if its policy had said so.
fn allowed(told: Told) -> Told {
    told.requested(|requested| requested.verdict = Verdict::Allow).without(&PEOPLE_STEPS)
}

/// With what it asks of people changed.
fn asking(requested: &mut Requested, change: impl Fn(&mut serde_json::Value)) {
    let Verdict::Ask(requirement) = &requested.verdict else { panic!("{requested:?}") };
    let mut value = serde_json::to_value(&**requirement).unwrap();
    change(&mut value);
    let requirement: Requirement = serde_json::from_value(value).unwrap();
    requested.verdict = Verdict::Ask(Arc::new(requirement));
}

/// A vote of another person, proven by this identity.
fn by(told: Told, person: &str, identity: &Identity) -> Told {
    told.voted(|vote| {
        vote.person = PersonId::new(person).unwrap();
        vote.identity = identity.clone();
    })
}

fn loaded(digest: Digest) -> AuditEvent {
    AuditEvent::PolicyLoaded { digest }
}

#[tokio::test(start_paused = true)]
async fn an_allow_where_people_are_to_be_asked() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let why = Misjudged::Verdict { recorded: Effect::Allow, judged: Effect::Ask };
    check(&allowed(told), &[world.guardrail.policies()], "requested", why);
}

#[tokio::test(start_paused = true)]
async fn an_allow_and_an_approval_of_what_is_denied() {
    let (_, told) = told(ASK, Context::new(), &["bob"]).await;
    let deny = policies(r#"effect = "deny""#);
    // The writer says that these policies were in force.
    let mut told = told.requested(|requested| requested.policy_digest = deny.digest());
    for (_, _, event) in &mut told.events {
        if let AuditEvent::PolicyLoaded { digest } = event {
            *digest = deny.digest();
        }
    }
    let why = |recorded| Misjudged::Verdict { recorded, judged: Effect::Deny };
    check(&told, std::slice::from_ref(&deny), "requested", why(Effect::Ask));
    check(&allowed(told), &[deny], "requested", why(Effect::Allow));
}

#[tokio::test(start_paused = true)]
async fn fewer_people_other_people_and_more_time_than_the_policy_says() {
    let (world, told) = told(&format!("{ASK}\ntimeout = \"5m\""), Context::new(), &["bob"]).await;
    let two = policies(&format!("{ASK}\ntimeout = \"5m\"\napprovals = 2"));
    let mut told = told.requested(|requested| requested.policy_digest = two.digest());
    told = told.before("requested", &[loaded(two.digest())]);
    check(&told, &[two], "requested", Misjudged::Requirement);
    let files = [world.guardrail.policies()];
    let (_, told) =
        super::told(&format!("{ASK}\ntimeout = \"5m\""), Context::new(), &["bob"]).await;
    let longer = told.clone().requested(|requested| {
        asking(requested, |requirement| requirement["timeout"] = 900_000.into());
    });
    check(&longer, &files, "requested", Misjudged::Requirement);
    let others = told.requested(|requested| {
        asking(requested, |requirement| {
            requirement["stages"][0]["people"].as_array_mut().unwrap().push("dave".into());
        });
    });
    check(
        &by(others, "dave", &Identity::person("dave")),
        &files,
        "requested",
        Misjudged::Requirement,
    );
}

#[tokio::test(start_paused = true)]
async fn a_requester_whom_the_directory_does_not_know() {
    let known = Context::new().on_behalf_of("carol");
    let (_, told) = told(ASK, known, &["bob"]).await;
    let without =
        PEOPLE.replace("[people.carol]\nweb = \"carol\"\n", "").replace(r#", "carol""#, "");
    let without = policies_of(&without, ASK);
    let told = told.requested(|requested| requested.policy_digest = without.digest());
    let told = told.before("requested", &[loaded(without.digest())]);
    let why = Misjudged::Verdict { recorded: Effect::Ask, judged: Effect::Deny };
    check(&told, &[without], "requested", why);
}

/// Alice is of the requesting side by the directory alone: no record says so.
#[tokio::test(start_paused = true)]
async fn a_vote_of_the_requesting_side() {
    let sides = [
        Context::new().agent("alices-bot"),
        Context::new().delegated_by("agent:alices-bot"),
        Context::new().on_behalf_of("alice@example.com"),
        Context::new().on_behalf_of("ALICE@example.com"),
        Context::new().on_behalf_of("carol").delegated_by("slack:T0CORP/U0ALICE"),
        Context::new().on_behalf_of("carol").delegated_by("user:alice@example.com"),
    ];
    for side in sides {
        let (world, told) = told(ASK, side, &["bob"]).await;
        let files = [world.guardrail.policies()];
        assert_eq!(counts(&rejudge(&told.seal(), &files).unwrap()), (1, 0, 0));
        for identity in [Identity::person("alice"), Identity::new("slack", "T0CORP/U0ALICE")] {
            let own = Misjudged::Vote(VoteRefusal::RequestingSide);
            check(&by(told.clone(), "alice", &identity), &files, "voted", own);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_vote_of_an_account_that_is_not_theirs() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let files = [world.guardrail.policies()];
    let stranger = by(told.clone(), "bob", &Identity::new("slack", "T0CORP/U0MALLORY"));
    check(&stranger, &files, "voted", Misjudged::Vote(VoteRefusal::Unlinked));
    let bob = |account: &str| Identity::person("bob").by_account(Identity::new("slack", account));
    let alices = by(told.clone(), "bob", &bob("T0CORP/U0ALICE"));
    check(&alices, &files, "voted", Misjudged::Vote(VoteRefusal::Unlinked));
    let linked = by(told.clone(), "bob", &bob("T0CORP/U0BOB2"));
    assert_eq!(counts(&rejudge(&linked.seal(), &files).unwrap()), (1, 0, 0));
    let carol = Misjudged::Person(PersonId::new("carol").unwrap());
    check(&by(told, "bob", &Identity::new("web", "carol")), &files, "voted", carol);
}

#[tokio::test(start_paused = true)]
async fn a_vote_of_one_who_has_left_and_of_no_human() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let gone = by(told.clone(), "gone", &Identity::person("gone"));
    // As if the policy still asked them.
    let gone = gone.requested(|requested| {
        asking(requested, |it| it["stages"][0]["people"] = serde_json::json!(["bob", "gone"]));
    });
    check(&gone, &[world.guardrail.policies()], "requested", Misjudged::Requirement);
    // Their policies made a service of Bob, and the vote is still his.
    let service = PEOPLE.replace("[people.bob]", "[people.bob]\nkind = \"service\"");
    let service = policies_of(&service.replace(r#""alice", "bob""#, r#""alice""#), ASK);
    let told = told.before("voted", &[opened(), loaded(service.digest())]);
    let files = [world.guardrail.policies(), service];
    check(&told, &files, "voted", Misjudged::Vote(VoteRefusal::NotHuman));
}

fn opened() -> AuditEvent {
    guardrail::audit::opened()
}

#[tokio::test(start_paused = true)]
async fn a_start_that_the_policies_of_its_writer_do_not_let_be() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let two = policies(&format!("{ASK}\napprovals = 2"));
    let told = told.before("started", &[opened(), loaded(two.digest())]);
    let files = [world.guardrail.policies(), two];
    let why = "the policy has become tighter: it asks for other or more people";
    check(&told, &files, "started", Misjudged::Start(why.into()));
    // With one of them missing nobody can tell.
    assert_eq!(counts(&rejudge(&told.seal(), &files[..1]).unwrap()), (1, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_the_policies_of_its_writer_do_not_let_be() {
    let retry = format!("{ASK}\nretry = \"idempotent\"");
    let (world, told) = told(&retry, Context::new().key("k"), &["bob"]).await;
    let of_call = |event: &AuditEvent| match event {
        AuditEvent::Started { digest, call } => Some((*digest, *call)),
        _ => None,
    };
    let (digest, call) = told.events.iter().find_map(|(_, _, event)| of_call(event)).unwrap();
    let again = [AuditEvent::Unknown { why: "gone".into() }, AuditEvent::Retried { digest, call }];
    let told = told.then("started", &again);
    let files = [world.guardrail.policies(), policies(ASK)];
    assert_eq!(counts(&rejudge(&told.seal(), &files).unwrap()), (1, 0, 0));
    let told = told.before("retried", &[opened(), loaded(files[1].digest())]);
    let why = "the policy has become tighter: it lets nobody retry";
    check(&told, &files, "retried", Misjudged::Start(why.into()));
    assert_eq!(counts(&rejudge(&told.seal(), &files[..1]).unwrap()), (1, 0, 1));
}

/// Of several versions that its writer had loaded, the one under which people were asked.
#[tokio::test(start_paused = true)]
async fn why_is_told_by_the_policies_of_the_request() {
    let (world, told) = told(ASK, Context::new().agent("alices-bot"), &["bob"]).await;
    let gone = PEOPLE.replace("[people.alice]", "[people.alice]\nactive = false");
    let others = (0..8).map(|n| policies_of(&format!("# {n}\n{gone}"), ASK));
    let files: Vec<_> = others.chain([world.guardrail.policies()]).collect();
    let loads: Vec<_> = files.iter().map(|file| loaded(file.digest())).collect();
    let lie = by(told, "alice", &Identity::person("alice")).before("voted", &loads);
    check(&lie, &files, "voted", Misjudged::Vote(VoteRefusal::RequestingSide));
}

#[tokio::test(start_paused = true)]
async fn policies_that_its_writer_has_not_loaded() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let files = [world.guardrail.policies()];
    let never = told.clone().without(&["policy_loaded"]);
    check(&never, &files, "requested", Misjudged::NotLoaded);
    check(&told.before("voted", &[opened()]), &files, "voted", Misjudged::NotLoaded);
}

/// What cannot be judged is counted under the policies it names, and never called wrong.
#[tokio::test(start_paused = true)]
async fn a_lie_under_policies_that_are_not_given_is_counted() {
    let (world, told) = told(ASK, Context::new(), &["bob"]).await;
    let other = Digest::of(b"another version");
    let told = told.requested(|requested| requested.policy_digest = other);
    let rejudged = rejudge(&allowed(told).seal(), &[world.guardrail.policies()]).unwrap();
    assert_eq!(counts(&rejudged), (0, 1, 0));
    assert_eq!(rejudged.others.get(&other), Some(&1));
}
