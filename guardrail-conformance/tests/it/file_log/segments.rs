//! Files that are closed and followed by others: crashes at every step, and what is found again.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::ManualClock;
use guardrail_conformance::disk::{Fault, FaultyFolder, Kept, SimDisk};
use guardrail_core::audit::{Append, AuditLog, AuditRecord, Error, FileLog, verify};
use guardrail_core::model::{AuditEvent, Digest, Sequence, Version};

use super::small::{against, files, open, opening, setup};
use super::work::{allow, ask, check_as, id, live_as, note, whole};

/// Which parts of what was not synced to try.
fn parts(disk: &SimDisk) -> Vec<Kept> {
    let bytes = disk.unsynced();
    let cuts = (0..bytes).step_by(1 + bytes / 4).map(Kept::Bytes);
    [Kept::Nothing, Kept::All].into_iter().chain(cuts).collect()
}

/// Whenever the power goes, at every step of closing a file and signing a head: what was answered
/// is there, the log opens, and it leads to every head that was kept.
#[tokio::test]
async fn a_loss_of_power_at_any_step_takes_nothing() {
    let mut full = false;
    for operation in 1.. {
        let disk = SimDisk::new();
        let folder = FaultyFolder::new(disk.mount());
        folder.dies_at(operation);
        let life = live_as(Arc::new(folder.clone()), opening).await;
        for kept in parts(&disk) {
            let disk = disk.copy();
            disk.crash(kept);
            let what = format!("power lost at operation {operation}, {kept:?} kept");
            let more = check_as(disk.mount(), opening, &[&life], &what).await;
            disk.crash(Kept::Nothing);
            check_as(disk.mount(), opening, &[&life, &more], &format!("{what}, and again")).await;
            let log = open(disk.mount()).await.unwrap();
            let report = against(&log, &disk).await;
            assert!(report.is_ok(), "{what}: {report:?}");
        }
        if folder.operations().len() < operation {
            full = life.errors.is_empty();
            assert!(files(&disk).len() > 2, "no file was closed: {:?}", disk.names());
            let done = folder.operations();
            assert!(done.contains(&"protect") && done.contains(&"create"), "{done:?}");
            break;
        }
    }
    assert!(full, "a life without faults has errors");
}

/// Whatever operation fails, and however, costs nothing that was answered.
#[tokio::test]
async fn a_fault_at_any_step_takes_nothing() {
    let faults = [
        Fault::Error(ErrorKind::Other),
        Fault::Error(ErrorKind::StorageFull),
        Fault::Short(100),
        Fault::Panic,
    ];
    for fault in faults {
        for operation in 1.. {
            let disk = SimDisk::new();
            let folder = FaultyFolder::new(disk.mount());
            folder.at(operation, fault.clone());
            let life = live_as(Arc::new(folder.clone()), opening).await;
            let what = format!("{fault:?} at operation {operation}");
            let crashed = disk.copy();
            crashed.crash(Kept::Nothing);
            check_as(crashed.mount(), opening, &[&life], &format!("{what}, and the power")).await;
            check_as(disk.mount(), opening, &[&life], &what).await;
            if folder.operations().len() < operation {
                assert!(life.errors.is_empty(), "{what} was never reached");
                break;
            }
        }
    }
}

/// Who waits hears of the last move of a request even when its file is closed before he looks.
#[tokio::test]
async fn a_move_is_not_missed_because_its_file_is_closed() {
    let disk = SimDisk::new();
    let log = open(disk.mount()).await.unwrap();
    log.append(&ask(1000)).await.unwrap();
    let mut waits = std::pin::pin!(log.changed(id(1000), Version::new(1)));
    let early = tokio::time::timeout(Duration::from_millis(1), waits.as_mut()).await;
    assert!(early.is_err(), "nothing has moved yet");
    let denied = AuditEvent::Denied { by: None, reason: None };
    log.append(&Append::new(id(1000), Version::new(1), vec![denied])).await.unwrap();
    let before = files(&disk).len();
    for number in 0.. {
        log.append(&allow(number)).await.unwrap();
        if files(&disk).len() > before + 1 {
            break;
        }
    }
    let heard = tokio::time::timeout(Duration::from_secs(10), waits).await;
    assert!(matches!(heard, Ok(Ok(()))), "the waiter did not hear of it: {heard:?}");
}

