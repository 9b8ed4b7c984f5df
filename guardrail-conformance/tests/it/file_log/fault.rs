//! Faults of the disk at every operation: what they cost, and what they must not.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_conformance::disk::{Fault, FaultyFolder, Kept, SimDisk};
use guardrail_core::audit::{AuditLog, Error, FileLog};
use guardrail_core::model::{Sequence, Version};

use super::small::setup;
use super::work::{ask, check, id, live, note, open, whole};

/// A fresh log on a disk whose operations can be made to fail.
async fn fresh() -> (SimDisk, FaultyFolder, Arc<FileLog>) {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let log = open(Arc::new(folder.clone())).await.unwrap();
    (disk, folder, Arc::new(log))
}

/// Whatever operation fails, and however: what was answered with a yes is there, nothing is half
/// there, and the log opens again, even if the power goes on top.
#[tokio::test]
async fn a_fault_takes_nothing_that_was_answered() {
    let faults = [
        Fault::Error(ErrorKind::Other),
        Fault::Error(ErrorKind::StorageFull),
        Fault::Short(0),
        Fault::Short(1),
        Fault::Short(1500),
        Fault::Panic,
    ];
    for fault in faults {
        for operation in 1.. {
            let disk = SimDisk::new();
            let folder = FaultyFolder::new(disk.mount());
            folder.at(operation, fault.clone());
            let life = live(Arc::new(folder.clone())).await;
            let what = format!("{fault:?} at operation {operation}");
            let crashed = disk.copy();
            crashed.crash(Kept::Nothing);
            check(crashed.mount(), &[&life], &format!("{what}, and the power")).await;
            check(disk.mount(), &[&life], &what).await;
            if folder.operations().len() < operation {
                assert!(life.errors.is_empty(), "{what} was never reached");
                break;
            }
        }
    }
}

/// A write that fails is cut off again, told to its caller, and the log goes on: a full disk may
/// have room again.
#[tokio::test]
async fn a_failed_write_is_undone() {
    for fault in [Fault::Error(ErrorKind::Other), Fault::Short(0), Fault::Short(700)] {
        let (_, folder, log) = fresh().await;
        // size, write
        folder.at(2, fault.clone());
        let failed = log.append(&ask(1)).await;
        assert!(matches!(failed, Err(Error::Storage { doing: "write", .. })), "{failed:?}");
        assert!(failed.unwrap_err().is_transient());
        assert!(log.stream(id(1), Version::START).await.unwrap().is_empty());
        assert_eq!(folder.operations().last(), Some(&"truncate"), "{fault:?}");
        log.append(&ask(1)).await.unwrap();
        assert_eq!(whole(&log).await.len(), 2);
    }
}

/// An interrupted write is no failure.
#[tokio::test]
async fn an_interrupted_write_goes_on() {
    let (_, folder, log) = fresh().await;
    folder.at(2, Fault::Error(ErrorKind::Interrupted));
    log.append(&ask(1)).await.unwrap();
}

/// What leaves the file in doubt stops the log: it refuses everything, for good, and whoever
/// waits is told.
#[tokio::test]
async fn a_file_in_doubt_stops_the_log() {
    // size, write, sync: a failed look, a failed sync, and a failed write that cannot be undone.
    let troubles: [&[(usize, Fault)]; 4] = [
        &[(1, Fault::Error(ErrorKind::Other))],
        &[(3, Fault::Error(ErrorKind::Other))],
        &[(2, Fault::Error(ErrorKind::Other)), (3, Fault::Error(ErrorKind::Other))],
        &[(2, Fault::Panic)],
    ];
    for trouble in troubles {
        let (disk, folder, log) = fresh().await;
        log.append(&ask(1)).await.unwrap();
        let waits = [
            tokio::spawn({
                let log = Arc::clone(&log);
                async move { log.changed(id(1), Version::new(1)).await }
            }),
            tokio::spawn({
                let log = Arc::clone(&log);
                async move { log.grown(Sequence::new(2)).await }
            }),
        ];
        tokio::task::yield_now().await;
        for (operation, fault) in trouble {
            folder.at(*operation, fault.clone());
        }
        let failed = log.append(&ask(2)).await;
        assert!(matches!(failed, Err(Error::Storage { .. })), "{trouble:?}: {failed:?}");
        for wait in waits {
            let told = tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap().unwrap();
            assert!(matches!(told, Err(Error::Poisoned { .. })), "{trouble:?}: {told:?}");
        }
        let refused = [
            log.append(&ask(3)).await.map(drop),
            log.stream(id(1), Version::START).await.map(drop),
            log.read(Sequence::START, 10).await.map(drop),
            log.changed(id(1), Version::START).await,
            log.grown(Sequence::START).await,
            log.open(None, 10).await.map(drop),
            log.orphaned(10).await.map(drop),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(Error::Poisoned { .. })), "{trouble:?}: {refused:?}");
        }
        drop(log);
        let log = open(disk.mount()).await.unwrap();
        log.append(&ask(3)).await.unwrap();
        assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 1);
    }
}

