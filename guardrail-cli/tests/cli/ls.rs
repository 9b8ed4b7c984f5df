//! `guardrail audit ls`.

use std::sync::Arc;

use guardrail::audit::seal::Sealer;
use guardrail::model::{AuditEvent, LogId, Requested, Tally};
use guardrail::{Intent, PolicySet, RequestId, Timestamp, Version};
use serde_json::Value;

use crate::log::{Log, audit};

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

/// The log of a program that is gone: nobody has put on record that the time is over.
#[test]
fn what_is_overdue_is_over_whether_that_is_on_record_or_not() {
    let policies = "[people.bob]\n[policies.change]\napprovers = [\"person:bob\"]\n";
    let policies = PolicySet::parse(policies).unwrap();
    let mut end = Sealer::new(LogId::parse("01996b2c-4e10-7abc-8def-0123456789ab").unwrap());
    let mut lines = String::new();
    let mut put = |id: RequestId, version: u64, time: &str, event: AuditEvent| {
        let time = Timestamp::parse(time).unwrap();
        let records = end.append(id, Version::new(version), time, &[event]).unwrap();
        lines.extend(records.iter().map(|record| format!("{}\n", record.line())));
    };
    let opened =
        AuditEvent::Opened { host: "a".into(), pid: 1, boot: None, version: "0.1.0".into() };
    put(RequestId::LOG, 0, "2020-01-01T00:00:00Z", opened);
    let calls = [
        ("waits", "2020-01-01T00:00:01Z", 1),
        ("agreed", "2020-01-01T00:00:02Z", 2),
        ("later", "2200-01-01T00:00:00Z", 3),
    ];
    for (action, time, number) in calls {
        let intent = Intent::builder(action).policy("change").agent("deploy-bot").build().unwrap();
        let id = format!("01996b2c-4e10-7abc-8def-00000000000{number}");
        let id = RequestId::parse(&id).unwrap();
        let (verdict, policy_digest) = (policies.judge(&intent), policies.digest());
        let requested = Requested { intent, verdict, policy_digest, call: None, kept: vec![] };
        put(id, 0, time, AuditEvent::Requested(Arc::new(requested)));
        if action == "agreed" {
            let tally = Tally { approvals: 1, required: 1 };
            put(id, 1, time, AuditEvent::Approved { tally });
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.jsonl");
    std::fs::write(&file, lines).unwrap();
    for (state, action) in [("expired", "waits"), ("lapsed", "agreed"), ("pending", "later")] {
        let output = audit(&file, &["ls", "--json", "--state", state]);
        let said = String::from_utf8(output.stdout).unwrap();
        let row: Value = serde_json::from_str(&said).unwrap_or_default();
        assert_eq!(row.get("action"), Some(&Value::from(action)), "{state}: {said}");
        assert_eq!(row.get("state"), Some(&Value::from(state)), "{said}");
    }
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
