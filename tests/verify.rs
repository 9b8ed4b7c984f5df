//! `docs/verify.md`, command by command, with openssl, sha256sum and pymerkle alone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that is wrong should fail"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use guardrail::audit::proof::{
    ConsistencyBuilder, FileSigner, InclusionBuilder, Keys, SignedCheckpoint, TlogProof,
};
use guardrail::audit::{AuditRecord, FileLog};
use guardrail::clock::SystemEntropy;
use guardrail::{AuditLog, Guardrail, MockApprover, PolicySet, Sequence};
use guardrail_sql::{Reader, Settings, SqliteLog};
use guardrail_test_counterparts::Counterparts;
use tempfile::TempDir;

const GUIDE: &str = include_str!("../docs/verify.md");

const MINUTE: Duration = Duration::from_secs(60);

/// The blocks of the guide in this language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    let blocks = GUIDE.split(begin.as_str()).skip(1);
    blocks.map(|rest| rest.split_once("\n```").unwrap().0).collect()
}

/// A log of some hundred records in several files, signed with three keys one after the other, and
/// what a stranger needs of it.
struct Evidence {
    folder: TempDir,
    lines: Vec<String>,
    heads: Vec<SignedCheckpoint>,
}

/// Twenty calls, on record in this log.
async fn call(log: impl AuditLog) {
    let policies = "[policies.any]\neffect = \"allow\"\n";
    let guardrail = Guardrail::builder()
        .policies(PolicySet::parse(policies).unwrap())
        .audit_log(log)
        .approver(MockApprover::approving())
        .build()
        .await
        .unwrap();
    for number in 0..20_u64 {
        let intent = guardrail::Intent::builder("refund").policy("any").agent("bot");
        let intent = intent.arg("order", &number).build().unwrap();
        let permit = guardrail.authorize(intent).await.unwrap();
        permit.run(async { Ok::<(), std::io::Error>(()) }).await.unwrap();
    }
}

/// The key of this life: each but the first has a new one.
fn key(at: &Path, life: usize) -> FileSigner {
    let signer = FileSigner::open(at).unwrap();
    if life > 0 { signer.rotate(&SystemEntropy).unwrap() } else { signer }
}

impl Evidence {
    /// Of a `FileLog`.
    async fn of_files() -> Self {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        for life in 0..3 {
            let log = FileLog::setup(folder.path())
                .segments(20_000, Duration::MAX)
                .signer(key(&at("key"), life))
                .open()
                .await
                .unwrap();
            call(log).await;
        }
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
            .collect();
        names.sort();
        assert!(names.len() > 2, "one file only");
        let log: String = names.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        fs::write(at("log"), &log).unwrap();
        let notes = fs::read_to_string(at("checkpoints")).unwrap();
        let evidence = Self::gather(folder, &log, &notes);
        assert!(evidence.sh("tail -n 5 checkpoints > head").status.success());
        assert_eq!(fs::read_to_string(evidence.at("head")).unwrap(), evidence.head().note());
        evidence
    }

    /// Of an `SqliteLog`, exported as `guardrail audit export` and `checkpoints` do it.
    async fn of_sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        for life in 0..3 {
            let settings = Settings::new().signer(key(&at("key"), life)).checkpoints(16, MINUTE);
            let log = SqliteLog::open_with(at("audit.db"), settings).await.unwrap();
            let log = Arc::new(log);
            call(Arc::clone(&log)).await;
            log.checkpoint().await.unwrap();
        }
        let mut reader = Reader::sqlite(at("audit.db"), "main").await.unwrap();
        let lines = reader.lines(Sequence::START, 1000).await.unwrap();
        let log: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
        let notes: Vec<String> =
            reader.heads(0, 1000).await.unwrap().into_iter().map(|(_, note)| note).collect();
        fs::write(at("log"), &log).unwrap();
        fs::write(at("head"), notes.last().unwrap()).unwrap();
        Self::gather(folder, &log, &notes.join("\n"))
    }

    fn gather(folder: TempDir, log: &str, notes: &str) -> Self {
        let keys = fs::read_to_string(folder.path().join("key.pub")).unwrap();
        let heads = SignedCheckpoint::open_all(notes, &Keys::parse(&keys).unwrap()).unwrap();
        assert!(heads.len() > 2, "a few heads only");
        Self { folder, lines: log.lines().map(str::to_owned).collect(), heads }
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn head(&self) -> &SignedCheckpoint {
        self.heads.last().unwrap()
    }

    /// Writes record `sequence` and its proof.
    fn prove(&self, sequence: u64) {
        let size = self.head().checkpoint().size();
        let mut builder = InclusionBuilder::new(Sequence::new(sequence), size).unwrap();
        self.leaves().for_each(|leaf| builder.push(leaf));
        let line = &self.lines[usize::try_from(sequence).unwrap() - 1];
        let leaf = AuditRecord::parse(line).unwrap().leaf();
        let proof = TlogProof::new(builder.finish().unwrap(), self.head().clone(), leaf).unwrap();
        fs::write(self.at("record"), line).unwrap();
        fs::write(self.at("proof"), proof.text()).unwrap();
    }

    fn leaves(&self) -> impl Iterator<Item = guardrail::Digest> {
        self.lines.iter().map(|line| AuditRecord::parse(line).unwrap().leaf())
    }

    fn sh(&self, script: &str) -> Output {
        let bash = ["-e", "-u", "-o", "pipefail", "-c", script];
        Command::new("bash").args(bash).current_dir(&self.folder).output().unwrap()
    }

    fn python(&self, parts: &Counterparts, script: &str) -> Output {
        parts.python().args(["-c", script]).current_dir(&self.folder).output().unwrap()
    }
}

