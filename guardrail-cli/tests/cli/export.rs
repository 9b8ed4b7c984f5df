//! `guardrail audit export`.

use serde_json::Value;

use crate::log::{Log, program};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lines_are_the_bytes_that_were_sealed() {
    let log = Log::new();
    let file = std::fs::read_to_string(log.file()).unwrap();
    assert_eq!(log.said(&["export", "--format", "jsonl"]), file);
    let behind: String = file.lines().skip(3).map(|line| format!("{line}\n")).collect();
    assert_eq!(log.said(&["export", "--format", "jsonl", "--after", "3"]), behind);
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let text = Log::new().said(&["export", "--format", "csv"]);
    assert!(text.contains("HYPERLINK"), "the entry under test is there");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let width = reader.headers().unwrap().len();
    let mut rows = 0;
    for row in reader.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), width);
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t'])), "{row:?}");
        rows += 1;
    }
    assert!(rows > 10);
}

#[test]
fn cloud_events_hold_the_sealed_line() {
    let log = Log::new();
    let sealed = lines(&log.said(&["show", "--json"]));
    let events = lines(&log.said(&["export", "--format", "cloudevents"]));
    assert_eq!(events.len(), sealed.len());
    for (event, line) in events.iter().zip(&sealed) {
        assert_eq!(event.get("data"), Some(line));
        assert_eq!(event.get("specversion"), Some(&"1.0".into()));
    }
}

#[test]
fn ocsf_says_who_did_what() {
    let events = lines(&Log::new().said(&["export", "--format", "ocsf"]));
    let voted = events.iter().find(|event| event.get("activity_name") == Some(&"voted".into()));
    let voted = voted.unwrap();
    assert_eq!(voted.pointer("/actor/user/name"), Some(&"bob".into()));
    assert_eq!(voted.pointer("/actor/app_name"), Some(&"deploy-bot".into()));
    assert_eq!(voted.pointer("/api/operation"), Some(&"restart".into()));
    assert_eq!(voted.pointer("/type_uid"), Some(&600_399.into()));
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let log = Log::new();
    let file = log.beside("out.csv");
    let path = file.to_str().unwrap();
    assert_eq!(log.said(&["export", "--format", "csv", "--output", path]), "");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written, log.said(&["export", "--format", "csv"]));
    let again = log.audit(&["export", "--format", "csv", "--output", path]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn completions_and_the_manual_are_printed() {
    for (args, part) in [
        (&["completions", "bash"][..], "_guardrail"),
        (&["completions", "fish"][..], "complete -c guardrail"),
        (&["man"][..], "guardrail\\-audit\\-verify"),
    ] {
        let output = program().args(args).output().unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().contains(part), "{args:?}");
    }
}
