//! Faults and losses of power at every operation of the folder.

use std::io::ErrorKind;
use std::sync::Arc;

use guardrail_conformance::SeededEntropy;
use guardrail_conformance::disk::{Fault, FaultyFolder, Kept, SimDisk};
use guardrail_core::audit::sidecar::{FolderSidecar, Label, Opening, Sidecar};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::RequestId;
use guardrail_core::model::secret::Salt;

pub(super) fn entropy() -> SeededEntropy {
    SeededEntropy::new(3)
}

const VALUE: &str = "4111-1111-1111-1111";

fn openings() -> Vec<Opening> {
    let entropy = entropy();
    let opening = |n: u8| {
        let id = RequestId::random(Timestamp::from_micros(0), &entropy).unwrap();
        Opening::new(id, "/card", Salt::from_bytes([n; 32]), format!("\"{VALUE}-{n}\""))
    };
    (0..3).map(opening).collect()
}

fn labels(openings: &[Opening]) -> Vec<Label> {
    openings.iter().map(Opening::label).collect()
}

const FAULTS: [Fault; 5] = [
    Fault::Error(ErrorKind::Other),
    Fault::Error(ErrorKind::StorageFull),
    Fault::Short(0),
    Fault::Short(1),
    Fault::Short(40),
];

/// Whatever operation fails: what `keep` said yes to is there, even after a loss of power; and where
/// it said no, nothing of the values is left on a disk that otherwise works.
#[tokio::test]
async fn a_fault_while_keeping_is_told() {
    let openings = openings();
    for fault in FAULTS {
        let mut refused = 0;
        for operation in 1.. {
            let disk = SimDisk::new();
            let folder = FaultyFolder::new(disk.mount());
            let sidecar = FolderSidecar::open_in(Arc::new(folder.clone()));
            folder.at(operation, fault.clone());
            let kept = sidecar.keep(&openings).await;
            let what = format!("{fault:?} at operation {operation}");
            if folder.operations().len() < operation {
                assert!(kept.is_ok(), "{what} was never reached");
                break;
            }
            // A write that is short is gone on with, and may find room.
            if kept.is_ok() {
                disk.crash(Kept::Nothing);
                let sidecar = FolderSidecar::open_in(disk.mount());
                for label in labels(&openings) {
                    assert!(sidecar.open(&label).await.unwrap().unwrap().is_sound(), "{what}");
                }
                continue;
            }
            refused += 1;
            // The fault of a short write comes back once, and may hit the taking back.
            if matches!(fault, Fault::Error(_)) {
                assert!(!disk.holds(VALUE.as_bytes()), "{what} left a value behind");
                assert_eq!(disk.names(), [""; 0], "{what} left a file behind");
            }
        }
        assert!(refused > 3, "{fault:?} refused {refused} times");
    }
}

/// Whatever operation fails: what `erase` said yes to is gone, even after a loss of power; and where
/// it said no, to do it again is enough.
#[tokio::test]
async fn a_fault_while_erasing_is_told() {
    let openings = openings();
    for fault in FAULTS {
        let mut failed = 0;
        for operation in 1.. {
            let disk = SimDisk::new();
            let folder = FaultyFolder::new(disk.mount());
            let sidecar = FolderSidecar::open_in(Arc::new(folder.clone()));
            sidecar.keep(&openings).await.unwrap();
            let before = folder.operations().len();
            folder.at(operation, fault.clone());
            let erased = sidecar.erase(&labels(&openings)).await;
            let what = format!("{fault:?} at operation {operation}");
            if folder.operations().len() < before + operation {
                assert!(erased.is_ok(), "{what} was never reached");
                break;
            }
            for kept in [Kept::Nothing, Kept::Bytes(7), Kept::All] {
                let crashed = disk.copy();
                crashed.crash(kept);
                let sidecar = FolderSidecar::open_in(crashed.mount());
                if erased.is_err() {
                    sidecar.erase(&labels(&openings)).await.unwrap();
                }
                crashed.crash(Kept::Nothing);
                assert!(!crashed.holds(VALUE.as_bytes()), "{what}, and the power: it is left");
                let sidecar = FolderSidecar::open_in(crashed.mount());
                assert_eq!(sidecar.labels(None, 9).await.unwrap(), [], "{what}, and the power");
            }
            failed += usize::from(erased.is_err());
        }
        assert!(failed > 3, "{fault:?} failed {failed} times");
    }
}

/// The power goes at every operation: what is kept before its call is on record is there, and what
/// is erased is gone or is erased again.
#[tokio::test]
async fn a_loss_of_power_loses_nothing_that_was_answered() {
    let openings = openings();
    for operation in 1.. {
        for kept in [Kept::Nothing, Kept::Bytes(30), Kept::All] {
            let disk = SimDisk::new();
            let folder = FaultyFolder::new(disk.mount());
            let sidecar = FolderSidecar::open_in(Arc::new(folder.clone()));
            folder.dies_at(operation);
            let was_kept = sidecar.keep(&openings).await.is_ok();
            let was_erased = sidecar.erase(&labels(&openings[..1])).await.is_ok();
            disk.crash(kept);
            let sidecar = FolderSidecar::open_in(disk.mount());
            let what = format!("{kept:?} at operation {operation}");
            if was_kept {
                for label in labels(&openings[1..]) {
                    assert!(sidecar.open(&label).await.unwrap().unwrap().is_sound(), "{what}");
                }
            }
            if was_erased {
                assert!(sidecar.open(&openings[0].label()).await.unwrap().is_none(), "{what}");
            }
            // Half a file is none, and can be erased like a whole one.
            sidecar.erase(&labels(&openings)).await.unwrap();
            assert_eq!(sidecar.labels(None, 9).await.unwrap(), [], "{what}");
            if was_erased {
                return;
            }
        }
    }
}

/// What is erased is overwritten, and that is durable, before the file is cut and its name goes.
#[tokio::test]
async fn it_is_overwritten_before_it_is_removed() {
    let folder = FaultyFolder::new(SimDisk::new().mount());
    let sidecar = FolderSidecar::open_in(Arc::new(folder.clone()));
    let openings = openings();
    sidecar.keep(&openings[..1]).await.unwrap();
    let before = folder.operations().len();
    sidecar.erase(&labels(&openings[..1])).await.unwrap();
    let done = folder.operations();
    let expected = ["open", "size", "write", "sync", "truncate", "remove", "sync names"];
    assert_eq!(done[before..], expected);
}
