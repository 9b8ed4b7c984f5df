//! Mistakes of whoever types the command: each is told with its way out.

use std::path::Path;

use serde_json::Value;

use crate::log::{Log, audit};

/// What it says on standard error, in one line, of a command that exits with this code.
pub(crate) fn told(log: &Path, args: &[&str], code: i32) -> String {
    let output = audit(log, args);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    // Errors are wrapped to the terminal.
    let words: Vec<&str> = said.split_whitespace().filter(|word| *word != "│").collect();
    words.join(" ")
}

#[test]
fn part_of_an_id() {
    let log = Log::new();
    let said = told(&log.path(), &["show", "--request", "6ec"], 2);
    assert!(said.contains("by at least 4 of its last digits"), "{said}");
    let said = told(&log.path(), &["show", "--request", "e7615f6c86ec"], 2);
    assert!(said.contains("no request on record ends in `e7615f6c86ec`"), "{said}");
    let said = told(Path::new("-"), &["show", "--request", "e7615f6c86ec"], 2);
    assert!(said.contains("cannot be read twice, as the end of an id needs it"), "{said}");
}

#[test]
fn the_end_of_two_ids() {
    let log = Log::new();
    let rows = log.said(&["ls", "--json"]);
    let row = |row| serde_json::from_str::<Value>(row).unwrap();
    let ids: Vec<String> =
        rows.lines().map(|it| row(it)["id"].as_str().unwrap().to_owned()).collect();
    let end = &ids[1][24..];
    let other = format!("{}{end}", &ids[0][..24]);
    let text = std::fs::read_to_string(log.file()).unwrap().replace(&ids[0], &other);
    let file = log.beside("alike.jsonl");
    std::fs::write(&file, text).unwrap();
    let said = told(&file, &["show", "--request", end], 2);
    let alike = format!("several requests end in `{end}`");
    for part in [&alike, &other, &ids[1], "more of the id"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_file_that_is_no_log() {
    let log = Log::new();
    let file = log.beside("Cargo.toml");
    std::fs::write(&file, "[package]\n").unwrap();
    let said = told(&file, &["show"], 1);
    assert!(said.contains("is this an audit log?"), "{said}");
    let text = std::fs::read_to_string(log.file()).unwrap();
    let first = text.lines().next().unwrap();
    std::fs::write(&file, format!("{first}\n[package]\n")).unwrap();
    let said = told(&file, &["show"], 1);
    assert!(said.contains("record 2") && said.contains("`guardrail audit verify` says"), "{said}");
}

#[test]
fn a_server_that_does_not_answer() {
    let said = told(Path::new("postgres://localhost:1/audit"), &["show"], 2);
    assert!(said.contains("is the server running"), "{said}");
    assert!(!said.contains("--name"), "{said}");
}

#[test]
fn a_server_elsewhere_that_may_be_any() {
    let said = told(Path::new("postgres://db.internal/audit"), &["show"], 2);
    assert!(said.contains("for a server elsewhere"), "{said}");
    assert!(!said.contains("--name"), "{said}");
}

#[test]
fn no_checkpoint_was_given() {
    let said = Log::new().said(&["verify"]);
    assert!(said.contains("none was given (--keys takes"), "{said}");
}

#[tokio::test]
async fn a_log_that_has_signed_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.db");
    let settings = guardrail_sql::Settings::new().unsigned();
    guardrail::SqliteLog::open_with(&file, settings).await.unwrap();
    let said = told(&file, &["checkpoints"], 2);
    assert!(said.contains("signs one a second after a record"), "{said}");
}
