//! The sidecar fails: the call is refused, and what could not be erased is erased later.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guardrail::audit::sidecar::{
    Error as SidecarError, FolderSidecar, Label, MemorySidecar, Opening, RedactError, Sidecar,
};
use guardrail::{AuditEvent, Context, Error, MemoryLog, Sequence, Verdict};
use guardrail_conformance::disk::{Fault, FaultyFolder, Kept, SimDisk};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use super::bed::{ALLOW, ASK, IBAN, check, first, pay, payment, redaction, world};
use crate::support::story;

/// A folder on a disk that can fail, and its sidecar.
fn folder() -> (SimDisk, FaultyFolder, FolderSidecar) {
    let disk = SimDisk::new();
    let folder = FaultyFolder::new(disk.mount());
    let sidecar = FolderSidecar::open_in(Arc::new(folder.clone()));
    (disk, folder, sidecar)
}

/// Whatever operation of the disk fails: the call is refused, on record, its body does not run, and
/// nothing of its values is left.
#[tokio::test]
async fn a_call_whose_values_cannot_be_kept_is_refused() {
    for (deploy, keyed) in [(ALLOW, false), (ASK, false), (ALLOW, true)] {
        for operation in 1.. {
            let (disk, folder, sidecar) = folder();
            let world = world(deploy, MemoryLog::new(), sidecar.clone()).await;
            folder.at(operation, Fault::Error(ErrorKind::StorageFull));
            let before = folder.operations().len();
            let call = async || {
                if keyed {
                    return Context::new().key("k").scope(pay(&world, payment())).await;
                }
                pay(&world, payment()).await
            };
            let ended = call().await;
            if folder.operations().len() < before + operation {
                assert_eq!((ended.is_ok(), world.body.runs()), (true, 1));
                break;
            }
            let error = ended.unwrap_err();
            assert!(matches!(error, Error::Unavailable { .. }), "{operation}: {error:?}");
            assert!(error.is_retryable() && error.to_string().contains("could not be kept"));
            assert_eq!(
                (story(&**world.log()).await, world.body.runs()),
                (vec!["requested".into()], 0)
            );
            assert!(refused(&world).await.contains("could not be kept"));
            assert!(!disk.holds(IBAN.as_bytes()) && disk.names().is_empty(), "{operation}");
            assert!(check(&**world.log(), &sidecar).await.is_sound());
            // The key stays free, and the disk has room again.
            assert_eq!(call().await.unwrap(), 1);
        }
    }
}

/// The reason of the first refusal.
async fn refused(world: &crate::support::World) -> String {
    let records = world.log().read(Sequence::START, 100).await.unwrap();
    let reason = records.iter().find_map(|record| match record.event() {
        AuditEvent::Requested(requested) => match &requested.verdict {
            Verdict::Deny { reason } => Some(reason.to_string()),
            _ => None,
        },
        _ => None,
    });
    reason.unwrap()
}

/// A sidecar that never answers.
#[derive(Debug)]
struct Hanging;

#[async_trait]
impl Sidecar for Hanging {
    async fn keep(&self, _: &[Opening]) -> Result<(), SidecarError> {
        std::future::pending().await
    }

    async fn open(&self, _: &Label) -> Result<Option<Opening>, SidecarError> {
        std::future::pending().await
    }

    async fn erase(&self, _: &[Label]) -> Result<usize, SidecarError> {
        std::future::pending().await
    }

    async fn labels(&self, _: Option<Label>, _: usize) -> Result<Vec<Label>, SidecarError> {
        std::future::pending().await
    }
}

/// A sidecar that hangs is out of order like one that fails.
#[tokio::test(start_paused = true)]
async fn a_sidecar_that_hangs_refuses() {
    let world = world(ASK, MemoryLog::new(), Hanging).await;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(60), pay(&world, payment()));
    assert!(matches!(ended.await, Ok(Err(Error::Unavailable { .. }))));
    world.check(&["requested"], 0).await;
}

