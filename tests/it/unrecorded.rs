//! The outcome of a guarded body that has acted cannot be recorded: it takes the place of a good end
//! only, and is never taken for a refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guardrail::{AuditLog, Error, Guardrail, MemoryLog, PolicySet, Sequence, requires_approval};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

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
