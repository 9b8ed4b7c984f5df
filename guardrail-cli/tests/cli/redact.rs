//! `guardrail audit redact`, and what `show` and `verify` say of redacted values.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use guardrail::audit::sidecar::{FolderSidecar, Sidecar};
use guardrail::{
    AuditLog, FileLog, Guardrail, Intent, MockApprover, PolicySet, PostgresLog, SqliteLog,
};
use guardrail_test_counterparts::{Counterparts, Postgres};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::log::audit;

const IBAN: &str = "DE89 3704 0044 0532 0130 00";
const HOSTILE: &str = "Erika\u{1b}[2J\u{202e} Mustermann";

/// Two payments, with redacted values, on record in this log.
async fn pay(log: Arc<dyn AuditLog>, sidecar: Arc<dyn Sidecar>) {
    let guardrail = Guardrail::builder()
        .agent("pay-bot")
        .policies(PolicySet::parse("[policies.pay]\neffect = \"allow\"\n").unwrap())
        .audit_log(log)
        .sidecar(sidecar)
        .approver(MockApprover::approving())
        .build()
        .await
        .unwrap();
    for name in [HOSTILE, "Bob"] {
        let intent = Intent::builder("pay").policy("pay").redact("iban", IBAN).redact("name", name);
        let permit = guardrail.authorize(intent).await.unwrap();
        permit.run(async { Ok::<(), guardrail::Error>(()) }).await.unwrap();
    }
}

/// A log in a folder, and its sidecar in the next.
struct Bed {
    root: TempDir,
}

impl Bed {
    fn new() -> Self {
        let bed = Self { root: tempfile::tempdir().unwrap() };
        Runtime::new().unwrap().block_on(async {
            let sidecar = FolderSidecar::open(bed.openings()).await.unwrap();
            pay(Arc::new(bed.open().await), Arc::new(sidecar)).await;
        });
        bed
    }

    fn log(&self) -> PathBuf {
        self.root.path().join("audit")
    }

    fn openings(&self) -> PathBuf {
        self.root.path().join("openings")
    }

    async fn open(&self) -> FileLog {
        FileLog::open(self.log()).await.unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        let openings = self.openings();
        let sidecar = ["--sidecar", openings.to_str().unwrap()];
        audit(&self.log(), &[args, &sidecar].concat())
    }
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What went wrong, unwrapped.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "│").collect();
    words.join(" ")
}

fn object(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap()
}

fn first_id(log: &Path) -> String {
    let rows = said(&audit(log, &["ls", "--json"]));
    object(rows.lines().next().unwrap())["id"].as_str().unwrap().to_owned()
}

const WHO: [&str; 6] =
    ["--by", "dpo@example.com", "--why", "Erika asked for it", "--basis", "GDPR Art. 17(1)(a)"];

fn counts(verified: &Value) -> [u64; 4] {
    ["opened", "erased", "missing", "still_there"]
        .map(|n| verified["redacted"][n].as_u64().unwrap())
}

#[test]
fn values_are_shown_erased_and_told_of() {
    let bed = Bed::new();
    let id = first_id(&bed.log());
    let shown = said(&bed.run(&["show"]));
    assert!(shown.contains(&format!("redacted /iban: \"{IBAN}\"")), "{shown}");
    // What an agent wrote reaches the terminal as text.
    assert!(shown.contains("redacted /name: \"Erika") && !shown.contains(['\u{1b}', '\u{202e}']));
    let without = said(&audit(&bed.log(), &["show"]));
    assert!(!without.contains(IBAN), "{without}");
    assert_eq!(counts(&object(&said(&bed.run(&["verify", "--json"])))), [4, 0, 0, 0]);

    let redact = [&["redact", &id, "--argument", "iban"][..], &WHO].concat();
    let done = said(&bed.run(&redact));
    assert!(done.contains("/iban of") && done.contains("1 value was still there"), "{done}");
    let shown = said(&bed.run(&["show", "--request", &id]));
    let erased = "redacted /iban: erased on 2";
    assert!(shown.contains(erased) && !shown.contains(IBAN), "{shown}");
    assert!(shown.contains("by dpo@example.com: Erika asked for it (GDPR Art. 17(1)(a))"));
    let talk = said(&audit(&bed.log(), &["show"]));
    assert!(talk.contains(&format!("erased 1 value of {id}: Erika asked for it")), "{talk}");
    assert_eq!(counts(&object(&said(&bed.run(&["verify", "--json"])))), [3, 1, 0, 0]);
    let text = said(&bed.run(&["verify", "--complete"]));
    assert!(text.contains("3 open their commitments, 1 erased by a record"), "{text}");

    // Once more: on record once.
    let records = object(&said(&audit(&bed.log(), &["verify", "--json"])))["records"].clone();
    let again: Vec<&str> = redact.iter().copied().chain(["--json"]).collect();
    let again = object(&said(&bed.run(&again)));
    assert_eq!((&again["erased"], &again["values"][0]["place"]), (&0.into(), &"/iban".into()));
    let opened_once_more = records.as_u64().unwrap() + 1;
    let now = object(&said(&audit(&bed.log(), &["verify", "--json"])))["records"].clone();
    assert_eq!(now.as_u64().unwrap(), opened_once_more, "only that the log was opened");
    // The log is still signed by its own key.
    let all = said(&bed.run(&[&["redact", &id, "--json"][..], &WHO].concat()));
    assert_eq!(object(&all)["values"].as_array().unwrap().len(), 2);
    let (head, keys) = (bed.log().join("checkpoints"), bed.log().join("key.pub"));
    let against = ["verify", "--json", "--against", head.to_str().unwrap(), "--keys"];
    let against = [&against[..], &[keys.to_str().unwrap()]].concat();
    assert_eq!(object(&said(&audit(&bed.log(), &against)))["uncovered_since"], Value::Null);
}

