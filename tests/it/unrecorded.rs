//! The outcome of a guarded body that has acted cannot be recorded: it takes the place of a good end
//! only, and is never taken for a refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guardrail::{AuditLog, Error, Guardrail, MemoryLog, PolicySet, Sequence, requires_approval};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::World;

const ALLOW: &str = r#"effect = "allow""#;
const MINUTE: Duration = Duration::from_secs(60);

type Log = FaultyLog<MemoryLog>;

#[derive(Debug)]
enum Own {
    Refused(Error),
    Failed,
}

impl From<Error> for Own {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The log fails from the moment the body runs.
fn breaks(log: &Log) {
    let down = guardrail::audit::Error::storage("test log", "append", "the disk is gone");
    log.always(Call::Append, When::Before, Trouble::Error(down));
}

#[requires_approval(policy = "p", skip(log))]
async fn carried(log: &Log, well: bool) -> Result<u8, Own> {
    breaks(log);
    if well { Ok(7) } else { Err(Own::Failed) }
}

#[requires_approval(policy = "p", skip(log), err = Own::Refused)]
async fn mapped(log: &Log, well: bool) -> Result<u8, Own> {
    breaks(log);
    if well { Ok(7) } else { Err(Own::Failed) }
}

#[requires_approval(policy = "p", skip(log), on_deny = refused)]
async fn optional(log: &Log) -> Option<u8> {
    breaks(log);
    Some(7)
}

static REFUSED: AtomicUsize = AtomicUsize::new(0);

fn refused(_: Error) -> Option<u8> {
    REFUSED.fetch_add(1, Ordering::SeqCst);
    None
}

/// Makes one call over a log that its body breaks.
async fn called<T>(call: impl AsyncFnOnce(&Log) -> T) -> T {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let policies = PolicySet::parse("[policies.p]\neffect = \"allow\"\n").unwrap();
    let builder = Guardrail::builder().policies(policies).audit_log(Arc::clone(&log));
    let guardrail = builder.build().await.unwrap();
    let value = guardrail.scope(call(&log)).await;
    let records = log.read(Sequence::START, 100).await.unwrap();
    assert_eq!(records.last().unwrap().event().name(), "started", "the outcome is not on record");
    value
}

#[track_caller]
fn check(ended: Result<u8, Own>) {
    let Err(Own::Refused(error @ Error::Unrecorded { .. })) = ended else { panic!("{ended:?}") };
    let said = error.to_string();
    assert!(said.starts_with("the action was performed, but its outcome"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn it_replaces_a_good_end() {
    check(called(async |log: &Log| carried(log, true).await).await);
    check(called(async |log: &Log| mapped(log, true).await).await);
}

#[tokio::test(start_paused = true)]
async fn it_never_replaces_an_error() {
    let ended = called(async |log: &Log| carried(log, false).await).await;
    assert!(matches!(ended, Err(Own::Failed)), "{ended:?}");
    let ended = called(async |log: &Log| mapped(log, false).await).await;
    assert!(matches!(ended, Err(Own::Failed)), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn it_never_goes_through_on_deny() {
    assert_eq!(called(async |log: &Log| optional(log).await).await, Some(7));
    assert_eq!(REFUSED.load(Ordering::SeqCst), 0);
}

/// The log comes back while the process lives: nobody has to end it for that to be known.
#[tokio::test(start_paused = true)]
async fn it_is_on_record_once_the_log_is_back() {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let down = Arc::clone(&log);
    let world = World::over(ALLOW, Arc::clone(&log)).await.doing(move || {
        breaks(&down);
        std::future::ready(Ok(1))
    });
    let ended = world.call().await;
    assert!(matches!(ended, Err(Error::Unrecorded { .. })), "{ended:?}");
    tokio::time::sleep(MINUTE).await;
    world.check(&["requested", "started"], 1).await;
    log.heal();
    tokio::time::sleep(2 * MINUTE).await;
    world.check(&["requested", "started", "completed"], 1).await;

    // So is the end of a call that went away in its body.
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let world = World::over(ALLOW, Arc::clone(&log)).await;
    let world = world.doing(std::future::pending);
    let call = world.spawn();
    world.until("started").await;
    breaks(&log);
    call.abort();
    tokio::time::sleep(MINUTE).await;
    log.heal();
    tokio::time::sleep(2 * MINUTE).await;
    world.check(&["requested", "started", "unknown"], 1).await;
}

/// What is tried on keeps no log, and not for ever.
#[tokio::test(start_paused = true)]
async fn nobody_is_kept_for_an_end_that_is_late() {
    for gone in [true, false] {
        let log = Arc::new(FaultyLog::new(MemoryLog::new()));
        let down = Arc::clone(&log);
        let world = World::over(ALLOW, Arc::clone(&log)).await.doing(move || {
            breaks(&down);
            std::future::ready(Ok(1))
        });
        assert!(world.call().await.is_err());
        let _stays = if gone {
            drop(world);
            None
        } else {
            tokio::time::sleep(120 * MINUTE).await;
            Some(world)
        };
        let calls = log.calls(Call::Append);
        tokio::time::sleep(10 * MINUTE).await;
        assert_eq!(log.calls(Call::Append), calls, "it is given up");
        assert!(calls > 2);
    }
}
