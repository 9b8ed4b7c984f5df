//! Does operations to a log and to its model, and holds the two against each other behind each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guardrail_core::audit::{Append, Appended, AuditLog as _, AuditRecord, Error};
use guardrail_core::clock::{Clock as _, Timestamp};
use guardrail_core::model::{RequestId, Sequence, Version};

use super::account::{Account, Answer, Told};
use super::counts::Counts;
use super::model::{Call, Verdict};
use super::operation::{Ask, Operation};
use super::sample::{sample, samples, step};
use super::together::together;
use super::{Broken, Loss, Mishap, Site};
use crate::broken::ensure;
use crate::clock::ManualClock;
use crate::entropy::SeededEntropy;

/// Whoever waits for a stream that has moved is woken in this time.
const WAKE: Duration = Duration::from_secs(10);

/// How far back the clock of a machine is set.
const BACK: i64 = 3_600_000_000;

/// Does all of these to a log that is made on `site`, and notes in `seen` how many it has begun.
pub(super) async fn drive<S: Site>(
    site: S,
    seed: u64,
    operations: &[Operation],
    seen: Option<&AtomicUsize>,
    counts: &Counts,
) -> Result<(), Broken> {
    let mut drive = Drive {
        site,
        log: None,
        clock: Arc::new(ManualClock::new()),
        account: Account::new(),
        entropy: SeededEntropy::new(seed),
        is_planned: false,
        latest: Timestamp::MIN,
        counts,
    };
    drive.open().await?;
    drive.finish(Vec::new(), true).await?;
    for (number, operation) in (1..).zip(operations) {
        if let Some(seen) = seen {
            seen.fetch_add(1, Ordering::SeqCst);
        }
        counts.operations.fetch_add(1, Ordering::Relaxed);
        let done = drive.step(operation).await;
        done.map_err(|broken| Broken::new(format!("operation {number}: {broken}")))?;
    }
    drive.end().await.map_err(|broken| Broken::new(format!("at the end: {broken}")))
}

/// A log, what it stands on, and what it must hold.
pub(super) struct Drive<'c, S: Site> {
    site: S,
    log: Option<S::Log>,
    clock: Arc<ManualClock>,
    pub(super) account: Account,
    entropy: SeededEntropy,
    /// Something may go wrong: since the log was opened a mishap was planned.
    pub(super) is_planned: bool,
    /// What the log's clock has said.
    latest: Timestamp,
    counts: &'c Counts,
}

type Made = Option<Result<Appended, Error>>;

