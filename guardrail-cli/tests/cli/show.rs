//! `guardrail audit show`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::log::{Log, program};

#[test]
fn it_tells_the_conversation() {
    let said = Log::new().said(&["show"]);
    for part in ["wants to run restart", "bob", "approves", "completed in", "refuses it", "denies"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn one_request_alone() {
    let log = Log::new();
    let ids = log.said(&["ls", "--action", "restart", "--json"]);
    let row: Value = serde_json::from_str(ids.trim()).unwrap();
    let id = row.get("id").and_then(Value::as_str).unwrap();
    let said = log.said(&["show", "--request", id]);
    assert!(said.contains("restart") && !said.contains("drop_table"), "{said}");
    // As the conversation of all of them prints it.
    let all = log.said(&["show"]);
    let line = all.lines().find(|line| line.contains("wants to run restart")).unwrap();
    let end = line.rsplit(" · ").next().unwrap();
    assert!(end.len() < id.len());
    assert_eq!(log.said(&["show", "--request", end]), said);
}

#[test]
fn an_unknown_request_is_an_error() {
    let output = Log::new().audit(&["show", "--request", "0192d3a4-0000-7000-8000-000000000000"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no request 0192d3a4"), "{said}");
}

#[test]
fn as_json_it_is_the_sealed_lines() {
    let log = Log::new();
    let lines = std::fs::read_to_string(log.file()).unwrap();
    assert_eq!(log.said(&["show", "--json"]), lines);
}

#[test]
fn it_follows_a_log_that_grows() {
    let log = Log::new();
    let lines = std::fs::read_to_string(log.file()).unwrap();
    let half = lines.lines().count() / 2;
    let first: String = lines.lines().take(half).map(|line| format!("{line}\n")).collect();
    let rest = lines.strip_prefix(&first).unwrap();
    let file = log.beside("copy.jsonl");
    // The second half begins inside a line, as a follower may see it.
    let (torn, rest) = rest.split_at(10);
    std::fs::write(&file, format!("{first}{torn}")).unwrap();
    let mut child = program()
        .args(["audit", "show", "--follow", "--json", "--log"])
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in first.lines() {
        assert_eq!(said.next().unwrap().unwrap(), line);
    }
    let mut grown = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    std::io::Write::write_all(&mut grown, rest.as_bytes()).unwrap();
    for line in lines.lines().skip(half) {
        assert_eq!(said.next().unwrap().unwrap(), line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_line_without_its_end_is_left_out_and_that_is_said() {
    let log = Log::new();
    let text = std::fs::read_to_string(log.file()).unwrap();
    std::fs::write(log.file(), text.trim_end()).unwrap();
    for args in [&["show"][..], &["ls"], &["export", "--format", "csv"]] {
        let output = log.audit(args);
        assert!(output.status.success(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("ends inside a line"), "{args:?}: {said}");
    }
}
