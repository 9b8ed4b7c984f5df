//! The suite can fail: logs that break one rule each are caught by the case of that rule.

use std::sync::Arc;

use async_trait::async_trait;
use guardrail_conformance::audit_log::{AuditLogFactory, CASES, run};
use guardrail_conformance::{ManualClock, SeededEntropy, events};
use guardrail_core::audit::{
    Append, Appended, AuditLog, AuditRecord, Error, Fault, MemoryLog, verify,
};
use guardrail_core::clock::{Clock, Timestamp};
use guardrail_core::model::{AuditEvent, LogId, RequestId, Sequence, Verdict, Version};

/// The rule a log breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bend {
    /// It keeps them all.
    Nothing,
    /// It writes whatever version was expected.
    Conflicts,
    /// It takes an append apart.
    Whole,
    /// It takes an append apart, and waits in between.
    WholeWhenDropped,
    /// It says yes to what it refuses.
    Illegal,
    /// It knows no deadlines.
    Deadlines,
    /// Its deadlines come too early.
    EarlyDeadlines,
    /// It looks at the deadline first.
    LateFirst,
    /// It returns less than it wrote.
    Answers,
    /// Its streams always begin at the beginning.
    Streams,
    /// Its pages hold one record too many.
    Pages,
    /// It leaves a record out.
    Gaps,
    /// It ends in the middle of an append.
    Half,
    /// It forgets requests that are over.
    Prefix,
    /// It lists the newest request first.
    OpenOrder,
    /// It lists requests that are over.
    OpenOver,
    /// It begins again behind a request that is over.
    OpenAfter,
    /// It takes its own requests for orphans.
    Orphans,
    /// Its clock is the machine's.
    Clock,
}

impl Bend {
    /// Every broken rule.
    pub(crate) const ALL: [Self; 18] = [
        Self::Conflicts,
        Self::Whole,
        Self::WholeWhenDropped,
        Self::Illegal,
        Self::Deadlines,
        Self::EarlyDeadlines,
        Self::LateFirst,
        Self::Answers,
        Self::Streams,
        Self::Pages,
        Self::Gaps,
        Self::Half,
        Self::Prefix,
        Self::OpenOrder,
        Self::OpenOver,
        Self::OpenAfter,
        Self::Orphans,
        Self::Clock,
    ];
}

#[derive(Debug)]
pub(crate) struct Bent {
    log: MemoryLog,
    clock: Arc<ManualClock>,
    bend: Bend,
}

impl Bent {
    pub(crate) fn new(bend: Bend, clock: Arc<ManualClock>, seed: u64) -> Self {
        let log =
            MemoryLog::with_clock(Arc::clone(&clock) as Arc<dyn Clock>, &SeededEntropy::new(seed));
        Self { log, clock, bend }
    }

    async fn is_over(&self, id: RequestId) -> Result<bool, Error> {
        Ok(id != RequestId::LOG && !self.log.open(None, usize::MAX).await?.contains(&id))
    }

    async fn in_parts(&self, append: &Append) -> Result<Appended, Error> {
        let mut records = Vec::new();
        let mut expected = append.expected;
        for event in &append.events {
            let part = Append::new(append.id, expected, vec![event.clone()]);
            records.extend(self.log.append(&part).await?.records);
            expected = expected.next();
            if self.bend == Bend::WholeWhenDropped {
                tokio::task::yield_now().await;
            }
        }
        Ok(Appended { records })
    }
}

