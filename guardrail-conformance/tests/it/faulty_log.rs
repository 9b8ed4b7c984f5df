//! The log that fails on command does so, and only so.

use std::time::Duration;

use guardrail_conformance::{Call, FaultyLog, Trouble, When, events};
use guardrail_core::audit::{Append, AuditLog, Error, MemoryLog};
use guardrail_core::clock::SystemEntropy;
use guardrail_core::model::{RequestId, Version};

fn ask(log: &dyn AuditLog) -> Append {
    let id = RequestId::random(log.now(), &SystemEntropy).unwrap();
    Append::new(id, Version::START, vec![events::asked().unwrap()])
}

fn gone() -> Trouble {
    Trouble::Error(Error::storage("test log", "write", "gone"))
}

/// Before: it has not happened. After: it has, and the caller is not told.
#[tokio::test]
async fn an_error_before_and_one_after() {
    let log = FaultyLog::new(MemoryLog::new());
    log.at(Call::Append, 2, When::Before, gone());
    log.at(Call::Append, 3, When::After, gone());
    for (happened, told) in [(1, true), (0, false), (1, false), (1, true)] {
        let append = ask(&log);
        assert_eq!(log.append(&append).await.is_ok(), told);
        assert_eq!(log.stream(append.id, Version::START).await.unwrap().len(), happened);
    }
    assert_eq!(log.calls(Call::Append), 4);
    assert_eq!(log.calls(Call::Stream), 4);
    assert_eq!(log.calls(Call::Read), 0);
}

/// A call that hangs hangs until it is dropped; the next one works again when all is healed.
#[tokio::test(start_paused = true)]
async fn a_hang_and_a_delay() {
    let log = FaultyLog::new(MemoryLog::new());
    log.always(Call::Append, When::After, Trouble::Hang);
    let append = ask(&log);
    let hour = Duration::from_secs(3600);
    assert!(tokio::time::timeout(hour, log.append(&append)).await.is_err());
    assert_eq!(log.inner().stream(append.id, Version::START).await.unwrap().len(), 1);
    log.heal();
    log.at(Call::Append, 1, When::Before, Trouble::Delay(hour));
    let start = tokio::time::Instant::now();
    log.append(&ask(&log)).await.unwrap();
    assert_eq!(start.elapsed(), hour);
    log.append(&ask(&log)).await.unwrap();
    assert_eq!(start.elapsed(), hour);
}
