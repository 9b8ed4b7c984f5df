//! The heads a log signs: when, over what, and what becomes of a log that does not lead to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_conformance::disk::{Fault, FaultyFolder, Hold, SimDisk};
use guardrail_core::audit::proof::{PublicKey, SignError, Signature, Signer};
use guardrail_core::audit::{AuditLog, Error, FileLog};
use tempfile::TempDir;

use super::group::settle;
use super::small::{against, files, heads, open, setup, signer};
use super::work::{ask, whole};

fn sizes(disk: &SimDisk) -> Vec<u64> {
    heads(disk).iter().map(|head| head.checkpoint().size()).collect()
}

/// A head is signed after so many records, after so long, and at the end.
#[tokio::test]
async fn heads_are_signed_in_time() {
    let (disk, clock) = (SimDisk::new(), Arc::new(ManualClock::new()));
    let opened = setup(disk.mount(), Arc::clone(&clock)).segments(u64::MAX, Duration::MAX);
    let log = opened.open().await.unwrap();
    for number in 0..4 {
        log.append(&ask(number)).await.unwrap();
    }
    assert_eq!(sizes(&disk), [3], "after every third");
    clock.advance(Duration::from_millis(999));
    log.append(&ask(4)).await.unwrap();
    // The sixth record is not yet covered, and the fourth was written 999 ms ago.
    assert_eq!(sizes(&disk), [3, 6]);
    log.append(&ask(5)).await.unwrap();
    clock.advance(Duration::from_secs(1));
    log.append(&ask(6)).await.unwrap();
    assert_eq!(sizes(&disk), [3, 6, 8], "a second after the first that was not covered");
    log.append(&ask(7)).await.unwrap();
    let known = log.heads().unwrap();
    assert_eq!(known.latest().unwrap().checkpoint().size(), 8);
    log.checkpoint().await.unwrap();
    assert_eq!(known.latest().unwrap().checkpoint().size(), 9);
    log.append(&ask(8)).await.unwrap();
    assert_eq!(against(&log, &disk).await.unwrap().covered, 9);
    log.close().await;
    assert_eq!(sizes(&disk), [3, 6, 8, 9, 10], "at the end");
    assert_eq!(known.latest().unwrap().note(), heads(&disk).last().unwrap().note());
    // A log that is merely dropped signs too.
    let log = open(disk.mount()).await.unwrap();
    drop(log);
    assert_eq!(sizes(&disk).last(), Some(&11));
}

/// Nobody sees a head that is not kept.
#[tokio::test]
async fn a_head_is_kept_before_it_is_shown() {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let log = Arc::new(open(Arc::new(folder.clone())).await.unwrap());
    let mut known = log.heads().unwrap();
    assert!(known.latest().is_none());
    let hold = Hold::new();
    // The head: write, sync.
    folder.at(2, Fault::Hold(hold.clone()));
    let signing = tokio::spawn({
        let log = Arc::clone(&log);
        async move { log.checkpoint().await }
    });
    hold.reached().await;
    assert!(known.latest().is_none());
    hold.release();
    signing.await.unwrap().unwrap();
    assert_eq!(known.next().await.unwrap().checkpoint().size(), 1);
    drop(log);
    assert!(known.next().await.is_none());
}