#[async_trait]
impl AuditLog for Bent {
    fn id(&self) -> LogId {
        self.log.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let mut append = append.clone();
        let is_late = append.before.is_some_and(|before| self.now() >= before);
        match self.bend {
            Bend::Conflicts => {
                let held = self.log.stream(append.id, Version::START).await?.len();
                append.expected = Version::new(held as u64);
            }
            Bend::Whole | Bend::WholeWhenDropped if append.events.len() > 1 => {
                return self.in_parts(&append).await;
            }
            Bend::Deadlines => append.before = None,
            Bend::EarlyDeadlines => {
                let micros = append.before.map(|before| before.as_micros() - 1);
                append.before = micros.map(Timestamp::from_micros);
            }
            Bend::LateFirst if is_late => return Err(Error::Late),
            _ => {}
        }
        let mut done = self.log.append(&append).await;
        match (&mut done, self.bend) {
            (Ok(appended), Bend::Answers) => drop(appended.records.pop()),
            (Err(Error::Illegal { .. }), Bend::Illegal) => return Ok(Appended { records: vec![] }),
            _ => {}
        }
        done
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let after = if self.bend == Bend::Streams { Version::START } else { after };
        self.log.stream(id, after).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let limit = if self.bend == Bend::Pages { limit.saturating_add(1) } else { limit };
        let mut page = self.log.read(after, limit).await?;
        match self.bend {
            Bend::Half => {
                let all = self.log.read(Sequence::START, usize::MAX).await?;
                let half = all.iter().find(|record| record.more() > 0);
                page.retain(|r| half.is_none_or(|half| r.sequence() <= half.sequence()));
            }
            Bend::Gaps => page.retain(|record| record.sequence() != Sequence::new(3)),
            Bend::Prefix => {
                let mut kept = Vec::new();
                for record in page {
                    if !self.is_over(record.id()).await? {
                        kept.push(record);
                    }
                }
                return Ok(kept);
            }
            _ => {}
        }
        Ok(page)
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        self.log.changed(id, seen).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.log.grown(seen).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        match (self.bend, after) {
            (Bend::OpenOrder, _) => {
                let mut all = self.log.open(after, usize::MAX).await?;
                all.reverse();
                all.truncate(limit);
                Ok(all)
            }
            (Bend::OpenOver, None) => {
                let all = self.log.read(Sequence::START, usize::MAX).await?;
                let new = |r: &&Arc<AuditRecord>| matches!(r.event(), AuditEvent::Requested(_));
                Ok(all.iter().filter(new).map(|record| record.id()).take(limit).collect())
            }
            (Bend::OpenAfter, Some(id)) if self.is_over(id).await? => {
                self.log.open(None, limit).await
            }
            _ => self.log.open(after, limit).await,
        }
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        if self.bend == Bend::Orphans {
            let open = self.log.open(None, limit).await?;
            return Ok(open.into_iter().map(|id| (id, Version::new(2))).collect());
        }
        self.log.orphaned(limit).await
    }

    fn now(&self) -> Timestamp {
        if self.bend == Bend::Clock { self.clock.now() } else { self.log.now() }
    }
}

struct Bends(Bend);

#[async_trait]
impl AuditLogFactory for Bends {
    type Log = Bent;

    async fn fresh(&self, clock: Arc<ManualClock>) -> Bent {
        Bent::new(self.0, clock, 1)
    }
}

#[test]
fn every_broken_rule_is_caught_by_its_case() {
    let caught = [
        (Bend::Conflicts, "a_stale_version_conflicts"),
        (Bend::Conflicts, "one_of_many_rivals_wins"),
        (Bend::Conflicts, "a_lost_append_fails_alone"),
        (Bend::Whole, "an_append_is_all_or_nothing"),
        (Bend::WholeWhenDropped, "a_dropped_append_happened_or_not"),
        (Bend::Illegal, "only_legal_arrows_are_taken"),
        (Bend::Illegal, "the_logs_own_stream_takes_only_its_own"),
        (Bend::Illegal, "an_unknown_event_is_not_written"),
        (Bend::Illegal, "an_append_adds_an_event"),
        (Bend::Deadlines, "late_from_the_deadline_on"),
        (Bend::EarlyDeadlines, "late_from_the_deadline_on"),
        (Bend::LateFirst, "a_conflict_is_told_before_lateness"),
        (Bend::Answers, "what_was_appended_is_what_is_read"),
        (Bend::Streams, "a_stream_is_its_part_of_the_log"),
        (Bend::Streams, "no_move_is_missed"),
        (Bend::Pages, "pages_make_up_the_whole"),
        (Bend::Gaps, "the_sequence_has_no_gap"),
        (Bend::Gaps, "lines_verify_and_are_printable"),
        (Bend::Prefix, "what_was_read_once_never_changes"),
        (Bend::OpenOrder, "open_lists_the_unfinished_oldest_first"),
        (Bend::OpenOver, "open_lists_the_unfinished_oldest_first"),
        (Bend::OpenAfter, "open_goes_on_behind_what_was_closed"),
        (Bend::Orphans, "what_this_writer_started_is_no_orphan"),
        (Bend::Clock, "now_never_goes_back"),
    ];
    for (bend, case) in caught {
        assert!(run(&Bends(bend), case).is_err(), "{bend:?} passes {case}");
        run(&Bends(Bend::Nothing), case).unwrap();
    }
}

/// A log that ends in the middle of an append does not verify.
#[tokio::test]
async fn half_an_append_does_not_verify() {
    for (bend, half) in [(Bend::Nothing, false), (Bend::Half, true)] {
        let log = Bends(bend).fresh(Arc::new(ManualClock::new())).await;
        let id = RequestId::random(log.now(), &SeededEntropy::new(2)).unwrap();
        let events = vec![events::requested(Verdict::Allow).unwrap(), events::started()];
        log.append(&Append::new(id, Version::START, events)).await.unwrap();
        let verified = verify(&log).await;
        let is_half = verified.as_ref().is_err_and(|error| error.why == Fault::Half);
        assert_eq!(is_half, half, "{verified:?}");
        assert_eq!(verified.is_ok(), !half, "{verified:?}");
    }
}

#[test]
fn a_case_that_is_not_there_does_not_pass() {
    assert!(run(&Bends(Bend::Nothing), "no_such_case").is_err());
    assert!(CASES.len() > 30);
}
