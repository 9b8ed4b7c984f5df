//! Appends made at once share one write and one sync, and are answered one by one.

use std::sync::Arc;

use guardrail_conformance::disk::{Fault, FaultyFolder, Hold, SimDisk};
use guardrail_core::audit::{Append, AuditLog, Error, FileLog};
use guardrail_core::model::Version;
use tokio::task::JoinHandle;

use super::work::{ask, id, note, open};

type Answer = JoinHandle<Result<guardrail_core::audit::Appended, Error>>;

fn send(log: &Arc<FileLog>, append: Append) -> Answer {
    let log = Arc::clone(log);
    tokio::spawn(async move { log.append(&append).await })
}

/// Lets every task run until it waits.
pub(super) async fn settle() {
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
}

/// A log whose writer is held in the sync of request 1's append.
async fn held() -> (SimDisk, FaultyFolder, Arc<FileLog>, Hold, Answer) {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let log = Arc::new(open(Arc::new(folder.clone())).await.unwrap());
    let hold = Hold::new();
    // size, write, sync
    folder.at(3, Fault::Hold(hold.clone()));
    let first = send(&log, ask(1));
    hold.reached().await;
    (disk, folder, log, hold, first)
}

/// What gathers while one batch is synced is the next batch: one write, one sync.
#[tokio::test]
async fn what_gathers_is_written_at_once() {
    let (_, folder, log, hold, first) = held().await;
    let rest: Vec<Answer> = (2..100).map(|number| send(&log, ask(number))).collect();
    settle().await;
    let before = folder.operations().len();
    hold.release();
    first.await.unwrap().unwrap();
    for answer in rest {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(folder.operations()[before..], ["size", "write", "sync"]);
}

/// A conflict is told only when what it conflicts with is durable: whoever looks then finds it.
#[tokio::test]
async fn a_conflict_can_be_looked_up() {
    let (_, folder, log, hold, first) = held().await;
    let winner = send(&log, ask(2));
    settle().await;
    let loser = send(&log, ask(2));
    settle().await;
    let second = Hold::new();
    folder.at(3, Fault::Hold(second.clone()));
    hold.release();
    first.await.unwrap().unwrap();
    second.reached().await;
    settle().await;
    assert!(!loser.is_finished(), "it was told before the winner was durable");
    second.release();
    let lost = loser.await.unwrap();
    assert!(matches!(lost, Err(Error::Conflict { actual }) if actual == Version::new(1)));
    assert_eq!(log.stream(id(2), Version::START).await.unwrap().len(), 1);
    winner.await.unwrap().unwrap();
}

/// Appends to one stream that are made at once are judged in the order they were made.
#[tokio::test]
async fn a_batch_is_judged_in_order() {
    let (_, _, log, hold, first) = held().await;
    let mut answers = Vec::new();
    for version in 1..20 {
        answers.push(send(&log, note(1, version, 10)));
        settle().await;
    }
    hold.release();
    first.await.unwrap().unwrap();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 20);
}

/// When a batch cannot be written nobody in it is told yes, or a conflict with what is not there.
#[tokio::test]
async fn a_batch_fails_as_one() {
    let (_, folder, log, hold, first) = held().await;
    let mut answers = vec![send(&log, ask(2))];
    settle().await;
    answers.push(send(&log, ask(2)));
    answers.push(send(&log, ask(3)));
    settle().await;
    folder.at(2, Fault::Short(1500));
    hold.release();
    first.await.unwrap().unwrap();
    for answer in answers {
        let failed = answer.await.unwrap();
        assert!(matches!(failed, Err(Error::Storage { .. })), "{failed:?}");
    }
    log.append(&ask(2)).await.unwrap();
}

/// An append that was dropped while it waited in line is not made; one on its way is, whole.
#[tokio::test]
async fn a_dropped_append_leaves_the_line() {
    let (_, _, log, hold, first) = held().await;
    let waiting = send(&log, ask(2));
    let kept = send(&log, ask(3));
    settle().await;
    waiting.abort();
    first.abort();
    settle().await;
    hold.release();
    kept.await.unwrap().unwrap();
    assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 1);
    assert_eq!(log.stream(id(2), Version::START).await.unwrap().len(), 0);
}

/// However many appends come at once, all are answered; more than the line has places for wait
/// for one.
#[tokio::test]
async fn a_crowd_is_served() {
    let (_, folder, log, hold, first) = held().await;
    let crowd: Vec<Answer> = (2..3000).map(|number| send(&log, ask(number))).collect();
    settle().await;
    hold.release();
    first.await.unwrap().unwrap();
    for answer in crowd {
        answer.await.unwrap().unwrap();
    }
    let syncs = folder.operations().iter().filter(|name| **name == "sync").count();
    assert!((4..100).contains(&syncs), "{syncs} syncs for 3000 appends");
}

/// Closing waits for what was lined up, even if nobody waits for its answer.
#[tokio::test]
async fn closing_waits_for_the_line() {
    let (disk, _, log, hold, first) = held().await;
    first.abort();
    settle().await;
    let log = Arc::into_inner(log).unwrap();
    let closing = tokio::spawn(log.close());
    settle().await;
    assert!(!closing.is_finished(), "it was closed under its writer");
    hold.release();
    closing.await.unwrap();
    let log = open(disk.mount()).await.unwrap();
    assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 1);
}
