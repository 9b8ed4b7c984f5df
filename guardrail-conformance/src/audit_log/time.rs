//! The log's clock judges.

use std::time::Duration;

use guardrail_core::audit::{Append, AuditLog, Error};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{AuditEvent, State, Tally, Version};

use super::AuditLogFactory;
use super::bed::{Bed, Broken, ensure};
use crate::events::commented;

const MICRO: Duration = Duration::from_micros(1);

fn approved() -> AuditEvent {
    AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } }
}

/// An append with a deadline happens before it, and from it on is late and writes nothing.
pub(super) async fn late_from_the_deadline_on<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    for (wait, in_time) in [(0, true), (8, true), (9, true), (10, false), (11, false)] {
        let id = bed.request(State::Pending).await?;
        let deadline = bed.log.now().after(10 * MICRO);
        bed.clock.advance(wait * MICRO);
        let append = Append::new(id, Version::new(1), vec![approved()]).before(deadline);
        let done = bed.log.append(&append).await;
        let right = match &done {
            Ok(_) => in_time,
            Err(Error::Late) => !in_time,
            Err(_) => false,
        };
        ensure!(right, "{wait} of 10 microseconds after it was asked it gave {done:?}");
        let written = bed.stream(id).await?.len() - 1;
        ensure!(written == usize::from(in_time), "after {wait} of 10 microseconds it was written");
    }
    let id = bed.request(State::Pending).await?;
    let append = Append::new(id, Version::new(1), vec![approved()]);
    let never = bed.log.append(&append.clone().before(Timestamp::MIN)).await;
    ensure!(matches!(never, Err(Error::Late)), "before the beginning of time gave {never:?}");
    bed.log.append(&append.before(Timestamp::MAX)).await?;
    Ok(())
}

/// Whoever is both behind and late learns that the stream has moved: there may be a decision.
pub(super) async fn a_conflict_is_told_before_lateness<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Denied).await?;
    let append = Append::new(id, Version::new(1), vec![approved()]).before(Timestamp::MIN);
    let done = bed.log.append(&append).await;
    ensure!(matches!(done, Err(Error::Conflict { .. })), "it gave {done:?}");
    Ok(())
}

/// The log's clock never goes back and is never behind the last record, even where the machine's
/// clock is set back.
pub(super) async fn now_never_goes_back<F: AuditLogFactory>(bed: Bed<'_, F>) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    for version in [1, 3, 5, 7] {
        let before = bed.log.now();
        bed.clock.advance(Duration::from_secs(1));
        ensure!(bed.log.now() > before, "the clock stands");
        bed.append(id, version, vec![commented("tick")]).await?;
        let before = bed.log.now();
        bed.clock.set(Timestamp::from_micros(0));
        ensure!(bed.log.now() >= before, "the clock went back");
        let appended = bed.append(id, version + 1, vec![commented("tock")]).await?;
        let times = appended.records.iter().map(|record| record.time());
        ensure!(times.min() >= Some(before), "a record is older than the one before it");
        bed.clock.set(before);
    }
    Ok(())
}

/// A record carries the time of its append: not before it was asked, not after it was answered,
/// not before the record before.
pub(super) async fn records_carry_the_time_of_their_append<F: AuditLogFactory>(
    bed: Bed<'_, F>,
) -> Result<(), Broken> {
    let id = bed.request(State::Pending).await?;
    let mut last = Timestamp::MIN;
    for version in 1..10 {
        bed.clock.advance(Duration::from_millis(1500));
        let asked = bed.log.now();
        let appended = bed.append(id, version, vec![commented("tick")]).await?;
        for record in &appended.records {
            let time = record.time();
            ensure!(time >= asked && time <= bed.log.now(), "asked at {asked}, written at {time}");
            ensure!(time >= last, "written at {time}, after {last}");
            last = time;
        }
    }
    Ok(())
}
