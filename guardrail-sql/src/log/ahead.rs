//! What the writer knows without asking: the head as it left it, and where streams stood then.
//!
//! Nothing is believed of it. A batch that is judged by it goes to the database as one statement, which
//! writes behind that very head or not at all; and where it writes nothing, the careful way begins.

use std::collections::HashMap;
use std::time::Instant;

use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{Append, Standing};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{RequestId, Version};

use crate::log::batch::Batch;

/// Most streams of which it is known where they stand.
const STREAMS: usize = 4096;

/// So long a statement may take to get the head. What has not begun by then never happens.
const MOMENT: i64 = 1_000_000;

/// So far, in microseconds, the clocks that are compared here may differ.
const DRIFT: i64 = 250_000;

/// Most batches that go the careful way before the short one is tried again.
const REST: u32 = 64;

/// What the writer knows, and whether it is worth trying.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    known: Option<Known>,
    /// How often in a row it was wrong.
    missed: u32,
    /// How many batches go the careful way now.
    rest: u32,
}

/// A head, where streams stood behind it, and the time.
#[derive(Debug)]
pub(crate) struct Known {
    end: Sealer,
    standings: HashMap<RequestId, Standing>,
    /// The database's clock in microseconds, and when that was.
    wall: (i64, Instant),
}

/// When, by the database's clock in microseconds, a statement may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: i64,
    /// It may not any more.
    pub(crate) until: i64,
}

impl Ahead {
    /// What is known, for one try: it comes back by [`went`](Self::went) only.
    pub(crate) fn take(&mut self) -> Option<Known> {
        if self.rest > 0 {
            self.rest = self.rest.saturating_sub(1);
            return None;
        }
        self.known.take()
    }

    /// The statement wrote the batch.
    pub(crate) fn went(&mut self, batch: Batch, wall: (i64, Instant)) {
        self.missed = 0;
        self.learn(batch, wall);
    }

    /// Where streams stood behind this head, if it is the one that is known.
    pub(crate) fn behind(&mut self, head: &Sealer) -> HashMap<RequestId, Standing> {
        let known = self.known.take();
        let known = known
            .filter(|known| (known.end.last(), known.end.prev()) == (head.last(), head.prev()));
        known.map_or_else(HashMap::new, |known| known.standings)
    }

    /// It wrote nothing: others write, too.
    pub(crate) fn missed(&mut self) {
        self.missed = self.missed.saturating_add(1);
        self.rest = 1_u32.checked_shl(self.missed).map_or(REST, |rest| rest.min(REST));
    }

    /// The careful way has written the batch, or nothing; `wall` is what the clock was.
    pub(crate) fn learn(&mut self, batch: Batch, wall: (i64, Instant)) {
        let (end, mut standings) = batch.into_parts();
        if standings.len() > STREAMS {
            standings.clear();
        }
        self.known = Some(Known { end, standings, wall });
    }
}

impl Known {
    /// The streams of these appends of which it is not known where they stand. One that is to begin
    /// is taken for new: if it is not, nothing of it can be written.
    pub(crate) fn unknown(&self, appends: &[&Append]) -> Vec<String> {
        let asks = |append: &&&Append| {
            append.expected != Version::START && !self.standings.contains_key(&append.id)
        };
        let mut ids: Vec<String> =
            appends.iter().filter(asks).map(|append| append.id.to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Where others stand.
    pub(crate) fn standing(&mut self, found: HashMap<RequestId, Standing>) {
        self.standings.extend(found);
    }

    /// The head behind which the statement writes.
    pub(crate) const fn end(&self) -> Sealer {
        self.end
    }

    /// When the statement may write: now and for a moment, and never once the log's clock is at
    /// `before`. Nothing where only the careful way can tell. `is_log` says whether the database's
    /// clock is the log's, which says `now`.
    pub(crate) fn window(
        &self,
        now: Timestamp,
        is_log: bool,
        before: Option<Timestamp>,
    ) -> Option<Window> {
        let (wall, at) = self.wall;
        let passed = i64::try_from(at.elapsed().as_micros()).unwrap_or(i64::MAX);
        let wall = wall.saturating_add(passed);
        if is_log && now.as_micros().abs_diff(wall) > DRIFT.unsigned_abs() {
            return None;
        }
        let last = wall.saturating_add(MOMENT);
        let until = match before {
            Some(_) if !is_log => return None,
            Some(before) => last.min(before.as_micros()),
            None => last,
        };
        Some(Window { from: wall.saturating_sub(DRIFT), until })
    }

    /// A batch behind this head, and the clock.
    pub(crate) fn batch(self, now: Timestamp) -> (Batch, (i64, Instant)) {
        (Batch::new(self.end, now, self.standings), self.wall)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that is wrong should fail")]
mod tests {
    use std::collections::HashMap;
    use std::time::Instant;

    use guardrail_core::audit::seal::Sealer;
    use guardrail_core::clock::Timestamp;
    use guardrail_core::model::{LogId, Sequence};

    use super::{Ahead, DRIFT, MOMENT, REST};
    use crate::log::batch::Batch;

    const NOON: i64 = 1_700_000_000_000_000;

    fn batch(time: i64) -> Batch {
        let id = LogId::parse("01a205b9-5716-74fc-a066-f5a2ee071f07").unwrap();
        let time = Timestamp::from_micros(time);
        let prev = guardrail_core::model::Digest::from_bytes([0; 32]);
        let end = Sealer::resume(id, Sequence::new(1), prev, Sequence::new(1), time);
        Batch::new(end, time, HashMap::new())
    }

    #[test]
    fn a_statement_writes_now_or_never() {
        let mut ahead = Ahead::default();
        ahead.learn(batch(NOON), (NOON, Instant::now()));
        let known = ahead.take().unwrap();
        let now = Timestamp::from_micros(NOON);
        let window = known.window(now, true, None).unwrap();
        assert!(window.from >= NOON - DRIFT && window.until >= NOON + MOMENT);
        let before = Timestamp::from_micros(NOON + 1);
        let window = known.window(now, true, Some(before)).unwrap();
        assert_eq!(window.until, NOON + 1, "not once the log's clock is there");
        assert_eq!(known.window(now, false, Some(before)), None, "the statement cannot tell");
        assert!(known.window(now, false, None).is_some());
        // Behind a record of the future the log's clock is not the database's.
        let ahead_of_it = Timestamp::from_micros(NOON + 60_000_000);
        assert_eq!(known.window(ahead_of_it, true, None), None);
    }

    #[test]
    fn where_others_write_it_is_tried_seldom() {
        let mut ahead = Ahead::default();
        let mut tries = 0;
        for n in 1..=1000 {
            ahead.learn(batch(NOON), (NOON, Instant::now()));
            if ahead.take().is_some() {
                tries += 1;
                ahead.missed();
            }
            assert!(n < 1000 || (10..30).contains(&tries), "{tries}, at most one in {REST}");
        }
        ahead.rest = 0;
        ahead.went(batch(NOON), (NOON, Instant::now()));
        assert!(ahead.take().is_some());
        ahead.missed();
        assert_eq!(ahead.rest, 2, "whoever was right once is tried again soon");
    }
}
