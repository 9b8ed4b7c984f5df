//! Whether what a log answered, and what it holds since, can be explained by the contract.

use std::sync::Arc;

use guardrail_core::audit::AuditRecord;
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{RequestId, Sequence, Version};

use super::Broken;
use super::model::{Call, Model, Verdict};
use super::sample::{is_own, sample};
use crate::broken::ensure;

/// What became of an append, as its caller knows it.
#[derive(Debug)]
pub(super) enum Answer {
    /// These are its records.
    Done(Vec<Arc<AuditRecord>>),
    /// It was refused like this.
    Refused(Verdict),
    /// It may have happened.
    Doubt,
}

/// An append and its answer.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) call: Call,
    pub(super) answer: Answer,
    /// It stands in the log, or its refusal is explained.
    is_settled: bool,
}

impl Told {
    pub(super) const fn new(call: Call, answer: Answer) -> Self {
        Self { call, answer, is_settled: false }
    }
}

/// The model, and what was read of the log so far.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) model: Model,
    ids: Vec<RequestId>,
    /// The stream and the line of every record.
    lines: Vec<(usize, Box<str>)>,
    time: Timestamp,
}

impl Account {
    pub(super) fn new() -> Self {
        let (model, time) = (Model::new(), Timestamp::MIN);
        Self { model, ids: vec![RequestId::LOG], lines: Vec::new(), time }
    }

    /// Gives ids to streams that have none yet.
    pub(super) fn name(
        &mut self,
        fresh: impl Fn() -> Result<RequestId, Broken>,
    ) -> Result<(), Broken> {
        while self.ids.len() < self.model.streams() {
            self.ids.push(fresh()?);
        }
        Ok(())
    }

    pub(super) fn id(&self, number: usize) -> RequestId {
        self.ids.get(number).copied().unwrap_or(RequestId::LOG)
    }

    /// The time of the last record.
    pub(super) const fn time(&self) -> Timestamp {
        self.time
    }