#[test]
fn as_json_values_stand_behind_their_request() {
    let bed = Bed::new();
    let id = first_id(&bed.log());
    said(&bed.run(&[&["redact", &id, "-a", "name"][..], &WHO].concat()));
    let shown = said(&bed.run(&["show", "--json", "--request", &id]));
    let values: Vec<Value> = shown
        .lines()
        .map(object)
        .filter(|line| line.get("redacted").is_some())
        .map(|line| line["redacted"].clone())
        .collect();
    assert_eq!(values.len(), 2);
    for value in values {
        match value["place"].as_str().unwrap() {
            "/iban" => assert_eq!(value["value"], format!("\"{IBAN}\"")),
            _ => assert_eq!((&value["state"], &value["by"]), (&"erased".into(), &WHO[1].into())),
        }
    }
}

#[test]
fn what_is_missing_is_a_finding() {
    let bed = Bed::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(bed.openings()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    std::fs::remove_file(&files[0]).unwrap();
    std::fs::copy(&files[1], &files[2]).unwrap();
    let output = bed.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(text.contains("1 missing without a record, 1 not what was committed to"), "{text}");
    assert!(complaint(&output).contains("2 of the redacted values"), "{}", complaint(&output));
    let output = bed.run(&["verify", "--json"]);
    let verified = object(&String::from_utf8(output.stdout).unwrap());
    assert_eq!((output.status.code(), &verified["verified"]), (Some(1), &Value::Bool(false)));
    assert_eq!(verified["redacted"]["flaws"].as_array().unwrap().len(), 2);
    let shown = said(&bed.run(&["show"]));
    assert!(shown.contains("PROBLEM: it is gone, and no erasure is on record"), "{shown}");
}

#[test]
fn an_erasure_that_was_not_carried_out_is_seen_and_repeated() {
    let bed = Bed::new();
    let id = first_id(&bed.log());
    let copy = bed.root.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    let move_all = |from: &Path, to: &Path| {
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    };
    move_all(&bed.openings(), &copy);
    let redact = [&["redact", &id][..], &WHO].concat();
    said(&bed.run(&redact));
    // As from a backup.
    move_all(&copy, &bed.openings());
    let output = bed.run(&["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(counts(&object(&String::from_utf8(output.stdout).unwrap())), [2, 0, 0, 2]);
    assert!(said(&bed.run(&redact)).contains("2 values were still there"));
    assert_eq!(counts(&object(&said(&bed.run(&["verify", "--json"])))), [2, 2, 0, 0]);
}

/// Only the program that runs may write its log.
#[test]
fn a_log_that_a_program_holds_is_left_alone() {
    let bed = Bed::new();
    let id = first_id(&bed.log());
    let redact = [&["redact", &id][..], &WHO].concat();
    let runtime = Runtime::new().unwrap();
    let held = runtime.block_on(bed.open());
    let output = bed.run(&redact);
    assert_eq!(output.status.code(), Some(2));
    let said_why = complaint(&output);
    assert!(said_why.contains("is running holds this log"), "{said_why}");
    assert!(said_why.contains("Guardrail::redact"), "{said_why}");
    assert_eq!(std::fs::read_dir(bed.openings()).unwrap().count(), 4);
    runtime.block_on(held.close());
    said(&bed.run(&redact));
}

#[test]
fn what_cannot_be_redacted_is_told_and_changes_nothing() {
    let bed = Bed::new();
    let id = first_id(&bed.log());
    let before = std::fs::read_dir(bed.openings()).unwrap().count();
    let other = "0192d3a4-0000-7000-8000-000000000000";
    let exported = bed.root.path().join("exported");
    std::fs::write(&exported, said(&audit(&bed.log(), &["export", "-f", "jsonl"]))).unwrap();
    let openings = bed.openings();
    let sidecar = ["--sidecar", openings.to_str().unwrap()];
    let mut cases: Vec<(Output, &str)> = vec![
        (bed.run(&[&["redact", other][..], &WHO].concat()), "no request"),
        (bed.run(&[&["redact", &id, "-a", "../.."][..], &WHO].concat()), "no redacted argument"),
        (
            bed.run(&["redact", &id, "--by", " ", "--why", "y", "--basis", "z"]),
            "who asks for it must be said",
        ),
        (
            audit(&bed.log(), &[&["redact", &id][..], &WHO].concat()),
            "which sidecar? A log in files",
        ),
        (
            audit(&bed.log(), &[&["redact", &id, "--sidecar", "/nowhere"][..], &WHO].concat()),
            "no such sidecar",
        ),
        (audit(&exported, &[&["redact", &id][..], &WHO, &sidecar].concat()), "is only read"),
        (audit(&bed.log(), &["verify", "--sidecar", "table"]), "no such sidecar"),
    ];
    cases.push((audit(Path::new("-"), &[&["show"][..], &sidecar].concat()), "read twice"));
    for (output, part) in cases {
        assert_eq!(output.status.code(), Some(2), "{part}: {output:?}");
        assert!(complaint(&output).contains(part), "{part}: {}", complaint(&output));
    }
    for missing in ["--by", "--why", "--basis"] {
        let at = WHO.iter().position(|arg| *arg == missing).unwrap();
        let mut args = [&["redact", &id][..], &WHO].concat();
        args.drain(2 + at..4 + at);
        assert_eq!(bed.run(&args).status.code(), Some(2), "without {missing}");
    }
    assert_eq!(std::fs::read_dir(bed.openings()).unwrap().count(), before);
    let talk = said(&audit(&bed.log(), &["show"]));
    assert!(!talk.contains("erased"), "{talk}");
    // An exported log can be held against the sidecar.
    let verified =
        object(&said(&audit(&exported, &[&["verify", "--json"][..], &sidecar].concat())));
    assert_eq!(counts(&verified), [4, 0, 0, 0]);
}

/// Shows, erases and verifies in the log's own database.
fn in_a_table(log: &Path) {
    let id = first_id(log);
    let table = ["--sidecar", "table"];
    let shown = said(&audit(log, &[&["show"][..], &table].concat()));
    assert!(shown.contains(IBAN), "{shown}");
    let redact = [&["redact", &id[24..], "-a", "iban"][..], &WHO].concat();
    assert!(said(&audit(log, &redact)).contains("1 value was still there"));
    assert!(said(&audit(log, &redact)).contains("nothing of it was left"));
    let again = audit(log, &redact);
    assert!(complaint(&again).contains("name it by --sidecar"), "{}", complaint(&again));
    let named = audit(log, &[&redact[..], &table].concat());
    assert_eq!(complaint(&named), "");
    let verified = said(&audit(log, &[&["verify", "--complete", "--json"][..], &table].concat()));
    assert_eq!(counts(&object(&verified)), [3, 1, 0, 0]);
    let other = audit(log, &[&redact[..], &["--name", "other"]].concat());
    assert_eq!(other.status.code(), Some(2), "{other:?}");
    assert!(complaint(&other).contains("no log named `other`"), "{}", complaint(&other));
}

#[tokio::test]
async fn an_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.db");
    let log = SqliteLog::open(&file).await.unwrap();
    let sidecar = log.sidecar();
    pay(Arc::new(log), Arc::new(sidecar)).await;
    in_a_table(&file);
}

#[tokio::test]
async fn a_postgresql_database() {
    let Some(parts) = Counterparts::find("erasing in PostgreSQL") else { return };
    let server = Postgres::start(&parts, &["fsync=off"]).unwrap();
    let url = server.url("postgres");
    let log = PostgresLog::connect(&url).await.unwrap();
    let sidecar = log.sidecar();
    pay(Arc::new(log), Arc::new(sidecar)).await;
    in_a_table(Path::new(&url));
}