impl<S: Site> Drive<'_, S> {
    async fn step(&mut self, operation: &Operation) -> Result<(), Broken> {
        match operation {
            Operation::Append(ask) => self.append(std::slice::from_ref(ask)).await,
            Operation::AtOnce(asks) => self.append(asks).await,
            Operation::Dropped { ask, polls, yields, same } => {
                self.dropped(ask, *polls, *yields, *same).await
            }
            Operation::Awaited(ask) => self.awaited(ask).await,
            Operation::Stream { stream, after } => self.stream(*stream, *after).await,
            Operation::Read { sixteenths, limit } => self.read(*sixteenths, *limit).await,
            Operation::Open { after, limit } => self.list_open(*after, *limit).await,
            Operation::Left { limit } => self.list_left(*limit).await,
            Operation::Wait(time) => {
                self.clock.advance(*time);
                self.now().map(drop)
            }
            Operation::Back => {
                // Not behind what the log has told already, unless it has that on record.
                if self.now()? <= self.account.time() {
                    self.set_back();
                }
                self.now().map(drop)
            }
            Operation::Restart if self.site.is_durable() => {
                if let Some(log) = self.log.take() {
                    self.site.close(log).await;
                }
                self.open().await?;
                self.finish(Vec::new(), true).await?;
                self.check().await
            }
            Operation::Crash { asks, polls, loss, recovery, back } if self.site.is_durable() => {
                self.crash(asks, *polls, *loss, *recovery, *back).await
            }
            Operation::Restart | Operation::Crash { .. } => Ok(()),
            Operation::Plan(nth, mishap) => {
                self.is_planned |= self.site.plan(*nth, *mishap);
                Ok(())
            }
        }
    }

    pub(super) fn log(&self) -> Result<&S::Log, Broken> {
        self.log.as_ref().ok_or_else(|| Broken::new("the log is closed".to_owned()))
    }

    /// Opens the log; nothing is planned any more.
    async fn open(&mut self) -> Result<(), Broken> {
        self.site.heal();
        self.is_planned = false;
        let opened = self.site.open(Arc::clone(&self.clock)).await;
        let log = opened.map_err(|error| Broken::new(format!("it does not open: {error}")))?;
        self.log = Some(log);
        // What was told and is not on record may be told again.
        self.latest = self.account.time();
        Ok(())
    }

    pub(super) fn now(&mut self) -> Result<Timestamp, Broken> {
        let (now, before) = (self.log()?.now(), self.latest.max(self.account.time()));
        ensure!(now >= before, "the clock went back from {before} to {now}");
        self.latest = now;
        Ok(now)
    }

    /// These appends, as the log stands and at this time.
    fn calls(&mut self, asks: &[Ask], now: Timestamp) -> Result<Vec<Call>, Broken> {
        let model = &mut self.account.model;
        let calls = asks.iter().map(|ask| ask.call(model, now)).collect();
        self.name()?;
        Ok(calls)
    }

    pub(super) fn name(&mut self) -> Result<(), Broken> {
        let Self { account, clock, entropy, .. } = self;
        account.name(|| Ok(RequestId::random(clock.now(), entropy)?))
    }

    fn made(&self, call: &Call) -> Append {
        let events = call.events.iter().filter_map(|number| sample(*number));
        Append {
            id: self.account.id(call.stream),
            expected: Version::new(call.expected),
            events: events.map(|sample| sample.event.clone()).collect(),
            before: call.before,
        }
    }

    async fn append(&mut self, asks: &[Ask]) -> Result<(), Broken> {
        let now = self.now()?;
        let calls = self.calls(asks, now)?;
        let made = self.make(&calls, None).await?;
        let told = self.told(calls, made)?;
        self.finish(told, false).await
    }

    /// Appends them at once, for so many rounds.
    async fn make(&self, calls: &[Call], rounds: Option<u32>) -> Result<Vec<Made>, Broken> {
        let appends: Vec<Append> = calls.iter().map(|call| self.made(call)).collect();
        let log = self.log()?;
        Ok(together(appends.iter().map(|append| log.append(append)).collect(), rounds).await)
    }

    fn told(&self, calls: Vec<Call>, made: Vec<Made>) -> Result<Vec<Told>, Broken> {
        let told = |(call, made)| self.answer(made).map(|answer| Told::new(call, answer));
        calls.into_iter().zip(made).map(told).collect()
    }

    fn answer(&self, made: Made) -> Result<Answer, Broken> {
        Ok(match made {
            None => Answer::Doubt,
            Some(Ok(appended)) => Answer::Done(appended.records),
            Some(Err(Error::Conflict { actual })) => {
                Answer::Refused(Verdict::Conflict(actual.get()))
            }
            Some(Err(Error::Late)) => Answer::Refused(Verdict::Late),
            Some(Err(Error::Illegal { .. })) => Answer::Refused(Verdict::Illegal),
            Some(Err(error)) => {
                ensure!(self.is_planned, "an append failed where nothing was planned: {error}");
                self.counts.mishaps.fetch_add(1, Ordering::Relaxed);
                Answer::Doubt
            }
        })
    }

    /// Reads on, and holds what is there against what was answered.
    pub(super) async fn finish(&mut self, told: Vec<Told>, is_opening: bool) -> Result<(), Broken> {
        // Judged by the time they were made at: the clock stands, unless the log was opened since.
        let now = if is_opening { self.latest } else { self.now()? };
        let (tail, was_opened) = self.tail().await?;
        self.account.settle(told, &tail, now, is_opening || was_opened)?;
        self.now().map(drop)
    }

    /// The records behind the known ones, and whether the log had to be opened anew for them.
    async fn tail(&mut self) -> Result<(Vec<Arc<AuditRecord>>, bool), Broken> {
        if !self.site.is_dead() {
            match self.unread().await {
                Ok(tail) => return Ok((tail, false)),
                Err(error) => ensure!(self.is_planned, "it cannot be read: {error}"),
            }
            self.site.heal();
            if let Ok(tail) = self.unread().await {
                return Ok((tail, false));
            }
        }
        Ok((self.revive().await?, true))
    }

    /// The process dies and comes back; the records behind the known ones.
    async fn revive(&mut self) -> Result<Vec<Arc<AuditRecord>>, Broken> {
        if let Some(log) = self.log.take() {
            self.site.crash(log, Loss::Nothing).await;
        }
        self.open().await?;
        let tail = self.unread().await;
        tail.map_err(|error| Broken::new(format!("it cannot be read: {error}")))
    }

    /// A log in which something may have gone wrong is opened again, so that all of it is looked at.
    async fn end(&mut self) -> Result<(), Broken> {
        if self.is_planned {
            let tail = self.revive().await?;
            self.account.settle(Vec::new(), &tail, self.latest, true)?;
        } else {
            self.finish(Vec::new(), false).await?;
        }
        self.check().await?;
        self.check_streams().await
    }

    async fn unread(&self) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let mut all: Vec<Arc<AuditRecord>> = Vec::new();
        let Some(log) = &self.log else { return Ok(all) };
        loop {
            let known = Sequence::new(self.account.model.size());
            let after = all.last().map_or(known, |record| record.sequence());
            let page = log.read(after, 1_000).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    async fn dropped(
        &mut self,
        ask: &Ask,
        polls: u32,
        yields: u32,
        same: bool,
    ) -> Result<(), Broken> {
        let now = self.now()?;
        let mut calls = self.calls(std::slice::from_ref(ask), now)?;
        let mut made = self.make(&calls, Some(polls)).await?;
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        // Whatever becomes of this one: the dropped one has happened by then, or never will.
        let Some(again) = calls.first().cloned() else { return Ok(()) };
        let other = self.other(&again).filter(|_| !same);
        let settling = match other {
            Some(event) => Call { events: vec![event], before: None, ..again },
            None => again,
        };
        made.extend(self.make(std::slice::from_ref(&settling), None).await?);
        calls.push(settling);
        let told = self.told(calls, made)?;
        self.finish(told, false).await
    }

    /// An event that may happen instead of these.
    fn other(&self, call: &Call) -> Option<usize> {
        let (is_of_log, state) = (call.stream == 0, self.account.model.stream(call.stream).state);
        let may = |number: &usize| {
            !call.events.contains(number)
                && sample(*number).is_some_and(|sample| {
                    sample.event.name() != "voted"
                        && step(is_of_log, state, &sample.event).is_some()
                })
        };
        (0..samples().ok()?.len()).rev().find(may)
    }

    async fn awaited(&mut self, ask: &Ask) -> Result<(), Broken> {
        let now = self.now()?;
        let calls = self.calls(std::slice::from_ref(ask), now)?;
        let Some(call) = calls.first() else { return Ok(()) };
        let append = self.made(call);
        let seen = Version::new(self.account.model.stream(call.stream).version);
        let size = Sequence::new(self.account.model.size());
        let made = self.append_awaited(&append, seen, size).await?;
        let told = self.told(calls, vec![Some(made)])?;
        self.finish(told, false).await
    }

    /// Somebody waits for the stream, and then the log, to move, while this is appended.
    async fn append_awaited(
        &self,
        append: &Append,
        seen: Version,
        size: Sequence,
    ) -> Result<Result<Appended, Error>, Broken> {
        let log = self.log()?;
        let mut waiting = Box::pin(async {
            log.changed(append.id, seen).await?;
            log.grown(size).await
        });
        let mut appending = log.append(append);
        let (made, woken) = tokio::select! {
            biased;
            woken = &mut waiting => ((&mut appending).await, Some(woken)),
            made = &mut appending => (made, None),
        };
        if made.is_ok() && woken.is_none() {
            let woken = tokio::time::timeout(WAKE, waiting).await;
            let Ok(woken) = woken else {
                return Err(Broken::new(format!("nobody was woken by {append:?}")));
            };
            let fine = woken.is_ok() || self.is_planned;
            ensure!(fine, "a wait ended with {woken:?}");
        }
        Ok(made)
    }

    fn set_back(&self) {
        let earlier = self.clock.now().as_micros().saturating_sub(BACK);
        self.clock.set(Timestamp::from_micros(earlier));
    }

    async fn crash(
        &mut self,
        asks: &[Ask],
        polls: u32,
        loss: Loss,
        recovery: Option<(usize, Mishap)>,
        back: bool,
    ) -> Result<(), Broken> {
        let now = self.now()?;
        let calls = self.calls(asks, now)?;
        let made = self.make(&calls, Some(polls)).await?;
        let told = self.told(calls, made)?;
        if let Some(log) = self.log.take() {
            self.site.crash(log, loss).await;
        }
        self.counts.crashes.fetch_add(1, Ordering::Relaxed);
        if back {
            self.set_back();
        }
        if let Some((nth, mishap)) = recovery
            && self.site.plan(nth, mishap)
            && let Ok(log) = self.site.open(Arc::clone(&self.clock)).await
        {
            self.site.crash(log, loss).await;
        }
        self.open().await?;
        let (tail, _) = self.tail().await?;
        self.account.settle(told, &tail, now, true)?;
        self.check().await
    }
}