    /// The lines behind this place.
    pub(super) fn lines(&self, after: u64) -> Vec<&str> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        self.lines.iter().skip(after).map(|(_, line)| &**line).collect()
    }

    /// The lines of one stream behind this version.
    pub(super) fn stream(&self, number: usize, after: u64) -> Vec<&str> {
        let ours = self.lines.iter().filter(|(stream, _)| *stream == number);
        ours.skip(usize::try_from(after).unwrap_or(usize::MAX)).map(|(_, line)| &**line).collect()
    }

    /// These appends were answered, all judged at this time, and these records are there since. A
    /// log that was opened in between may have written that it was.
    pub(super) fn settle(
        &mut self,
        mut told: Vec<Told>,
        tail: &[Arc<AuditRecord>],
        now: Timestamp,
        is_opening: bool,
    ) -> Result<(), Broken> {
        self.explain(&mut told, now);
        let mut rest = tail;
        while let Some(first) = rest.first() {
            // One that was answered before one in doubt, which may be the same events; and of two
            // in doubt the one that could happen.
            let place_of = |sure: bool, able: bool| {
                let fits = |one: &Told| {
                    matches!(one.answer, Answer::Done(_)) == sure
                        && self.is_there(one, rest)
                        && (!able || self.can(&one.call, now))
                };
                told.iter().position(fits)
            };
            let place = place_of(true, false);
            let place = place.or_else(|| place_of(false, true)).or_else(|| place_of(false, false));
            let found = place.and_then(|place| told.get_mut(place));
            let taken = match found {
                Some(one) => {
                    self.take(one, rest, now)?;
                    one.is_settled = true;
                    one.call.events.len()
                }
                None if is_own(first.id(), first.event(), is_opening) => {
                    let version = self.model.stream(0).version.saturating_add(1);
                    self.note(0, first, version)?;
                    self.model.take_own(first.event());
                    1
                }
                None => {
                    let (place, name) = (first.sequence(), first.event().name());
                    let of = told.iter().filter(|one| !one.is_settled);
                    let of: Vec<_> = of.map(|one| (&one.call, one.answer.word())).collect();
                    return Err(Broken::new(format!(
                        "record {place}, `{name}`, is no whole append of these: {of:?}"
                    )));
                }
            };
            rest = rest.get(taken..).unwrap_or_default();
            self.explain(&mut told, now);
        }
        for Told { call, answer, .. } in told.iter().filter(|one| !one.is_settled) {
            match answer {
                Answer::Doubt => {}
                Answer::Done(_) => ensure!(false, "{call:?} was done and is not in the log"),
                Answer::Refused(verdict) => {
                    let right = self.model.judge(call, now);
                    ensure!(false, "{call:?} was told {verdict:?}, but it was {right:?}");
                }
            }
        }
        Ok(())
    }

    /// Notes which refusals are right as the log stands now.
    fn explain(&self, told: &mut [Told], now: Timestamp) {
        for one in told {
            if let Answer::Refused(verdict) = &one.answer {
                let right = self.model.judge(&one.call, now);
                let may = right == Verdict::May && *verdict == Verdict::Illegal;
                one.is_settled |= right == *verdict || may;
            }
        }
    }

    /// Whether this append may happen as the log stands now.
    fn can(&self, call: &Call, now: Timestamp) -> bool {
        matches!(self.model.judge(call, now), Verdict::Happens | Verdict::May)
    }

    /// Whether this append stands at the front of these records, whole.
    fn is_there(&self, told: &Told, records: &[Arc<AuditRecord>]) -> bool {
        let Told { call, answer, is_settled } = told;
        if *is_settled || matches!(answer, Answer::Refused(_)) || call.events.is_empty() {
            return false;
        }
        let id = self.id(call.stream);
        let is_it = |(record, number): (&Arc<AuditRecord>, &usize)| {
            record.id() == id && sample(*number).is_some_and(|event| event.is(record.event()))
        };
        let starts = records.first().map(|record| (record.version().get(), record.more() as usize));
        starts == Some((call.expected.saturating_add(1), call.events.len().saturating_sub(1)))
            && records.len() >= call.events.len()
            && records.iter().zip(&call.events).all(is_it)
    }

    fn take(
        &mut self,
        told: &Told,
        records: &[Arc<AuditRecord>],
        now: Timestamp,
    ) -> Result<(), Broken> {
        let call = &told.call;
        let verdict = self.model.judge(call, now);
        ensure!(self.can(call, now), "{call:?} happened, but it was {verdict:?}");
        let written = records.get(..call.events.len()).unwrap_or_default();
        if let Answer::Done(answered) = &told.answer {
            let same = answered.iter().map(|r| r.line()).eq(written.iter().map(|r| r.line()));
            ensure!(same, "{call:?} was answered with records that are not those in the log");
        }
        for (more, record) in (0..call.events.len()).rev().zip(written) {
            let says = usize::try_from(record.more()).ok();
            ensure!(says == Some(more), "record {} says {says:?} more follow", record.sequence());
        }
        for (version, record) in (call.expected.saturating_add(1)..).zip(written) {
            self.note(call.stream, record, version)?;
        }
        self.model.take(call);
        Ok(())
    }

    /// Notes the next record of the log.
    fn note(&mut self, stream: usize, record: &AuditRecord, version: u64) -> Result<(), Broken> {
        let place = Sequence::new(self.lines.len() as u64).next();
        ensure!(record.sequence() == place, "record {place} says {}", record.sequence());
        let says = record.version();
        ensure!(says == Version::new(version), "record {place} is version {says}, not {version}");
        ensure!(record.time() >= self.time, "record {place} is older than the one before it");
        self.time = record.time();
        self.lines.push((stream, record.line().into()));
        Ok(())
    }
}

impl Answer {
    const fn word(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Refused(_) => "refused",
            Self::Doubt => "in doubt",
        }
    }
}
