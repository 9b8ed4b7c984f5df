//! `guardrail audit prove`.

use std::process::Stdio;

use guardrail::audit::proof::{Keys, TlogProof};
use serde_json::Value;

use crate::log::{Log, program};

fn restarted(log: &Log) -> String {
    let row = log.said(&["ls", "--json", "--action", "restart", "--last", "1"]);
    let row: Value = serde_json::from_str(&row).unwrap();
    row.get("id").and_then(Value::as_str).unwrap().to_owned()
}

#[test]
fn each_record_has_a_proof_that_its_key_suffices_for() {
    let log = Log::new();
    let (head, keys) = log.checkpoint("head");
    let folder = log.beside("proofs");
    let id = restarted(&log);
    let to = folder.to_str().unwrap();
    let said = log.said(&["prove", &id, "--against", &head, "--keys", &keys, "--output", to]);
    let keys = Keys::parse(&std::fs::read_to_string(keys).unwrap()).unwrap();
    let lines = log.said(&["show", "--json", "--request", &id]);
    assert!(said.lines().count() == lines.lines().count() && lines.lines().count() > 4);
    for line in lines.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let sequence = record.get("seq").unwrap();
        assert_eq!(std::fs::read_to_string(folder.join(format!("{sequence}.json"))).unwrap(), line);
        let proof = std::fs::read_to_string(folder.join(format!("{sequence}.tlog-proof"))).unwrap();
        let proof = TlogProof::open(&proof, &keys).unwrap();
        proof.verify(line).unwrap();
        assert!(proof.verify(&line.replace("db-1", "db-2").replace(':', ";")).is_err());
    }
}

#[test]
fn what_no_checkpoint_covers_is_not_proven() {
    let log = Log::new();
    let (head, keys) = log.checkpoint("head");
    log.call();
    let id = restarted(&log);
    let to = log.beside("proofs");
    let to_path = to.to_str().unwrap();
    let prove = ["prove", &id, "--against", &head, "--keys", &keys, "--output", to_path];
    let output = log.audit(&prove);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("not yet covered"), "{said}");
    assert!(!to.exists());
}

#[test]
fn a_log_that_does_not_lead_to_the_checkpoint_is_not_proven() {
    let log = Log::new();
    let (head, keys) = log.checkpoint("head");
    let text = std::fs::read_to_string(log.file()).unwrap();
    let id = restarted(&log);
    std::fs::write(log.file(), text.replacen("disk is 91 %", "disk is 19 %", 1)).unwrap();
    let to = log.beside("proofs");
    let to_path = to.to_str().unwrap();
    let prove = ["prove", &id, "--against", &head, "--keys", &keys, "--output", to_path];
    assert!(!log.audit(&prove).status.success());
    assert!(std::fs::read_dir(&to).map_or(0, Iterator::count) == 0, "nothing is written");
}

#[test]
fn every_record_is_proven_though_nobody_reads_on() {
    let log = Log::new();
    let id = restarted(&log);
    log.talked_about(&id, 250);
    let (head, keys) = log.checkpoint("head");
    let folder = log.beside("proofs");
    let to = folder.to_str().unwrap();
    let args = ["audit", "prove", &id, "--against", &head, "--keys", &keys, "--output", to];
    let command = program()
        .args(args)
        .arg("--json")
        .arg("--log")
        .arg(log.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = command.unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    let records = log.said(&["show", "--json", "--request", &id]).lines().count();
    assert!(records > 250);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2 * records);
}