fn passes(output: &Output, says: &str) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(says), "{output:?}");
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Openssl and sha256sum accept what is honest, and nothing else.
#[tokio::test]
async fn a_shell_verifies_signature_chain_and_files() {
    if !openssl() {
        return;
    }
    let evidence = Evidence::of_files().await;
    let [_, _, _, files] = blocks("sh")[..] else { unreachable!() };
    passes(&evidence.sh(files), "log-00000000000000000001.jsonl: OK");
    let first = evidence.at("log-00000000000000000001.jsonl");
    let closed = fs::read_to_string(&first).unwrap();
    fs::remove_file(&first).unwrap();
    fs::write(&first, closed.replacen("refund", "Refund", 1)).unwrap();
    assert!(!evidence.sh(files).status.success(), "a changed file");
    verify_in_a_shell(&evidence);
}

/// The same of a log in a database.
#[tokio::test]
async fn a_shell_verifies_a_database() {
    if openssl() {
        verify_in_a_shell(&Evidence::of_sqlite().await);
    }
}

fn openssl() -> bool {
    use std::io::Write as _;
    let is_there = Command::new("openssl").arg("version").output().is_ok();
    if !is_there {
        let _ = writeln!(std::io::stderr(), "\nNOT RUN: docs/verify.md: there is no openssl here");
    }
    is_there
}

fn verify_in_a_shell(evidence: &Evidence) {
    let [signature, rotation, chain, _] = blocks("sh")[..] else { unreachable!() };
    passes(&evidence.sh(signature), "Signature Verified Successfully");
    passes(&evidence.sh(rotation), "Signature Verified Successfully");
    let last = AuditRecord::parse(evidence.lines.last().unwrap()).unwrap().leaf();
    passes(&evidence.sh(chain), &format!("the last record is {last}"));
    let size = evidence.head().checkpoint().size();
    change(&evidence.at("head"), &format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    assert!(!evidence.sh(signature).status.success(), "a changed head");
    change(&evidence.at("log"), "refund", "Refund");
    assert!(!evidence.sh(chain).status.success(), "a changed record");
    let keys = fs::read_to_string(evidence.at("key.pub")).unwrap();
    let lines: Vec<&str> = keys.lines().collect();
    fs::write(evidence.at("key.pub"), format!("{}\n{}\n", lines[0], lines[2])).unwrap();
    assert!(!evidence.sh(rotation).status.success(), "a key nobody named");
}

/// Pymerkle comes to our roots and believes our proofs, and makes the same ones itself.
#[tokio::test]
async fn pymerkle_verifies_roots_and_proofs() {
    let Some(parts) = Counterparts::find("docs/verify.md: our roots and proofs against pymerkle")
    else {
        return;
    };
    verify_in_python(&parts, &Evidence::of_files().await);
    verify_in_python(&parts, &Evidence::of_sqlite().await);
}

fn verify_in_python(parts: &Counterparts, evidence: &Evidence) {
    let [root, record] = blocks("python")[..] else { unreachable!() };
    for head in &evidence.heads {
        fs::write(evidence.at("head"), head.note()).unwrap();
        passes(&evidence.python(parts, root), "are the ones that were signed");
    }
    let size = evidence.head().checkpoint().size();
    for sequence in [1, 2, 64, 65, 100, size - 1, size] {
        evidence.prove(sequence);
        let says = format!("record {sequence} is in the log of {size} records");
        passes(&evidence.python(parts, record), &says);
        change(&evidence.at("record"), "{\"v\":1,", "{\"v\":2,");
        assert!(!evidence.python(parts, record).status.success(), "a changed record");
    }
    // Consistency: the very hashes. Pymerkle orders the lowest two otherwise than RFC 6962, splits
    // the rest further where the smaller tree is perfect, and names the root of one that is all.
    for (from, to) in [(65, size), (7, 100), (100, 101), (99, 128), (size, size)] {
        let mut builder = ConsistencyBuilder::new(from, to).unwrap();
        evidence.leaves().for_each(|leaf| builder.push(leaf));
        let mut ours: Vec<String> =
            builder.finish().unwrap().hashes.iter().map(ToString::to_string).collect();
        let script = format!(
            "from pymerkle import InmemoryTree\n\
             tree = InmemoryTree(algorithm='sha256')\n\
             for line in open('log', 'rb'): tree.append_entry(line.rstrip(b'\\n'))\n\
             path = tree.prove_consistency({from}, {to}).path\n\
             print('\\n'.join(hash.hex() for hash in path))"
        );
        let output = evidence.python(parts, &script);
        let theirs = String::from_utf8(output.stdout.clone()).unwrap();
        let mut theirs: Vec<&str> = theirs.lines().skip(usize::from(from == to)).collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs, "{from} to {to}: {output:?}");
    }
    fs::write(evidence.at("log"), evidence.lines[..50].join("\n") + "\n").unwrap();
    assert!(!evidence.python(parts, root).status.success(), "an old copy");
    let mut forked = evidence.lines.clone();
    forked[9].push(' ');
    fs::write(evidence.at("log"), forked.join("\n") + "\n").unwrap();
    assert!(!evidence.python(parts, root).status.success(), "a fork");
}