/// A crash between the record and the erasure, at every operation of the disk: whoever looks sees
/// that it was not carried out, and whoever opens the log next carries it out.
#[tokio::test]
async fn an_erasure_cut_short_is_carried_out_by_the_next() {
    for operation in 1.. {
        let (disk, folder, sidecar) = folder();
        let log = Arc::new(MemoryLog::new());
        let one = world(ALLOW, Arc::clone(&log), sidecar).await;
        pay(&one, payment()).await.unwrap();
        let id = first(&*log).await;
        // The first two look at what is kept; from the third on it is erased.
        let before = folder.operations().len();
        folder.dies_at(operation);
        let ended = one.guardrail.redact(&redaction(id)).await;
        let dead = folder.operations().len() >= before + operation;
        disk.crash(Kept::Nothing);
        let sidecar = FolderSidecar::open_in(disk.mount());
        if !dead {
            assert_eq!(ended.unwrap().erased, 2);
            break;
        }
        let on_record = story_of_log(&log).await.contains(&"redacted".to_owned());
        assert!(matches!(ended, Err(RedactError::Sidecar(_))), "{operation}: {ended:?}");
        let checked = check(&*log, &sidecar).await;
        match on_record {
            true => assert_eq!(checked.still_there + checked.erased, 2, "{operation}: {checked:?}"),
            false => assert_eq!(checked.opened, 2, "{operation}: {checked:?}"),
        }
        let next = world(ALLOW, Arc::clone(&log), sidecar.clone()).await;
        let checked = check(&*log, &sidecar).await;
        assert!(checked.is_sound(), "{operation}: {checked:?}");
        assert_eq!(checked.erased, if on_record { 2 } else { 0 }, "{operation}");
        assert_eq!(disk.holds(IBAN.as_bytes()), !on_record, "{operation}");
        next.guardrail.redact(&redaction(id)).await.unwrap();
        assert!(!disk.holds(IBAN.as_bytes()));
    }
}

async fn story_of_log(log: &MemoryLog) -> Vec<String> {
    use guardrail::AuditLog as _;
    let records = log.read(Sequence::START, 1000).await.unwrap();
    records.iter().map(|record| record.event().name().to_owned()).collect()
}

/// A sidecar that takes its time before and after it keeps.
#[derive(Debug)]
struct Slow(Arc<MemorySidecar>);

#[async_trait]
impl Sidecar for Slow {
    async fn keep(&self, openings: &[Opening]) -> Result<(), SidecarError> {
        tokio::time::sleep(MILLI).await;
        self.0.keep(openings).await?;
        tokio::time::sleep(MILLI).await;
        Ok(())
    }

    async fn open(&self, label: &Label) -> Result<Option<Opening>, SidecarError> {
        self.0.open(label).await
    }

    async fn erase(&self, labels: &[Label]) -> Result<usize, SidecarError> {
        self.0.erase(labels).await
    }

    async fn labels(&self, after: Option<Label>, limit: usize) -> Result<Vec<Label>, SidecarError> {
        self.0.labels(after, limit).await
    }
}

const MILLI: Duration = Duration::from_millis(1);

/// The call goes away at any time: nothing is kept that no record speaks of, and nothing is missing.
#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_leaves_nothing_unclaimed() {
    let mut taken_back = 0;
    for halves in 0.. {
        let log = Arc::new(FaultyLog::new(MemoryLog::new()));
        let sidecar = Arc::new(MemorySidecar::new());
        let world = world(ASK, Arc::clone(&log), Slow(Arc::clone(&sidecar))).await;
        for when in [When::Before, When::After] {
            log.always(Call::Append, when, Trouble::Delay(MILLI));
        }
        let ended = tokio::time::timeout(halves * MILLI / 2, pay(&world, payment())).await;
        // Whoever tidies up has some seconds.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let checked = check(&*log, &*sidecar).await;
        assert!(checked.is_sound(), "after {halves} halves: {checked:?}");
        taken_back += u32::from(checked.not_kept > 0);
        if ended.is_ok() {
            assert_eq!(checked.opened, 2);
            break;
        }
    }
    assert!(taken_back > 2, "{taken_back}");
}

/// A guardrail that cannot carry out what is on record does not start.
#[tokio::test]
async fn what_cannot_be_erased_stops_the_start() {
    let (disk, _, sidecar) = folder();
    let log = Arc::new(MemoryLog::new());
    let one = world(ALLOW, Arc::clone(&log), sidecar).await;
    pay(&one, payment()).await.unwrap();
    one.guardrail.redact(&redaction(first(&*log).await)).await.unwrap();
    let folder = FaultyFolder::new(disk.mount());
    folder.dies_at(1);
    let builder = guardrail::Guardrail::builder()
        .policies(crate::support::policies(ALLOW))
        .audit_log(Arc::clone(&log))
        .sidecar(FolderSidecar::open_in(Arc::new(folder)));
    let error = builder.build().await.unwrap_err().to_string();
    assert!(error.contains("could not be erased"), "{error}");
}
