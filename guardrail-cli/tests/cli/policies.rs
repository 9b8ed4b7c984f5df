//! `guardrail audit verify --complete --policies`: a log held against the policy files it was made under.

use std::path::Path;
use std::sync::Arc;

use guardrail::{AuditEvent, Identity, Verdict};
use serde_json::Value;

use crate::log::{Log, POLICIES, audit, feed, forged, program};
use crate::mistakes::told;

/// The file with this text, beside the log.
fn file(log: &Log, name: &str, text: &str) -> String {
    let path = log.beside(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The lie is found with its policies, at this record and with these words, and not without.
fn found(lie: &Path, policies: &str, sequence: u64, why: &str) {
    let alone = audit(lie, &["verify", "--complete"]);
    assert!(alone.status.success(), "{alone:?}");
    let args = ["verify", "--complete", "--json", "--policies", policies];
    let output = audit(lie, &args);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.get("verified"), Some(&Value::Bool(false)));
    assert_eq!(said.get("sequence").and_then(Value::as_u64), Some(sequence), "{said}");
    assert!(said.get("why").and_then(Value::as_str).unwrap().contains(why), "{said}");
    let text = audit(lie, &["verify", "--complete", "--policies", policies]);
    assert_eq!(text.status.code(), Some(1));
    let errors = String::from_utf8(text.stderr).unwrap();
    assert!(errors.contains("was made up, or by other rules"), "{errors}");
}

#[test]
fn an_honest_log_says_how_much_was_judged() {
    let log = Log::new();
    let policies = file(&log, "guardrail.toml", POLICIES);
    let args = ["verify", "--complete", "--policies", &policies];
    let said = log.said(&args);
    assert!(said.contains(&format!("{policies}: 3 requests judged by it")), "{said}");
    assert!(said.contains("not judged: 1 request refused before anybody was asked"), "{said}");
    let said = log.said(&[&args[..], &["--json"]].concat());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said.pointer("/policies/files/0/requests"), Some(&3.into()), "{said}");
    assert_eq!(said.pointer("/policies/refused"), Some(&1.into()), "{said}");
    // Several processes of the log, and the log as lines.
    log.call();
    assert!(log.said(&args).contains("6 requests judged by it"));
    let lines = log.said(&["export", "--format", "jsonl"]);
    let piped = ["audit", "verify", "--complete", "--policies", &policies, "-l", "-"];
    assert_eq!(feed(&piped, lines.as_bytes()).stdout, log.said(&args).into_bytes());
}

#[test]
fn what_was_made_under_other_policies_is_counted_and_not_wrong() {
    let log = Log::new();
    let changed = file(&log, "changed.toml", &format!("{POLICIES}\n# changed\n"));
    let args = ["verify", "--complete", "--policies", &changed];
    let said = log.said(&args);
    assert!(said.contains("changed.toml: 0 requests judged by it"), "{said}");
    assert!(said.contains("not judged: 3 requests made under other policies, "), "{said}");
    let first = file(&log, "first.toml", POLICIES);
    let said = log.said(&[&args[..], &["--policies", &first]].concat());
    assert!(said.contains("first.toml: 3 requests judged by it"), "{said}");
    assert!(!said.contains("other policies"), "{said}");
}

#[test]
fn an_allow_that_the_policies_do_not_say_is_found() {
    let log = Log::new();
    let policies = file(&log, "guardrail.toml", POLICIES);
    let lie = forged(&log, |event| {
        match event {
            AuditEvent::Requested(requested) if requested.intent.action() == "restart" => {
                Arc::make_mut(requested).verdict = Verdict::Allow;
            }
            AuditEvent::Voted(voted) => return voted.reason.is_some(),
            AuditEvent::Approved { .. } => return false,
            _ => {}
        }
        true
    });
    found(&lie, &policies, 6, "its verdict is `allow`, and they say `ask`");
}

#[test]
fn a_vote_of_an_owner_of_the_agent_is_found() {
    let log = Log::new();
    let owned = POLICIES.replace("[people.bob]", "[people.bob]\nowns = [\"deploy-bot\"]");
    let policies = file(&log, "guardrail.toml", &owned);
    let digest = guardrail::PolicySet::parse(&owned).unwrap().digest();
    let lie = forged(&log, |event| {
        match event {
            AuditEvent::PolicyLoaded { digest: loaded } => *loaded = digest,
            AuditEvent::Requested(requested) => {
                Arc::make_mut(requested).policy_digest = digest;
            }
            _ => {}
        }
        true
    });
    found(&lie, &policies, 8, "nobody on the requesting side votes on the request");
}

#[test]
fn a_vote_by_an_account_of_nobody_is_found() {
    let log = Log::new();
    let policies = file(&log, "guardrail.toml", POLICIES);
    let lie = forged(&log, |event| {
        if let AuditEvent::Voted(voted) = event {
            Arc::make_mut(voted).identity = Identity::new("slack", "T0CORP/U0MALLORY");
        }
        true
    });
    found(&lie, &policies, 8, "this account belongs to nobody in the directory");
}

#[test]
fn files_that_are_no_policies_are_an_error() {
    let log = Log::new();
    let told = |file: &str| told(&log.path(), &["verify", "--complete", "--policies", file], 2);
    for (name, text, why) in [
        ("mistake.toml", "[policies.x]\naprovers = []\n", "did you mean `approvers`?"),
        ("cut.toml", "[people.alice]", "is not whole"),
    ] {
        let said = told(&file(&log, name, text));
        assert!(said.contains(why), "{said}");
    }
    assert!(told("/nowhere/guardrail.toml").contains("/nowhere/guardrail.toml"));
    let policies = file(&log, "guardrail.toml", POLICIES);
    let alone = log.audit(&["verify", "--policies", &policies]);
    assert_eq!(alone.status.code(), Some(2), "it goes with --complete");
}

#[test]
fn the_command_of_the_guide() {
    const GUIDE: &str = include_str!("../../../docs/verify.md");
    let command = GUIDE.split_once("```console\n").unwrap().1.split_once("\n```").unwrap().0;
    let log = Log::new();
    file(&log, "guardrail.toml", POLICIES);
    file(&log, "guardrail.2025.toml", "[people.bob]\n");
    file(&log, "log", &log.said(&["export", "--format", "jsonl"]));
    let args = command.split_whitespace().skip(1);
    let output = program().args(args).current_dir(log.beside("")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(", guardrail.toml: 3 requests judged by it"), "{said}");
    assert!(said.contains(", guardrail.2025.toml: 0 requests judged by it"), "{said}");
}
