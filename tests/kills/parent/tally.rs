//! Counts what the kills hit, so that a test whose child has nothing to lose fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write as _;
use std::sync::Mutex;

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

/// How many kills are asked for over all tests, where the environment says nothing else.
const ALL: u64 = 2_400;

/// How many of them each test is asked for, in hundredths. The rest is what the last sweep or chain
/// of each is longer than it need be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share {
    FilesSteps = 35,
    FilesAnyTime = 10,
    SqliteSteps = 18,
    SqliteAnyTime = 12,
    PostgresSteps = 6,
    PostgresAnyTime = 5,
    PostgresServer = 2,
}

impl Share {
    /// How many kills this test is asked for.
    pub(crate) fn kills(self) -> u64 {
        let all = std::env::var("GUARDRAIL_KILLS").ok();
        let all = all.map_or(ALL, |kills| kills.parse().expect("GUARDRAIL_KILLS is a number"));
        // With fewer, chance might spare a phase.
        (all * self as u64 / 100).max(20)
    }

    const fn is_postgres(self) -> bool {
        matches!(self, Self::PostgresSteps | Self::PostgresAnyTime | Self::PostgresServer)
    }
}

/// What all tests of this process have done so far: kills, and the named points they were at.
static SO_FAR: Mutex<[(u64, BTreeSet<String>); 2]> =
    Mutex::new([(0, BTreeSet::new()), (0, BTreeSet::new())]);

impl Tally {
    /// The named points at which a child ended itself: before and behind an append of each kind of
    /// event, in and behind the operations of a folder, in a transaction, and in a body.
    pub(crate) fn points(&self) -> BTreeSet<String> {
        let points = self.hits.keys().filter(|hit| hit.starts_with("at `"));
        points.cloned().collect()
    }

    /// Tells what this test has done, and all of them so far. The last to end tells the whole.
    pub(crate) fn tell(&self, share: Share, story: &str) {
        let mut so_far = SO_FAR.lock().unwrap();
        let mine = &mut so_far[usize::from(share.is_postgres())];
        mine.0 += self.kills;
        mine.1.extend(self.points());
        let [(kills, points), (on_postgres, points_on_postgres)] = &*so_far;
        let all = format!(
            "{share:?}: {story}\nall so far: {kills} kills over {} named points on FileLog and \
             SQLite, {on_postgres} over {} on PostgreSQL\n",
            points.len(),
            points_on_postgres.len(),
        );
        std::io::stderr().write_all(all.as_bytes()).unwrap();
    }
}