/// Whoever goes without an answer because the writer panicked, and looks, is told that the log has
/// stopped: not that nothing is there, while it may be in the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_panic_stops_the_log_before_anyone_is_told() {
    for _ in 0..200 {
        let (_, folder, log) = fresh().await;
        // size, write, sync
        folder.at(3, Fault::Panic);
        let waits: Vec<_> = (1..10)
            .map(|number| {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let failed = log.append(&ask(number)).await;
                    (failed, log.stream(id(number), Version::START).await)
                })
            })
            .collect();
        for wait in waits {
            let (failed, looked) = wait.await.unwrap();
            assert!(failed.is_err(), "{failed:?}");
            assert!(matches!(looked, Err(Error::Poisoned { .. })), "{looked:?}");
        }
    }
}

/// The same where it panics while it signs a head, for the one of its batch who waits for that.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_panic_while_a_head_is_signed_stops_the_log_before_the_last_is_told() {
    for _ in 0..200 {
        let folder = FaultyFolder::new(SimDisk::new().mount());
        let opened = setup(Arc::new(folder.clone()), Arc::new(ManualClock::new()));
        let log = opened.segments(u64::MAX, Duration::MAX).open().await.unwrap();
        log.append(&ask(1)).await.unwrap();
        // The third record: size, write, sync; its head: write.
        folder.at(4, Fault::Panic);
        let failed = log.append(&ask(2)).await;
        assert!(failed.is_err(), "{failed:?}");
        let looked = log.stream(id(2), Version::START).await;
        assert!(matches!(looked, Err(Error::Poisoned { .. })), "{looked:?}");
    }
}

/// A file that another hand has cut, or written to, is not written on.
#[tokio::test]
async fn another_hand_in_the_file_stops_the_log() {
    const LOG: &str = "log-00000000000000000001.jsonl";
    for change in [|_: &[u8]| Vec::new(), |bytes: &[u8]| [bytes, b"x"].concat()] {
        let (disk, _, log) = fresh().await;
        log.append(&ask(1)).await.unwrap();
        let changed = change(&disk.read(LOG).unwrap());
        disk.write(LOG, &changed);
        let failed = log.append(&ask(2)).await;
        assert!(matches!(failed, Err(Error::Storage { .. })), "{failed:?}");
        let stopped = log.append(&ask(2)).await;
        assert!(matches!(stopped, Err(Error::Poisoned { .. })), "{stopped:?}");
        assert_eq!(disk.read(LOG).unwrap(), changed, "it was written on");
    }
}

/// What is read back and is not what was written is told, wherever it stands.
#[tokio::test]
async fn a_line_that_changed_is_noticed() {
    const LOG: &str = "log-00000000000000000001.jsonl";
    let (disk, _, log) = fresh().await;
    log.append(&ask(1)).await.unwrap();
    let end = guardrail_core::model::AuditEvent::Expired;
    let end = guardrail_core::audit::Append::new(id(1), Version::new(1), vec![end]);
    log.append(&end).await.unwrap();
    let text = String::from_utf8(disk.read(LOG).unwrap()).unwrap();
    // The stream is closed, so it is read from the file.
    let other = id(2).to_string();
    for forged in [text.replace(&id(1).to_string(), &other), text.replace("\"v\":1", "\"v\":7")] {
        disk.write(LOG, forged.as_bytes());
        let read = log.stream(id(1), Version::START).await;
        assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
    }
    disk.write(LOG, text.replace("\"seq\":2", "\"seq\":9").as_bytes());
    let read = log.read(Sequence::START, 10).await;
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
}

/// A read that fails is told and stops nothing.
#[tokio::test]
async fn a_failed_read_is_only_that() {
    let (_, folder, log) = fresh().await;
    folder.at(1, Fault::Error(ErrorKind::Other));
    let failed = log.read(Sequence::START, 10).await;
    assert!(matches!(failed, Err(Error::Storage { doing: "read", .. })), "{failed:?}");
    assert_eq!(log.read(Sequence::START, 10).await.unwrap().len(), 1);
    log.append(&ask(1)).await.unwrap();
}

/// A record that is longer than a line may be is refused, and so is an append of too many of
/// them; neither leaves a trace.
#[tokio::test]
async fn what_is_too_long_is_refused() {
    let (_, _, log) = fresh().await;
    log.append(&ask(1)).await.unwrap();
    let long = log.append(&note(1, 1, 8 * 1024 * 1024)).await;
    assert!(matches!(long, Err(Error::Illegal { .. })), "a long line gave {long:?}");
    let mut many = note(1, 1, 7 * 1024 * 1024);
    many.events = vec![many.events[0].clone(); 3];
    let many = log.append(&many).await;
    assert!(matches!(many, Err(Error::Illegal { .. })), "a long append gave {many:?}");
    log.append(&note(1, 1, 1)).await.unwrap();
    assert_eq!(whole(&log).await.len(), 3);
}

/// A page of large records is shorter than it may be, so that memory is bounded; the rest is on
/// the next ones.
#[tokio::test]
async fn a_page_is_bounded_in_bytes() {
    let (_, _, log) = fresh().await;
    log.append(&ask(1)).await.unwrap();
    for version in 1..6 {
        log.append(&note(1, version, 6 * 1024 * 1024)).await.unwrap();
    }
    assert_eq!(log.read(Sequence::START, 1000).await.unwrap().len(), 5);
    assert_eq!(whole(&log).await.len(), 7);
}