/// A head that is due holds up one caller of a batch, and no other: nobody closes the log under it.
#[tokio::test]
async fn one_waits_until_a_head_is_signed() {
    let folder = FaultyFolder::new(SimDisk::new().mount());
    let opened = setup(Arc::new(folder.clone()), Arc::new(ManualClock::new()));
    let log = Arc::new(opened.segments(u64::MAX, Duration::MAX).open().await.unwrap());
    let send = |number| {
        let log = Arc::clone(&log);
        tokio::spawn(async move { log.append(&ask(number)).await })
    };
    let (writing, signing) = (Hold::new(), Hold::new());
    // size, write, sync
    folder.at(3, Fault::Hold(writing.clone()));
    let first = send(1);
    writing.reached().await;
    let batch = [send(2), send(3), send(4)];
    settle().await;
    // The batch, and then the head: write.
    folder.at(4, Fault::Hold(signing.clone()));
    writing.release();
    first.await.unwrap().unwrap();
    signing.reached().await;
    settle().await;
    let answered = batch.iter().filter(|answer| answer.is_finished()).count();
    assert_eq!((answered, log.heads().unwrap().latest()), (2, None));
    signing.release();
    for answer in batch {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(log.heads().unwrap().latest().unwrap().checkpoint().size(), 5);
}

/// An idle log signs what is left within a second or two, and its default key is its own.
#[tokio::test]
async fn an_idle_log_signs_what_is_left() {
    let root = TempDir::new().unwrap();
    let log = FileLog::open(root.path()).await.unwrap();
    let mut known = log.heads().unwrap();
    log.append(&ask(1)).await.unwrap();
    let wait = tokio::time::timeout(Duration::from_secs(60), known.next());
    let head = wait.await.unwrap().unwrap();
    assert_eq!(head.checkpoint().size(), 2);
    assert_eq!(head.checkpoint().root(), log.tree().root());
    log.close().await;
    assert!(root.path().join("key.pub").exists());
}

/// A log put back from an old copy, or forked, without its checkpoints, does not open.
#[tokio::test]
async fn an_old_copy_does_not_open() {
    let disk = SimDisk::new();
    let log = open(disk.mount()).await.unwrap();
    log.append(&ask(0)).await.unwrap();
    log.close().await;
    let old = disk.copy();
    let log = open(disk.mount()).await.unwrap();
    for number in 1..10 {
        log.append(&ask(number)).await.unwrap();
    }
    log.close().await;
    let refuse = async |disk: SimDisk, says: &str| {
        let before: Vec<_> = disk.names().iter().map(|name| disk.read(name)).collect();
        let Err(Error::Damaged { why, .. }) = open(disk.mount()).await else { panic!("{says}") };
        assert!(why.contains(says), "{why}");
        let after: Vec<_> = disk.names().iter().map(|name| disk.read(name)).collect();
        assert_eq!(before, after, "the folder was changed");
    };
    let restored = old.copy();
    restored.write("checkpoints", &disk.read("checkpoints").unwrap());
    refuse(restored, "an old copy was put in its place").await;
    let forked = old.copy();
    let log = open(forked.mount()).await.unwrap();
    for number in 100..120 {
        log.append(&ask(number)).await.unwrap();
    }
    log.close().await;
    // In one file: of closed ones only `verify` reads everything.
    let bytes: Vec<u8> =
        files(&forked).iter().flat_map(|name| forked.read(name).unwrap()).collect();
    let one = SimDisk::new();
    one.write("log-00000000000000000001.jsonl", &bytes);
    one.write("checkpoints", &disk.read("checkpoints").unwrap());
    refuse(one, "not the records its last checkpoint was signed over").await;
    let other = SimDisk::new();
    open(other.mount()).await.unwrap().close().await;
    other.write("checkpoints", &disk.read("checkpoints").unwrap());
    refuse(other, "of another log").await;
    // A head that was changed: it names the key and does not fit.
    let bent = disk.copy();
    let text = String::from_utf8(bent.read("checkpoints").unwrap()).unwrap();
    let size = sizes(&bent).last().unwrap().to_string();
    let at = text.rfind(&format!("\n{size}\n")).unwrap();
    bent.write(
        "checkpoints",
        format!("{}\n1\n{}", &text[..at], &text[at + size.len() + 2..]).as_bytes(),
    );
    refuse(bent, "not what was signed").await;
}

/// A head that a crash cut short is cut off; nobody has seen it.
#[tokio::test]
async fn a_torn_head_is_cut_off() {
    let disk = SimDisk::new();
    let log = open(disk.mount()).await.unwrap();
    log.append(&ask(0)).await.unwrap();
    log.close().await;
    let whole = disk.read("checkpoints").unwrap();
    let last = heads(&disk).last().unwrap().note().to_owned();
    for cut in 0..last.len() {
        let disk = disk.copy();
        disk.write("checkpoints", &[&whole[..], b"\n", &last.as_bytes()[..cut]].concat());
        open(disk.mount()).await.unwrap().close().await;
        assert!(sizes(&disk).len() > 1, "cut at {cut}");
        assert!(disk.read("checkpoints").unwrap().starts_with(&whole));
    }
}

/// Refuses while it is told to.
#[derive(Debug)]
struct Moody(Arc<AtomicBool>);

impl Signer for Moody {
    fn key(&self) -> PublicKey {
        signer().key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        if self.0.load(Ordering::Relaxed) {
            return Err(SignError::new("not now"));
        }
        signer().sign(message)
    }
}

/// A signer that refuses costs no append, and its heads come later.
#[tokio::test]
async fn a_signer_that_fails_costs_no_append() {
    let (disk, refuses) = (SimDisk::new(), Arc::new(AtomicBool::new(true)));
    let opened = setup(disk.mount(), Arc::new(ManualClock::new()));
    let log = opened.signer(Moody(Arc::clone(&refuses))).open().await.unwrap();
    for number in 0..20 {
        log.append(&ask(number)).await.unwrap();
    }
    assert!(sizes(&disk).is_empty());
    assert!(files(&disk).len() > 3, "files are closed without a head");
    refuses.store(false, Ordering::Relaxed);
    for number in 20..24 {
        log.append(&ask(number)).await.unwrap();
    }
    assert!(against(&log, &disk).await.unwrap().covered > 20);
    assert!(whole(&log).await.len() > 24);
}