/// A log of 120 requests in many files, every third of them open.
async fn long(disk: &SimDisk) -> Vec<Arc<AuditRecord>> {
    let log = open(disk.mount()).await.unwrap();
    for number in 0..120 {
        log.append(&allow(number)).await.unwrap();
        if number % 3 > 0 {
            let done = vec![AuditEvent::Completed];
            log.append(&Append::new(id(number), Version::new(2), done)).await.unwrap();
        }
    }
    let all = whole(&log).await;
    log.close().await;
    assert!(files(disk).len() > 50, "{}", files(disk).len());
    all
}

/// The files in the order of their names are the log; each says of the one before it what
/// `sha256sum` says; closed ones are read-only.
#[tokio::test]
async fn the_files_are_the_log() {
    let disk = SimDisk::new();
    let all = long(&disk).await;
    let bytes: Vec<u8> = files(&disk).iter().flat_map(|name| disk.read(name).unwrap()).collect();
    let lines: String = all.iter().map(|record| format!("{}\n", record.line())).collect();
    assert_eq!(String::from_utf8(bytes).unwrap(), lines);
    let mut closed = files(&disk).into_iter();
    for record in &all {
        let AuditEvent::Rotated { file, bytes, sha256 } = record.event() else { continue };
        assert_eq!(**file, closed.next().unwrap());
        let content = disk.read(file).unwrap();
        assert_eq!((*bytes, *sha256), (content.len() as u64, Digest::of(&content)));
        let opened = disk.mount().open(file);
        assert_eq!(opened.unwrap_err().kind(), ErrorKind::PermissionDenied, "{file}");
    }
    assert_eq!(closed.count(), 1, "all but the last are closed");
}

/// After a restart everything is found: records, streams, versions, what is open.
#[tokio::test]
async fn everything_is_found_again() {
    let disk = SimDisk::new();
    let all = long(&disk).await;
    let log = open(disk.mount()).await.unwrap();
    verify(&log).await.unwrap();
    let now = whole(&log).await;
    assert!(all.iter().map(|r| r.line()).eq(now.iter().take(all.len()).map(|r| r.line())));
    for number in 0..120 {
        let stream = log.stream(id(number), Version::START).await.unwrap();
        let expected = all.iter().filter(|record| record.id() == id(number)).map(|r| r.line());
        assert!(stream.iter().map(|r| r.line()).eq(expected), "request {number}");
        log.changed(id(number), Version::new(1)).await.unwrap();
        let again = log.append(&allow(number)).await;
        assert!(matches!(again, Err(Error::Conflict { actual }) if actual.get() >= 2), "{again:?}");
    }
    let mut found = Vec::new();
    while let Ok(page) = log.open(found.last().copied(), 7).await
        && !page.is_empty()
    {
        found.extend(page);
    }
    let expected: Vec<_> = (0..120).step_by(3).map(id).collect();
    assert_eq!(found, expected);
    let orphans = log.orphaned(1000).await.unwrap();
    assert_eq!(orphans.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), expected);
    // A page that begins with one that is settled goes on behind it.
    assert_eq!(log.open(Some(id(10)), 1).await.unwrap(), [id(12)]);
    // Streams go on across files, open ones and settled ones.
    for number in [0, 1, 60, 61] {
        let version = if number % 3 == 0 { 2 } else { 3 };
        log.append(&note(number, version, 10)).await.unwrap();
        let stream = log.stream(id(number), Version::new(1)).await.unwrap();
        assert_eq!(stream.len() as u64, version);
        assert_eq!(stream.last().unwrap().version(), Version::new(version + 1));
    }
    log.close().await;
    let log = open(disk.mount()).await.unwrap();
    assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 4);
    verify(&log).await.unwrap();
}

/// Opening reads the file that is written and the ends of the closed ones, not the whole log.
#[tokio::test]
async fn opening_reads_little() {
    let disk = SimDisk::new();
    long(&disk).await;
    let bytes: usize = files(&disk).iter().map(|name| disk.read(name).unwrap().len()).sum();
    let folder = FaultyFolder::new(disk.mount());
    open(Arc::new(folder.clone())).await.unwrap();
    let reads = folder.operations().iter().filter(|name| **name == "read").count();
    assert!(reads < files(&disk).len() * 5 + 20, "{reads} reads of {bytes} bytes");
    // Without indexes the whole log is read, once; then they are there again.
    let bare = SimDisk::new();
    files(&disk).iter().for_each(|name| bare.write(name, &disk.read(name).unwrap()));
    let log = open(bare.mount()).await.unwrap();
    verify(&log).await.unwrap();
    log.close().await;
    for name in disk.names().iter().filter(|name| name.ends_with(".index")) {
        assert_eq!(bare.read(name), disk.read(name), "{name}");
    }
}

