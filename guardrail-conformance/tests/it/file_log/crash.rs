//! Losses of power at every operation, with every part of what was not synced kept.

use std::sync::Arc;

use guardrail_conformance::disk::{Fault, FaultyFolder, Hold, Kept, SimDisk};
use guardrail_core::audit::AuditLog;
use guardrail_core::model::Version;

use super::work::{ask, check, id, live, open, recovered, whole};

const LOG: &str = "log-00000000000000000001.jsonl";

/// Which parts of this many unsynced bytes to try: the ends, around every line, and steps between.
fn parts(disk: &SimDisk) -> Vec<Kept> {
    let bytes = disk.unsynced();
    let text = disk.read(LOG).unwrap_or_default();
    let tail = &text[text.len().saturating_sub(bytes)..];
    let ends = tail.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let mut cuts: Vec<usize> = ends.flat_map(|end| [end, end + 1, end + 2]).collect();
    cuts.extend((0..bytes).step_by(1 + bytes / 8));
    cuts.sort_unstable();
    cuts.dedup();
    let cuts = cuts.into_iter().map(Kept::Bytes);
    [Kept::Nothing, Kept::All].into_iter().chain(cuts).collect()
}

/// Whenever the power goes: what was answered is there, nothing is half there, and the log opens.
#[tokio::test]
async fn a_loss_of_power_takes_nothing_that_was_answered() {
    let mut full = false;
    for operation in 1.. {
        let disk = SimDisk::new();
        let folder = FaultyFolder::new(disk.mount());
        folder.dies_at(operation);
        let life = live(Arc::new(folder.clone())).await;
        for kept in parts(&disk) {
            let disk = disk.copy();
            disk.crash(kept);
            let what = format!("power lost at operation {operation}, {kept:?} kept");
            let more = check(disk.mount(), &[&life], &what).await;
            disk.crash(Kept::Nothing);
            check(disk.mount(), &[&life, &more], &format!("{what}, and again")).await;
        }
        if folder.operations().len() < operation {
            full = life.errors.is_empty();
            break;
        }
    }
    assert!(full, "a life without faults has errors");
}

/// A loss of power while the log recovers from one costs nothing either.
#[tokio::test]
async fn a_loss_of_power_during_recovery_is_recovered_from() {
    let torn = SimDisk::new();
    let life = live(torn.mount()).await;
    let mut bytes = torn.read(LOG).unwrap();
    bytes.extend_from_slice(b"{\"v\":1,\"log\":\"half a li");
    torn.write(LOG, &bytes);
    for operation in 1.. {
        let disk = torn.copy();
        let folder = FaultyFolder::new(disk.mount());
        folder.dies_at(operation);
        let opened = open(Arc::new(folder.clone())).await;
        let done = opened.is_ok();
        drop(opened);
        for kept in parts(&disk) {
            let disk = disk.copy();
            disk.crash(kept);
            let what = format!("power lost at operation {operation} of recovery, {kept:?} kept");
            check(disk.mount(), &[&life], &what).await;
            let kept = disk.names().iter().any(|name| {
                name.starts_with("torn-")
                    && disk.read(name).unwrap() == b"{\"v\":1,\"log\":\"half a li"
            });
            assert!(kept, "{what}: the torn end is nowhere");
        }
        if done {
            return;
        }
    }
}

/// A line without its end, bytes of anything behind the last line, and the first lines of an
/// append without its last are moved aside, and that is on record.
#[tokio::test]
async fn a_torn_end_is_moved_aside_and_recorded() {
    let disk = SimDisk::new();
    live(disk.mount()).await;
    let file = disk.read(LOG).unwrap();
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    // Lines 3 and 4 are one append.
    let half = lines[..3].concat();
    let cases: [(&str, Vec<u8>, usize); 5] = [
        ("half a line", file[..file.len() - 10].to_vec(), lines[..lines.len() - 1].concat().len()),
        ("no line feed", file[..file.len() - 1].to_vec(), lines[..lines.len() - 1].concat().len()),
        ("zeroes", [&file[..], &[0; 5000]].concat(), file.len()),
        ("half an append", half.clone(), lines[..2].concat().len()),
        ("half an append and half a line", [&half[..], b"{"].concat(), lines[..2].concat().len()),
    ];
    for (what, bytes, good) in cases {
        let disk = SimDisk::new();
        disk.write(LOG, &bytes);
        let log = open(disk.mount()).await.unwrap();
        let said = recovered(&log).await.unwrap();
        let file = disk.names().into_iter().find(|name| name.starts_with("torn-")).unwrap();
        let expected =
            format!("{} bytes of an unfinished write, now in `{file}`", bytes.len() - good);
        assert_eq!(said, expected, "{what}");
        assert_eq!(disk.read(&file).unwrap(), bytes[good..], "{what}");
        assert_eq!(disk.read(LOG).unwrap()[..good], bytes[..good], "{what}");
        log.close().await;
        let again = open(disk.mount()).await.unwrap();
        let names = disk.names().into_iter().filter(|name| name.starts_with("torn-"));
        assert_eq!(names.count(), 1, "{what}: it was recovered twice");
        again.close().await;
    }
}

/// Two torn ends at the same place are both kept.
#[tokio::test]
async fn no_torn_end_replaces_another() {
    let disk = SimDisk::new();
    disk.write(LOG, b"first");
    open(disk.mount()).await.unwrap().close().await;
    disk.write(LOG, b"second");
    open(disk.mount()).await.unwrap().close().await;
    assert_eq!(disk.read("torn-1-1").unwrap(), b"first");
    assert_eq!(disk.read("torn-1-2").unwrap(), b"second");
}

/// A failed sync after which the system takes for written what is not: what was answered before
/// and after it is there even if the power goes at last.
#[tokio::test]
async fn a_sync_that_lies_afterwards_costs_nothing() {
    for nth in 1..=6 {
        let disk = SimDisk::new();
        disk.fail_sync(nth);
        let life = live(disk.mount()).await;
        assert!(!life.errors.is_empty(), "sync {nth} did not fail");
        let what = format!("sync {nth} failed");
        let more = check(disk.mount(), &[&life], &what).await;
        disk.crash(Kept::Nothing);
        check(disk.mount(), &[&life, &more], &format!("{what}, then the power")).await;
    }
}

/// What was read is durable: nobody acts on what a loss of power takes back.
#[tokio::test]
async fn nobody_reads_what_is_not_durable() {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let log = Arc::new(open(Arc::new(folder.clone())).await.unwrap());
    let hold = Hold::new();
    // size, write, sync
    folder.at(3, Fault::Hold(hold.clone()));
    let writing = Arc::clone(&log);
    let write = tokio::spawn(async move { writing.append(&ask(1)).await });
    hold.reached().await;
    assert!(log.stream(id(1), Version::START).await.unwrap().is_empty());
    assert!(log.open(None, 10).await.unwrap().is_empty());
    assert_eq!(whole(&log).await.len(), 1);
    assert_eq!(log.tree().size(), 1);
    hold.release();
    write.await.unwrap().unwrap();
    assert_eq!(log.stream(id(1), Version::START).await.unwrap().len(), 1);
    assert_eq!(log.tree().size(), 2);
}
