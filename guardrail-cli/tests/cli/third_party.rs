//! The exported forms, read by other people's programs.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use guardrail_test_counterparts::Counterparts;
use serde_json::Value;

use crate::log::Log;

fn run(parts: &Counterparts, script: &str, input: &str) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(script);
    let mut command: Command = parts.python();
    command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may stop reading at the first fault.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn ocsf_is_valid_to_its_schema() {
    let Some(parts) = Counterparts::find("the OCSF export against its JSON schema") else { return };
    let text = Log::new().said(&["export", "--format", "ocsf"]);
    let events = said(run(&parts, "validate_ocsf.py", &text));
    assert_eq!(events.trim(), text.lines().count().to_string());
    // The validator does find what is wrong.
    let wrong = text.replacen("\"class_uid\":6003", "\"class_uid\":\"6003\"", 1);
    assert!(!run(&parts, "validate_ocsf.py", &wrong).status.success());
}

#[test]
fn cloud_events_are_read_by_their_sdk() {
    let Some(parts) = Counterparts::find("the CloudEvents export against their SDK") else {
        return;
    };
    let log = Log::new();
    let text = log.said(&["export", "--format", "cloudevents"]);
    let read = said(run(&parts, "read_cloudevents.py", &text));
    let mut expected = String::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let of = |key: &str| event.get(key).unwrap().to_string();
        writeln!(expected, "[{}, {}, {}]", of("id"), of("type"), of("subject")).unwrap();
    }
    assert_eq!(read, expected);
    let wrong = text.replacen("\"specversion\":\"1.0\"", "\"specversion\":\"0.1\"", 1);
    assert!(!run(&parts, "read_cloudevents.py", &wrong).status.success());
}
