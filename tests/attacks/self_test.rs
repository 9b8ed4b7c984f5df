//! The runner itself: what it cannot place, and what is not met, it says.

use crate::corpus::{self, Entry};
use crate::summary::Summary;
use crate::words::Class;
use crate::{meet_all, place};

fn met(line: &str) -> Summary {
    meet_all(vec![Entry::parse("here:1", line)])
}

/// Why the runner refuses the line; fails where it does not.
fn refused(line: &str) -> String {
    let failures = met(line).failures;
    assert_eq!(failures.len(), 1, "{line}");
    failures[0].why.clone()
}

#[test]
fn attacks_nobody_can_place_are_failures_that_say_how() {
    for (line, says) in [
        (
            r#"{"id":"x","class":"quantum","field":"arg","payload":"a","expect":"reject"}"#,
            "place.rs",
        ),
        (r#"{"id":"x","class":"bidi","field":"soul","payload":"a","expect":"reject"}"#, "words.rs"),
        (r#"{"id":"x","class":"bidi","field":"arg","payload":"a","expect":"enjoyed"}"#, "words.rs"),
        (
            r#"{"id":"x","class":"bidi","field":"arg","enc":"rot13","payload":"a","expect":"reject"}"#,
            "words.rs",
        ),
        (
            r#"{"id":"x","class":"dos","field":"json","enc":"gen","payload":{"gen":"fractal"},"expect":"reject"}"#,
            "payload.rs",
        ),
        (
            r#"{"id":"x","class":"bidi","field":"arg","payload":"a","expect":"one_execution"}"#,
            "place.rs",
        ),
        (
            r#"{"id":"x","class":"scenario","field":"callback","enc":"steps","payload":[],"expect":"reject"}"#,
            "at least one",
        ),
        (
            r#"{"id":"x","class":"id","field":"callback","enc":"hex","payload":"0g","expect":"reject"}"#,
            "hexadecimal",
        ),
        (r#"{"id":"x","class":"id"}"#, "no entry"),
        ("not JSON", "no entry"),
    ] {
        let why = refused(line);
        assert!(why.contains(says), "{line}: {why}");
    }
}

#[test]
fn attacks_of_one_id_or_of_no_folder_are_failures() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(meet_all(corpus::read(folder.path())).failures.len(), 1);
    let line = r#"{"id":"x","class":"html","field":"arg","payload":"a","expect":"render_escaped"}"#;
    std::fs::write(folder.path().join("a.jsonl"), format!("{line}\n\n{line}\n")).unwrap();
    assert_eq!(meet_all(corpus::read(folder.path())).failures.len(), 1);
    assert_eq!(meet_all(corpus::read(&folder.path().join("gone"))).failures.len(), 1);
}

/// Entries of which the opposite is true, one for each who runs some.
#[test]
fn attacks_that_are_not_met_are_failures() {
    let entry = |class: &str, field: &str, rest: &str, expect: &str| {
        format!(r#"{{"id":"x","class":"{class}","field":"{field}",{rest},"expect":"{expect}"}}"#)
    };
    for line in [
        entry("bidi", "arg", r#""payload":"a\u202eb""#, "reject"),
        entry("bidi", "arg", r#""payload":"ab","assert":{"warning":"bidi"}"#, "render_visible"),
        entry(
            "control",
            "arg",
            r#""payload":"ab","assert":{"rendered_contains":"U+0007"}"#,
            "render_visible",
        ),
        entry("ansi", "action", r#""payload":"deploy""#, "reject"),
        entry("policy", "policy", r#""payload":"prod""#, "reject"),
        entry("policy", "policy", r#""payload":"prod ""#, "accept"),
        entry("policy", "policy", r#""enc":"toml","payload":"timeout = \"5m\"""#, "reject"),
        entry("policy", "policy", r#""enc":"toml","payload":"quorum = 0""#, "accept"),
        entry("json", "json", r#""payload":"{\"a\":1,\"a\":2}""#, "accept"),
        entry("json", "json", r#""payload":"{\"decision\":\"approve\"}""#, "reject"),
        entry("json", "json", r#""payload":"{\"a\":1,}""#, "canonical_stable"),
        entry("id", "callback", r#""payload":"..""#, "accept"),
        entry("secret", "arg", r#""payload":"correct horse battery staple""#, "redacted"),
        entry(
            "identity",
            "actor",
            r#""enc":"pair","payload":{"requester":"alice","approver":"bob"}"#,
            "same_principal",
        ),
        entry(
            "identity",
            "actor",
            r#""enc":"pair","payload":{"requester":"alice","approver":"Alice"}"#,
            "distinct",
        ),
        entry(
            "slack_callback",
            "callback",
            r#""enc":"http","payload":{"method":"POST","path":"/x","headers":{},"body":"payload=%7B%7D"}"#,
            "accept",
        ),
        entry(
            "dos",
            "json",
            r#""enc":"gen","payload":{"gen":"object","keys":3,"key_prefix":"k"}"#,
            "reject",
        ),
        entry(
            "dos",
            "json",
            r#""enc":"gen","payload":{"gen":"object","keys":20000,"key_prefix":"k"},"assert":{"peak_rss_delta_mib":"<0"}"#,
            "bounded",
        ),
    ] {
        let summary = met(&line);
        assert_eq!(summary.failures.len(), 1, "{line}");
    }
}

/// Of the project's own copy every class is met or waits for a channel, and no check is missing.
#[test]
fn attacks_of_the_own_copy_all_have_a_place() {
    let entries: Vec<Entry> =
        corpus::read(&corpus::own()).into_iter().map(Result::unwrap).collect();
    let mut ran = std::collections::BTreeMap::<Class, usize>::new();
    for entry in &entries {
        let place = place::place(entry).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
        *ran.entry(entry.class).or_default() += usize::from(place.run.is_some());
        for capability in place.waits {
            let known = ["teams", "console", "http", "csv export", "edits"].contains(&&*capability);
            assert!(known, "{} waits for {capability}", entry.id);
        }
    }
    let elsewhere = [Class::AdaptiveMd, Class::Html, Class::Console, Class::Ssrf, Class::Jwt];
    for class in Class::ALL {
        let waits = elsewhere.contains(class);
        let count = ran.get(class).copied();
        assert!(count.is_some_and(|count| (count == 0) == waits), "{class:?}: {count:?} ran");
    }
}
