//! Counts what the kills hit, so that a test whose child has nothing to lose fails.

use std::collections::BTreeMap;
use std::fmt;

use guardrail::State;

use crate::parent::after::Remains;
use crate::parent::kill::End;

/// Kills, and how many of them hit what.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kills: u64,
    hits: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn count(&mut self, end: &End, life: u64, remains: &Remains) {
        self.kills += 1;
        let has = |state, body| {
            let mut lives = remains.lives.iter();
            lives.any(|(key, r)| r.recorded_state() == state && (remains.runs(key) > 0) == body)
        };
        let hits = [
            ("while one waited for people", has(State::Pending, false)),
            ("with one approved and not started", has(State::Approved, false)),
            ("with one started, its body not begun", has(State::Started, false)),
            ("in a body", has(State::Started, true)),
            ("in a write", remains.torn && end.hit.as_deref() == Some("half written")),
            ("in a recovery", life > 0 && !end.up),
        ];
        for (what, _) in hits.iter().filter(|(_, is_hit)| *is_hit) {
            *self.hits.entry((*what).to_owned()).or_default() += 1;
        }
        if let Some(point) = &end.hit {
            *self.hits.entry(format!("at `{point}`")).or_default() += 1;
        }
    }

    /// How many kills hit this.
    pub(crate) fn of(&self, what: &str) -> u64 {
        self.hits.get(what).copied().unwrap_or(0)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kills", self.kills)?;
        self.hits.iter().try_for_each(|(what, count)| write!(f, "\n  {count:5} {what}"))
    }
}

/// How many kills are asked for, over both tests.
pub(crate) fn wanted() -> u64 {
    let kills = std::env::var("GUARDRAIL_KILLS").ok();
    kills.map_or(500, |kills| kills.parse().expect("GUARDRAIL_KILLS is a number"))
}