/// An index that was changed in its front is made again; in its body, it is told, and nothing is
/// taken for new that may be old.
#[tokio::test]
async fn a_changed_index_is_not_believed() {
    let disk = SimDisk::new();
    long(&disk).await;
    let names: Vec<String> =
        disk.names().into_iter().filter(|name| name.ends_with(".index")).collect();
    for at in [0, 9, 20, 60, 200] {
        let disk = disk.copy();
        let good = disk.read(&names[7]).unwrap();
        let mut bent = good.clone();
        bent[at] ^= 1;
        disk.write(&names[7], &bent);
        let log = open(disk.mount()).await.unwrap();
        verify(&log).await.unwrap();
        assert_eq!(disk.read(&names[7]).unwrap(), good, "byte {at}");
    }
    // Cut, or of another file.
    for bent in [disk.read(&names[7]).unwrap()[..99].to_vec(), disk.read(&names[8]).unwrap()] {
        let disk = disk.copy();
        disk.write(&names[7], &bent);
        open(disk.mount()).await.unwrap();
        assert_ne!(disk.read(&names[7]).unwrap(), bent);
    }
    let good = disk.read(&names[7]).unwrap();
    let old = AuditRecord::parse(
        std::str::from_utf8(&disk.read(&files(&disk)[7]).unwrap()).unwrap().lines().last().unwrap(),
    );
    let old = old.unwrap().id();
    for at in (good.len() - 4096..good.len() - 4096 + 63 * 64).step_by(97) {
        let disk = disk.copy();
        let mut bent = good.clone();
        bent[at] ^= 1;
        disk.write(&names[7], &bent);
        let log = open(disk.mount()).await.unwrap();
        let again = Append::new(old, Version::START, allow(0).events);
        let refused = log.append(&again).await;
        assert!(
            matches!(refused, Err(Error::Damaged { .. } | Error::Conflict { .. })),
            "byte {at}: {refused:?}"
        );
    }
}

/// A closed file that is missing, cut or changed at its end keeps the log shut.
#[tokio::test]
async fn a_closed_file_that_changed_keeps_the_log_shut() {
    let disk = SimDisk::new();
    long(&disk).await;
    let names = files(&disk);
    let shut = async |bent: Vec<(String, Vec<u8>)>, what: &str| {
        let disk = SimDisk::new();
        bent.iter().for_each(|(name, bytes)| disk.write(name, bytes));
        let refused = open(disk.mount()).await;
        assert!(matches!(refused, Err(Error::Damaged { .. })), "{what}: {refused:?}");
    };
    let all: Vec<(String, Vec<u8>)> =
        disk.names().into_iter().map(|name| (name.clone(), disk.read(&name).unwrap())).collect();
    for (gone, what) in [(0, "the first"), (5, "one"), (names.len() - 1, "the last")] {
        let rest = all.iter().filter(|(name, _)| *name != names[gone]).cloned().collect();
        shut(rest, &format!("{what} is missing")).await;
    }
    for cut in [1, 100, 900] {
        let mut bent = all.clone();
        let file = bent.iter_mut().find(|(name, _)| *name == names[5]).unwrap();
        file.1.truncate(file.1.len() - cut);
        shut(bent, &format!("one is shorter by {cut}")).await;
    }
    let mut bent = all.clone();
    let file = bent.iter_mut().find(|(name, _)| *name == names[5]).unwrap();
    let at = file.1.len() - 90;
    file.1[at] ^= 1;
    shut(bent, "the last line of one is another").await;
    // What is changed inside is found by whoever reads it, and by `verify`.
    disk.write(&names[5], &{
        let mut bytes = disk.read(&names[5]).unwrap();
        bytes[300] ^= 1;
        bytes
    });
    let log = open(disk.mount()).await.unwrap();
    verify(&log).await.unwrap_err();
}

/// A file is closed when its first record is old, too.
#[tokio::test]
async fn an_old_file_is_closed() {
    let (disk, clock) = (SimDisk::new(), Arc::new(ManualClock::new()));
    let opened =
        setup(disk.mount(), Arc::clone(&clock)).segments(u64::MAX, Duration::from_secs(60));
    let log: FileLog = opened.open().await.unwrap();
    for (number, wait) in [(1, 59), (2, 1), (3, 59), (4, 1)] {
        log.append(&ask(number)).await.unwrap();
        clock.advance(Duration::from_secs(wait));
    }
    assert_eq!(files(&disk).len(), 2);
    assert_eq!(files(&disk)[1], "log-00000000000000000004.jsonl");
    log.append(&ask(5)).await.unwrap();
    assert_eq!(files(&disk).len(), 3);
    assert_eq!(log.read(Sequence::START, 100).await.unwrap().len(), 8);
}
