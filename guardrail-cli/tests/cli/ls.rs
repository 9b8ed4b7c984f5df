//! `guardrail audit ls`.

use serde_json::Value;

use crate::log::Log;

fn actions(log: &Log, filter: &[&str]) -> Vec<String> {
    let said = log.said(&[&["ls", "--json"], filter].concat());
    said.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|row| row.get("action").and_then(Value::as_str).unwrap().to_owned())
        .collect()
}

#[test]
fn it_lists_requests_and_filters_them() {
    let log = Log::new();
    assert_eq!(actions(&log, &[]), ["list", "restart", "drop_table", "format"]);
    assert_eq!(actions(&log, &["--state", "completed"]), ["list", "restart"]);
    assert_eq!(
        actions(&log, &["--state", "denied", "--state", "refused"]),
        ["drop_table", "format"]
    );
    assert_eq!(actions(&log, &["--policy", "change"]), ["restart", "drop_table"]);
    assert_eq!(actions(&log, &["--action", "list"]), ["list"]);
    assert_eq!(actions(&log, &["--agent", "deploy-bot", "--last", "1"]), ["format"]);
    assert_eq!(actions(&log, &["--agent", "another"]), [""; 0]);
    assert_eq!(actions(&log, &["--person", "bob"]), ["restart", "drop_table"]);
    assert_eq!(actions(&log, &["--person", "alice"]).len(), 4);
    assert_eq!(actions(&log, &["--since", "2100-01-01T00:00:00Z"]), [""; 0]);
    assert_eq!(actions(&log, &["--until", "2100-01-01T00:00:00Z"]).len(), 4);
}

#[test]
fn for_people_it_is_a_table() {
    let said = Log::new().said(&["ls"]);
    assert_eq!(said.lines().count(), 5, "{said}");
    let restart = said.lines().find(|line| line.contains("restart")).unwrap();
    for part in ["completed", "deploy-bot", "alice", "change", "bob"] {
        assert!(restart.contains(part), "{part}: {restart}");
    }
}

#[test]
fn an_unknown_state_is_named_with_those_there_are() {
    let output = Log::new().audit(&["ls", "--state", "done"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("pending") && said.contains("completed"), "{said}");
}
