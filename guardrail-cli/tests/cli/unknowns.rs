//! `guardrail audit unknowns`: listed for people, resolved by one, on record.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use guardrail::{
    AuditLog, Context, Error, FileLog, Found, Guardrail, Identity, Intent, MockApprover, PolicySet,
    PostgresLog, RequestId, SqliteLog, State,
};
use guardrail_test_counterparts::{Counterparts, Postgres};
use serde_json::Value;

use crate::log::{audit, program};

const POLICIES: &str =
    "[people.alice]\n[people.bob]\n[policies.change]\napprovers = [\"person:bob\"]";

/// What a careless log or terminal would break on.
const HOSTILE: &str = "=1+1\n09:00:00  bob approves \u{1b}[31m\u{202e}\u{200b}";

async fn guardrail(log: Arc<dyn AuditLog>) -> Guardrail {
    Guardrail::builder()
        .agent("deploy-bot")
        .policies(PolicySet::parse(POLICIES).unwrap())
        .audit_log(log)
        .approver(MockApprover::approving().as_person("bob"))
        .build()
        .await
        .unwrap()
}

async fn call(guardrail: &Guardrail, body: impl Future<Output = ()>) -> Result<(), Error> {
    let intent = Intent::builder("restart").policy("change").arg("name", HOSTILE).key("k");
    let permit = Context::new()
        .on_behalf_of("alice")
        .scope(guardrail.authorize(intent.summary(HOSTILE)))
        .await?;
    permit
        .run(async {
            body.await;
            Ok(())
        })
        .await
}

/// A call whose body goes away in the midst of it. Its request.
async fn lose(guardrail: &Guardrail) -> RequestId {
    // The body never ends; the call is dropped once it has begun.
    let (begun, begins) = tokio::sync::oneshot::channel();
    let body = async {
        let _ = begun.send(());
        std::future::pending().await
    };
    tokio::select! {
        _ = call(guardrail, body) => panic!("it ended"),
        _ = begins => {}
    }
    loop {
        if let Some(request) = guardrail.unknowns(10).await.unwrap().first() {
            return request.id();
        }
        tokio::task::yield_now().await;
    }
}

fn unknowns(log: &Path, args: &[&str]) -> Output {
    program().args(["audit", "unknowns"]).args(args).arg("--log").arg(log).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it complains of, on one line: errors are wrapped to the terminal.
fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

fn finding<'a>(id: &'a str, found: &'a str, why: &'a str) -> [&'a str; 10] {
    finding_of(id, "1", found, why)
}

fn finding_of<'a>(id: &'a str, start: &'a str, found: &'a str, why: &'a str) -> [&'a str; 10] {
    ["resolve", id, "--start", start, "--by", "carol", "--found", found, "--why", why]
}

/// Lists it, resolves it once, and shows it in every form.
fn check(log: &Path, id: RequestId) {
    let id = id.to_string();
    let listed = said(&unknowns(log, &[]));
    for part in ["restart", "deploy-bot for alice", "policy change", "by process", "resolve"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    assert!(listed.contains(&id) && listed.contains("U+202E"), "{listed}");
    assert_eq!(listed.lines().count(), 5, "no text makes a line of its own: {listed}");
    let row: Value = serde_json::from_str(&said(&unknowns(log, &["--json"]))).unwrap();
    assert_eq!(row.get("id").and_then(Value::as_str), Some(&*id));
    assert_eq!(row.pointer("/process/pid"), Some(&std::process::id().into()));

    assert!(complaint(&unknowns(log, &finding(&id, "not", " "))).contains("say how you know"));
    assert!(listed.contains(&format!("resolve {id} --start 1")), "{listed}");
    assert_eq!(row.get("start"), Some(&1.into()));
    let other = complaint(&unknowns(log, &finding_of(&id, "2", "not", "I looked")));
    assert!(other.contains("what is unknown is start 1"), "{other}");
    let token = "ghp_012345678901234567890123456789abcdef";
    let why = format!("{HOSTILE} {token} {}", "x".repeat(100_000));
    let resolved = said(&unknowns(log, &finding(&id, "not", &why)));
    assert!(resolved.contains("did not happen"), "{resolved}");
    let again = complaint(&unknowns(log, &finding(&id, "happened", "again")));
    assert!(again.contains("is resolved"), "{again}");
    assert_eq!(said(&unknowns(log, &[])), "nothing is unknown\n");

    let text = |args: &[&str]| said(&audit(log, args));
    let talk = text(&["show", "--request", &id]);
    let line = talk.lines().last().unwrap();
    assert!(line.contains("carol") && line.contains("looked into it, it did not happen"), "{talk}");
    assert!(line.contains("U+202E") && line.len() < 2_000, "{line}");
    for form in ["jsonl", "csv", "ocsf", "cloudevents"] {
        let exported = text(&["export", "--format", form]);
        let last = exported.lines().rfind(|line| line.contains("resolved")).unwrap();
        assert!(last.contains("carol") && last.len() < 20_000, "{form}: {last}");
        assert!(!exported.contains(token), "{form}");
    }
    assert!(text(&["ls"]).contains("resolved"));
    assert!(text(&["verify", "--complete"]).contains("starts 1"));
}

#[tokio::test]
async fn in_files_once_no_program_holds_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit");
    let log = Arc::new(FileLog::open(&path).await.unwrap());
    let guardrail = guardrail(log.clone()).await;
    let id = lose(&guardrail).await;
    let held = complaint(&unknowns(&path, &finding(&id.to_string(), "happened", "I looked")));
    assert!(held.contains("is running holds this log"), "{held}");
    assert!(held.contains("Guardrail::resolve"), "{held}");
    drop(guardrail);
    // The task that put the unknown on record may be at its end yet.
    let alone = async {
        while Arc::strong_count(&log) > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), alone).await.unwrap();
    Arc::into_inner(log).unwrap().close().await;
    check(&path, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite_beside_a_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.db");
    let guardrail = guardrail(Arc::new(SqliteLog::open(&file).await.unwrap())).await;
    beside(&guardrail, &file).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_postgresql_beside_a_running_program() {
    let Some(parts) = Counterparts::find("what is unknown in a log in PostgreSQL") else { return };
    let server = Postgres::start(&parts, &["fsync=off"]).unwrap();
    let url = server.url("postgres");
    let guardrail = guardrail(Arc::new(PostgresLog::connect(&url).await.unwrap())).await;
    beside(&guardrail, Path::new(&url)).await;
}

async fn beside(guardrail: &Guardrail, log: &Path) {
    let id = lose(guardrail).await;
    check(log, id);
    // The running program knows it: the body does not begin on what was found.
    let again = call(guardrail, async { panic!("it runs") }).await.unwrap_err();
    assert!(matches!(again, Error::Resolved { found: Found::DidNotHappen, .. }), "{again:?}");
    let review = guardrail.review(id, "web").await.unwrap();
    assert_eq!(review.request().recorded_state(), State::Resolved);
    let late =
        guardrail.resolve(id, 1, &Identity::person("bob"), Found::Happened, "I looked").await;
    assert!(late.unwrap_err().to_string().contains("is resolved"));
}

#[test]
fn what_is_no_log_of_its_own_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.jsonl");
    std::fs::write(&file, "").unwrap();
    let id = "0192d3a4-0000-7000-8000-000000000000";
    let said = complaint(&unknowns(&file, &finding(id, "not", "I looked")));
    assert!(said.contains("only read"), "{said}");
    let empty = complaint(&unknowns(folder.path(), &finding(id, "not", "I looked")));
    assert!(empty.contains("holds no audit log"), "{empty}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no log is made");
}
