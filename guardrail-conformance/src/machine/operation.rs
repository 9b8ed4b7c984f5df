//! What can be done to a log, and what to do next.

use std::time::Duration;

use guardrail_core::clock::Timestamp;
use guardrail_core::model::State;

use super::model::{Call, Model, Verdict};
use super::sample::{samples, step};
use super::{Loss, Mishap};

/// One thing that is done to a log.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// One append.
    Append(Ask),
    /// Several at once.
    AtOnce(Vec<Ask>),
    /// One that is dropped after so many polls; others run so often; then what stands there is
    /// found out by the same append, or by another one to the same version.
    Dropped { ask: Ask, polls: u32, yields: u32, same: bool },
    /// Somebody waits for the stream, and for the log, while this is appended.
    Awaited(Ask),
    /// A stream is read behind a version.
    Stream { stream: Pick, after: u64 },
    /// The log is read behind a part of it, in 1/16.
    Read { sixteenths: u64, limit: usize },
    /// Open requests are listed.
    Open { after: Option<Pick>, limit: usize },
    /// Requests that were left behind are listed.
    Left { limit: usize },
    /// Time passes.
    Wait(Duration),
    /// The machine's clock is set back.
    Back,
    /// The log is closed and opened again.
    Restart,
    /// The process dies with these appends under way, each polled so often; where something is
    /// planned for the recovery, that is tried first. The clock may have been set back.
    Crash { asks: Vec<Ask>, polls: u32, loss: Loss, recovery: Option<(usize, Mishap)>, back: bool },
    /// From here something goes wrong at the n-th operation of the storage.
    Plan(usize, Mishap),
}

/// An append, told by what the model knows.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    stream: Pick,
    /// How far the expected version is off.
    off: i64,
    /// Which samples.
    events: Vec<usize>,
    /// How many microseconds before the deadline it is made.
    left: Option<i64>,
}

/// A stream, told by what the model knows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pick {
    /// The log's own.
    Log,
    /// One nobody has heard of.
    New,
    /// One that was made or tried before, counted from the newest.
    Known(usize),
}

impl Pick {
    pub(super) fn number(self, model: &mut Model) -> usize {
        let known = model.streams().saturating_sub(1);
        match self {
            Self::Log => 0,
            Self::Known(back) if known > 0 => known.saturating_sub(back % known),
            Self::New | Self::Known(_) => model.hear_of_one(),
        }
    }
}

impl Ask {
    /// The append itself, at this time.
    pub(super) fn call(&self, model: &mut Model, now: Timestamp) -> Call {
        let stream = self.stream.number(model);
        let expected = model.stream(stream).version.saturating_add_signed(self.off);
        let deadline = |left| Timestamp::from_micros(now.as_micros().saturating_add(left));
        let before = self.left.map(deadline);
        Call { stream, expected, events: self.events.clone(), before }
    }
}

/// Numbers that look random and are the same for the same seed.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (https://prng.di.unimi.it/splitmix64.c).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % (limit.max(1) as u64)).unwrap_or(0)
    }

    /// True in so many of a hundred.
    fn is(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    fn one<T: Copy>(&mut self, of: &[T], otherwise: T) -> T {
        let at = self.below(of.len());
        of.get(at).copied().unwrap_or(otherwise)
    }
}

