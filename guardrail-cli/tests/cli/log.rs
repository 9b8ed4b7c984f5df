//! A log to read, and the program to read it with.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use guardrail::audit::proof::{Checkpoint, FileSigner};
use guardrail::audit::seal::Sealer;
use guardrail::{
    AuditEvent, AuditLog, AuditRecord, Context, FileLog, Guardrail, Identity, Intent, MockApprover,
    PolicySet, RequestId, Version,
};
use tempfile::TempDir;

/// A folder with a log in it.
pub(crate) struct Log {
    folder: TempDir,
}

pub(crate) const POLICIES: &str = r#"
[people.alice]
[people.bob]
[policies.read]
effect = "allow"
[policies.change]
approvers = ["person:bob"]
risk = "medium"
[policies.never]
effect = "deny"
"#;

impl Log {
    /// Four calls: one allowed, one approved, one denied with a reason that looks like a formula, one
    /// that its policy refuses.
    pub(crate) fn new() -> Self {
        let log = Self { folder: tempfile::tempdir().unwrap() };
        log.call();
        log
    }

    /// The four calls once more.
    pub(crate) fn call(&self) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            write(Arc::new(FileLog::open(self.path()).await.unwrap())).await;
        });
    }

    /// One more call, for which its agent gives this reason.
    pub(crate) fn said_by_an_agent(&self, reason: &str) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let guardrail = built(Arc::new(FileLog::open(self.path()).await.unwrap())).await;
            let intent = Intent::builder("restart").policy("change").arg("name", "db-1");
            let context = Context::new().on_behalf_of("alice").reason(reason);
            let permit = context.scope(guardrail.authorize(intent)).await.unwrap();
            permit.run(async { Ok::<(), guardrail::Error>(()) }).await.unwrap();
        });
    }

    /// So many comments on a request.
    pub(crate) fn talked_about(&self, request: &str, times: usize) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let guardrail = built(Arc::new(FileLog::open(self.path()).await.unwrap())).await;
            let id = RequestId::parse(request).unwrap();
            let review = guardrail.review(id, "web").await.unwrap();
            for _ in 0..times {
                review.comment(Identity::person("bob"), "hm").await.unwrap();
            }
        });
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    /// Its one file.
    pub(crate) fn file(&self) -> PathBuf {
        self.path().join("log-00000000000000000001.jsonl")
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Signs its head as it is now, and returns the files of the checkpoint and of the keys.
    pub(crate) fn checkpoint(&self, name: &str) -> (String, String) {
        let signer = FileSigner::open(self.beside("key")).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let head = runtime.block_on(async {
            let log = FileLog::open(self.path()).await.unwrap();
            let head = Checkpoint::new(log.id(), &log.tree());
            log.close().await;
            head
        });
        let file = self.beside(name);
        std::fs::write(&file, head.sign(&signer).unwrap().note()).unwrap();
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        (path(file), path(self.beside("key.pub")))
    }

    /// Runs `guardrail audit` on it.
    pub(crate) fn audit(&self, args: &[&str]) -> Output {
        audit(&self.path(), args)
    }

    /// The standard output of a command that succeeds.
    pub(crate) fn said(&self, args: &[&str]) -> String {
        let output = self.audit(args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

pub(crate) fn audit(log: &Path, args: &[&str]) -> Output {
    program().arg("audit").args(args).arg("--log").arg(log).output().unwrap()
}

/// Runs the program with these bytes on its standard input.
pub(crate) fn feed(args: &[&str], bytes: &[u8]) -> Output {
    let piped = program().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = piped.unwrap();
    // It may stop reading at the first fault.
    drop(child.stdin.take().unwrap().write_all(bytes));
    child.wait_with_output().unwrap()
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guardrail"));
    command.env_remove("GUARDRAIL_LOG").env("NO_COLOR", "1");
    command
}

/// The log with its events changed, and sealed again by whoever may write it.
pub(crate) fn forged(log: &Log, change: impl Fn(&mut AuditEvent) -> bool) -> PathBuf {
    let lines = log.said(&["export", "--format", "jsonl"]);
    let mut versions: HashMap<_, Version> = HashMap::new();
    let mut sealer = None;
    let mut text = String::new();
    for record in lines.lines().map(|line| AuditRecord::parse(line).unwrap()) {
        let mut event = record.event().clone();
        if !change(&mut event) {
            continue;
        }
        let sealer = sealer.get_or_insert_with(|| Sealer::new(record.log()));
        let version = versions.entry(record.id()).or_default();
        let sealed = sealer.append(record.id(), *version, record.time(), &[event]).unwrap();
        *version = version.next();
        text.push_str(sealed[0].line());
        text.push('\n');
    }
    let path = log.beside("forged.jsonl");
    std::fs::write(&path, text).unwrap();
    path
}

/// Whoever asks Bob about everything, over this log.
async fn built(log: Arc<dyn AuditLog>) -> Guardrail {
    let approver = MockApprover::approving()
        .as_person("bob")
        .when(|request| request.intent().action() == "drop_table")
        .deny("=HYPERLINK(\"http://evil.example\")");
    let builder = Guardrail::builder().agent("deploy-bot").audit_log(log).approver(approver);
    builder.policies(PolicySet::parse(POLICIES).unwrap()).build().await.unwrap()
}

/// The four calls, on record in this log.
pub(crate) async fn write(log: Arc<dyn AuditLog>) {
    let guardrail = built(log).await;
    for (action, policy) in
        [("list", "read"), ("restart", "change"), ("drop_table", "change"), ("format", "never")]
    {
        let intent = Intent::builder(action).policy(policy).arg("name", "db-1").build().unwrap();
        let context = Context::new().on_behalf_of("alice").reason("disk is 91 % full");
        let permit = context.scope(guardrail.authorize(intent)).await;
        if let Ok(permit) = permit {
            permit.run(async { Ok::<(), guardrail::Error>(()) }).await.unwrap();
        }
    }
}
