//! `guardrail audit export`.

use std::sync::Arc;

use guardrail::{AuditEvent, Identity};
use serde_json::Value;

use crate::log::{Log, audit, forged, program};

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

/// Where the separator of lists is a semicolon, spreadsheets take one for the end of a cell.
#[test]
fn no_part_of_a_cell_is_a_formula() {
    let log = Log::new();
    log.said_by_an_agent("wait; =1+1;@SUM(1);\u{2003}-2, a \"b\";=3");
    let text = log.said(&["export", "--format", "csv"]);
    assert!(text.contains("1+1"), "the entry under test is there");
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(b';').flexible(true);
    let mut cells = 0;
    for row in reader.from_reader(text.as_bytes()).records() {
        for cell in &row.unwrap() {
            let begins = cell.trim_start();
            assert!(!begins.starts_with(['=', '+', '-', '@', '\t']), "{cell:?}");
            cells += 1;
        }
    }
    assert!(cells > 15);
}

#[test]
fn no_export_reaches_the_terminal_as_a_command() {
    let log = Log::new();
    log.said_by_an_agent("\u{9b}2J\u{202e}\u{7f}\u{fc}");
    let text = std::fs::read_to_string(log.file()).unwrap();
    let file = log.beside("hostile.jsonl");
    // An event that this version does not know, of whose name nothing is known either.
    std::fs::write(&file, text.replace("\"posted\"", "\"\\u009b2J\"")).unwrap();
    for format in ["jsonl", "csv", "ocsf", "cloudevents"] {
        let output = audit(&file, &["export", "--format", format]);
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("2J"), "{format}: the entry under test is there");
        let active = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        let acts: Vec<char> = said.chars().filter(|c| active(*c)).collect();
        assert!(acts.is_empty(), "{format}: {acts:?}");
        if format != "csv" {
            assert!(said.is_ascii() && lines(&said).len() > 10, "{format}");
        }
    }
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

/// Both what the directory holds and what a channel has linked to the person by itself.
#[test]
fn exports_say_by_which_account_somebody_voted() {
    let log = Log::new();
    let account = || Identity::new("slack", "T0CORP/U0BOB2");
    for (identity, is_linked) in
        [(account(), false), (Identity::person("bob").by_account(account()), true)]
    {
        let file = forged(&log, |event| {
            if let AuditEvent::Voted(voted) = event {
                Arc::make_mut(voted).identity = identity.clone();
            }
            true
        });
        let said = |args: &[&str]| String::from_utf8(audit(&file, args).stdout).unwrap();
        let voted = |event: &&Value| event.get("activity_name") == Some(&"voted".into());
        let events = lines(&said(&["export", "--format", "ocsf"]));
        let event = events.iter().find(voted).unwrap();
        assert_eq!(event.pointer("/unmapped/account"), Some(&"slack:T0CORP/U0BOB2".into()));
        let table = said(&["export", "--format", "csv"]);
        assert!(table.contains(",bob,mock,slack:T0CORP/U0BOB2,"), "{table}");
        let told = said(&["show"]).contains("bob in mock as slack:T0CORP/U0BOB2");
        assert_eq!(told, is_linked);
    }
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