/// What to do to a log that stands like this.
pub(super) fn choose(model: &Model, dice: &mut Dice) -> Operation {
    let limit = |dice: &mut Dice| dice.one(&[0, 1, 2, 3, 7, 100, usize::MAX], 1);
    match dice.below(100) {
        0..=33 => Operation::Append(ask(model, dice)),
        34..=45 => Operation::AtOnce((0..2 + dice.below(4)).map(|_| ask(model, dice)).collect()),
        46..=53 => Operation::Dropped {
            ask: ask(model, dice),
            polls: dice.one(&[0, 1, 1, 2, 3, 5], 1),
            yields: dice.one(&[0, 0, 1, 10, 100], 0),
            same: dice.is(60),
        },
        54..=59 => Operation::Awaited(ask(model, dice)),
        60..=64 => Operation::Stream { stream: pick(dice), after: dice.below(4) as u64 },
        65..=70 => Operation::Read { sixteenths: dice.below(18) as u64, limit: limit(dice) },
        71..=76 => {
            let after = dice.is(60).then(|| Pick::Known(dice.below(6)));
            Operation::Open { after, limit: limit(dice) }
        }
        77..=80 => Operation::Left { limit: limit(dice) },
        81..=84 => Operation::Wait(Duration::from_micros(dice.one(&[1, 1_000, 60_000_000], 1))),
        85 => Operation::Back,
        86..=88 => Operation::Restart,
        89..=95 => Operation::Crash {
            asks: (0..dice.below(4)).map(|_| ask(model, dice)).collect(),
            polls: dice.one(&[1, 1, 2, 4], 1),
            loss: match dice.below(3) {
                0 => Loss::Nothing,
                1 => Loss::Behind(dice.one(&[0, 1, 100, 700, 1_500], 0)),
                _ => Loss::All,
            },
            recovery: dice.is(30).then(|| (1 + dice.below(12), mishap(dice))),
            back: dice.is(20),
        },
        _ => Operation::Plan(1 + dice.below(12), mishap(dice)),
    }
}

fn mishap(dice: &mut Dice) -> Mishap {
    match dice.below(5) {
        0 => Mishap::Error,
        1 => Mishap::Full,
        2 => Mishap::Panic,
        _ => Mishap::Short(dice.one(&[0, 1, 300, 1_000], 0)),
    }
}

fn pick(dice: &mut Dice) -> Pick {
    match dice.below(10) {
        0 => Pick::Log,
        1..=3 => Pick::New,
        // The newest most of all: there is where rivals meet.
        4..=6 => Pick::Known(0),
        _ => Pick::Known(dice.below(8)),
    }
}

/// An append to a log that stands like this: mostly one that may happen.
fn ask(model: &Model, dice: &mut Dice) -> Ask {
    let stream = pick(dice);
    let (is_of_log, mut state) = match stream {
        Pick::Log => (true, State::New),
        known => (false, known.state(model)),
    };
    let count = if dice.is(3) { 0 } else { dice.one(&[1, 1, 1, 1, 2, 2, 3], 1) };
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        let Some((number, next)) = event(is_of_log, state, dice) else { continue };
        state = next.unwrap_or(state);
        events.push(number);
    }
    Ask {
        stream,
        off: if dice.is(85) { 0 } else { dice.one(&[-1, 1, -2, 2, i64::MAX], 1) },
        events,
        left: dice.is(25).then(|| dice.one(&[-1, 0, 1, 1_000_000], 1)),
    }
}

impl Pick {
    /// Where the stream stands, without hearing of a new one.
    fn state(self, model: &Model) -> State {
        let known = model.streams().saturating_sub(1);
        match self {
            Self::Known(back) if known > 0 => {
                model.stream(known.saturating_sub(back % known)).state
            }
            _ => State::New,
        }
    }
}

/// An event that may follow, or now and then any, and where it leads.
fn event(is_of_log: bool, state: State, dice: &mut Dice) -> Option<(usize, Option<State>)> {
    let all = samples().ok()?;
    let any = dice.is(8);
    let may = |number: &usize| {
        let sample = all.get(*number);
        any || sample.is_some_and(|sample| step(is_of_log, state, &sample.event).is_some())
    };
    let fit: Vec<usize> = (0..all.len()).filter(may).collect();
    let number = dice.one(&fit, 0);
    let sample = all.get(number)?;
    Some((number, step(is_of_log, state, &sample.event)))
}

impl Operation {
    /// What it makes of the model, where everything that is in doubt happens.
    pub(super) fn foresee(&self, model: &mut Model) {
        let now = Timestamp::from_micros(0);
        let asks = match self {
            Self::Append(ask) | Self::Awaited(ask) | Self::Dropped { ask, .. } => {
                std::slice::from_ref(ask)
            }
            Self::AtOnce(asks) | Self::Crash { asks, .. } => asks.as_slice(),
            _ => &[],
        };
        let calls: Vec<Call> = asks.iter().map(|ask| ask.call(model, now)).collect();
        for call in calls {
            if matches!(model.judge(&call, now), Verdict::Happens | Verdict::May) {
                model.take(&call);
            }
        }
        if matches!(self, Self::Crash { .. } | Self::Restart) {
            model.take_writer();
        }
    }
}
