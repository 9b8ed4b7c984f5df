//! `guardrail audit verify`.

use std::path::Path;

use serde_json::Value;

use crate::log::{Log, audit, feed};

fn object(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_log_as_it_was_written() {
    let log = Log::new();
    let said = log.said(&["verify"]);
    assert!(said.contains("records verify"), "{said}");
    let verified = object(log.said(&["verify", "--json"]).as_bytes());
    assert_eq!(verified.get("verified"), Some(&Value::Bool(true)));
}

#[test]
fn the_exported_form_verifies_the_same() {
    let log = Log::new();
    let exported = log.said(&["export", "--format", "jsonl"]);
    let output = feed(&["audit", "verify", "--json", "--log", "-"], exported.as_bytes());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), log.said(&["verify", "--json"]));
}

#[test]
fn the_first_bad_record_is_named() {
    let log = Log::new();
    let text = std::fs::read_to_string(log.file()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let bad = |changed: String, sequence: u64, part: &str| {
        let file = log.beside("changed.jsonl");
        std::fs::write(&file, changed).unwrap();
        let output = audit(&file, &["verify", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{part}");
        let said = object(&output.stdout);
        assert_eq!(said.get("verified"), Some(&Value::Bool(false)), "{part}");
        assert_eq!(said.get("sequence").and_then(Value::as_u64), Some(sequence), "{said}");
        assert!(said.get("why").unwrap().to_string().contains(part), "{said}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("backup") || errors.contains("try again"), "{errors}");
    };
    bad(text.replacen("db-1", "db-2", 1), 3, "digest");
    // The reason is in no digest; the record behind it no longer fits.
    bad(text.replacen("disk is 91 %", "disk is 19 %", 1), 4, "prev");
    let without_third = [&lines[..2], &lines[3..]].concat().join("\n") + "\n";
    bad(without_third, 3, "missing");
    let swapped = [&lines[..1], &[lines[2], lines[1]], &lines[3..]].concat().join("\n") + "\n";
    bad(swapped, 2, "sequence");
    bad(text[..text.len() - 5].to_owned(), lines.len() as u64, "inside an append");
    bad(text.replacen("\"v\":1", "\"v\":9", 1), 1, "version 9");
    bad(text.replacen('\n', "\r\n", 1), 1, "byte");
}

#[test]
fn a_folder_without_a_log_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = audit(folder.path(), &["verify"]);
    assert_eq!(output.status.code(), Some(2));
    let output = audit(&folder.path().join("nothing"), &["verify"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("GUARDRAIL_LOG"));
}

#[test]
fn every_start_was_allowed() {
    let verified = object(Log::new().said(&["verify", "--complete", "--json"]).as_bytes());
    assert_eq!(verified.get("starts").and_then(Value::as_u64), Some(2));
}

#[test]
fn against_a_checkpoint_it_says_what_is_covered() {
    let log = Log::new();
    let (head, keys) = log.checkpoint("head");
    let against = ["verify", "--json", "--against", &head, "--keys", &keys];
    let covered = object(log.said(&against).as_bytes());
    assert_eq!(covered.get("uncovered_since"), Some(&Value::Null));
    let size = covered.get("records").and_then(Value::as_u64).unwrap();
    // Whoever opens it next writes a record that the checkpoint does not cover.
    log.checkpoint("later");
    let later = object(log.said(&against).as_bytes());
    assert_eq!(later.get("uncovered_since").and_then(Value::as_u64), Some(size + 1));
    let said = log.said(&against.map(|arg| if arg == "--json" { "--complete" } else { arg }));
    assert!(said.contains(&format!("not covered by a checkpoint since record {}", size + 1)));
}

#[test]
fn an_old_copy_is_found_by_a_newer_checkpoint() {
    let log = Log::new();
    let old = std::fs::read(log.file()).unwrap();
    let (head, keys) = log.checkpoint("head");
    std::fs::write(log.file(), old).unwrap();
    assert!(log.audit(&["verify"]).status.success(), "by itself the old copy is in order");
    let output = log.audit(&["verify", "--against", &head, "--keys", &keys]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_checkpoint_of_another_key_is_not_believed() {
    let (log, other) = (Log::new(), Log::new());
    let (head, _) = log.checkpoint("head");
    let (_, keys) = other.checkpoint("head");
    let output = log.audit(&["verify", "--against", &head, "--keys", &keys]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!log.audit(&["verify", "--against", &head]).status.success(), "keys are required");
}

#[test]
fn a_log_without_a_checkpoint_of_the_keys_is_not_taken_for_theirs() {
    let (log, other) = (Log::new(), Log::new());
    let keys = |log: &Log| log.path().join("key.pub").to_str().unwrap().to_owned();
    let (own, others) = (keys(&log), keys(&other));
    assert!(log.audit(&["verify", "--keys", &own]).status.success());
    let refused = |log: &Path, keys: &str| {
        let output = audit(log, &["verify", "--keys", keys]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    };
    refused(&log.path(), &others);
    let exported = log.beside("exported.jsonl");
    std::fs::write(&exported, log.said(&["export", "--format", "jsonl"])).unwrap();
    refused(&exported, &own);
    std::fs::remove_file(log.path().join("checkpoints")).unwrap();
    refused(&log.path(), &own);
}

#[test]
fn a_forged_checkpoint_is_a_fault() {
    let log = Log::new();
    let (head, keys) = log.checkpoint("head");
    let note = std::fs::read_to_string(&head).unwrap();
    // Another size under the same signature.
    std::fs::write(&head, note.replacen('\n', "\n1", 1)).unwrap();
    let output = log.audit(&["verify", "--json", "--against", &head, "--keys", &keys]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(object(&output.stdout).get("verified"), Some(&Value::Bool(false)));
}

#[test]
fn nothing_in_a_log_reaches_the_terminal_as_a_command() {
    let log = Log::new();
    let text = std::fs::read_to_string(log.file()).unwrap();
    let hostile = "\\u001b[2J\\u009b2J\\u202e";
    let file = log.beside("hostile.jsonl");
    // An unknown field, whose name the parser repeats.
    std::fs::write(&file, text.replacen("\"host\"", &format!("\"{hostile}\""), 1)).unwrap();
    for args in [&["verify"][..], &["verify", "--json"], &["show"], &["ls"]] {
        let output = audit(&file, args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains("unknown field"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{said:?}");
    }
}

/// In a database, whoever may keep heads may write what they like into them.
#[test]
fn no_checkpoint_reaches_the_terminal_as_a_command() {
    let log = Log::new();
    let (kept, last) = (log.said(&["checkpoints"]), log.said(&["checkpoints", "--last"]));
    let hostile = last.replace("\u{2014} guardrail", "\u{2014} \u{1b}[2J\u{9b}2J");
    assert_ne!(hostile, last);
    std::fs::write(log.path().join("checkpoints"), format!("{kept}\n{hostile}")).unwrap();
    let output = log.audit(&["checkpoints"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), kept);
    assert!(String::from_utf8(output.stderr).unwrap().contains("passed over: 1 "));
    assert_eq!(log.said(&["checkpoints", "--last"]), last);
}

#[test]
fn rubbish_between_two_files_is_found() {
    let log = Log::new();
    let text = std::fs::read_to_string(log.file()).unwrap();
    let half = text.lines().count() / 2;
    let first: String = text.lines().take(half).map(|line| format!("{line}\n")).collect();
    let rest = text.strip_prefix(&first).unwrap();
    let next = log.path().join(format!("log-{:020}.jsonl", half + 1));
    std::fs::write(log.file(), &first).unwrap();
    std::fs::write(&next, rest).unwrap();
    let whole = log.audit(&["verify"]);
    assert!(whole.status.success(), "two files are one log: {whole:?}");
    std::fs::write(log.file(), format!("{first}rubbish")).unwrap();
    let output = log.audit(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let sequence = object(&output.stdout).get("sequence").and_then(Value::as_u64);
    assert_eq!(sequence, Some(half as u64 + 1));
}
