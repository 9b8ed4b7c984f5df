//! How long others have taken this process as there, as far as it knows by itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guardrail_core::audit::Tenure;
use guardrail_core::clock::Clock;

use crate::log::process::SURE;

/// What this process knows of how others see it. Every moment is by a clock of its own, and lies
/// before the one at which the database wrote it down: others hear of it later than it believes.
#[derive(Debug)]
pub(crate) struct Lease {
    clock: Option<Arc<dyn Clock>>,
    /// What tells the time where no clock was given, in microseconds.
    tick: fn() -> i64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// When it was last said that this process is there.
    said: Option<i64>,
    /// How many gaps there were in which others may have taken it for gone.
    gaps: u64,
}

impl Lease {
    /// One that begins when it is first renewed.
    pub(crate) fn new(clock: Option<Arc<dyn Clock>>, tick: fn() -> i64) -> Self {
        Self { clock, tick, held: Mutex::default() }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.as_ref().map_or_else(self.tick, |clock| clock.now().as_micros())
    }

    /// The database has not heard of this process for so many microseconds by its own clock; `None`
    /// where it knows it no more. A machine that was halted, or a database whose clock has jumped, shows
    /// in nothing else. To be told before [`Lease::renew`].
    pub(crate) fn saw(&self, silent: Option<i64>) {
        let is_sure = silent.is_some_and(|silent| is_sure(0, silent.max(0)));
        let mut held = self.held();
        if held.said.is_some() && !is_sure {
            held.gaps = held.gaps.saturating_add(1);
        }
    }

    /// It is in the database that this process is there; the database was told at `asked` or later.
    pub(crate) fn renew(&self, asked: i64) {
        let now = self.now();
        let mut held = self.held();
        if held.said.is_some_and(|said| !is_sure(said, now)) {
            held.gaps = held.gaps.saturating_add(1);
        }
        held.said = Some(held.said.map_or(asked, |said| said.max(asked)));
    }

    /// Since when it is sure that nobody has taken this process for gone.
    pub(crate) fn tenure(&self) -> Option<Tenure> {
        let now = self.now();
        let held = self.held();
        held.said.filter(|said| is_sure(*said, now)).map(|_| Tenure::new(held.gaps))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether whoever was heard of then is surely still taken as there.
fn is_sure(said: i64, now: i64) -> bool {
    // A clock that goes back says nothing.
    u128::try_from(now.saturating_sub(said)).is_ok_and(|since| since < SURE.as_micros())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use guardrail_conformance::ManualClock;
    use guardrail_core::audit::Tenure;

    use super::Lease;
    use crate::log::process::{SILENCE, SURE};

    const MICRO: Duration = Duration::from_micros(1);

    fn lease() -> (Arc<ManualClock>, Lease) {
        let clock = Arc::new(ManualClock::new());
        (clock.clone(), Lease::new(Some(clock), || 0))
    }

    fn micros(time: Duration) -> i64 {
        i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
    }

    fn say(lease: &Lease) -> Option<Tenure> {
        lease.renew(lease.now());
        lease.tenure()
    }

    #[test]
    fn it_is_over_before_others_may_act() {
        assert!(SURE < SILENCE);
        let (clock, lease) = lease();
        assert_eq!(lease.tenure(), None, "nobody has heard of it yet");
        let first = say(&lease);
        assert!(first.is_some());
        clock.advance(SURE - MICRO);
        assert_eq!(lease.tenure(), first);
        clock.advance(MICRO);
        assert_eq!(lease.tenure(), None);
    }

    /// Would catch a process that was stopped, said first of all that it is there, and then went on
    /// with what others had taken up.
    #[test]
    fn behind_a_gap_it_is_another() {
        let (clock, lease) = lease();
        let first = say(&lease);
        clock.advance(SURE - MICRO);
        assert_eq!(say(&lease), first, "said in time");
        clock.advance(SURE);
        let second = say(&lease);
        assert!(second.is_some() && second != first);
        clock.advance(SURE - MICRO);
        assert_eq!(say(&lease), second);
    }

    /// Would catch one that believes its own clock alone: that of a machine which was halted stood still.
    #[test]
    fn a_gap_that_only_the_database_saw_is_one() {
        let (_, lease) = lease();
        lease.saw(None);
        let first = say(&lease);
        lease.saw(Some(0));
        lease.saw(Some(micros(SURE - MICRO)));
        assert_eq!(say(&lease), first);
        for silent in [Some(micros(SURE)), None] {
            let before = lease.tenure();
            lease.saw(silent);
            assert_ne!(lease.tenure(), before);
            assert_ne!(say(&lease), before);
        }
    }

    /// Would catch one that counts from the answer: the database may have written it down long before.
    #[test]
    fn it_counts_from_the_question() {
        let (clock, lease) = lease();
        let first = say(&lease);
        let asked = lease.now();
        clock.advance(SURE - MICRO);
        lease.renew(asked);
        assert_eq!(lease.tenure(), first);
        clock.advance(MICRO);
        assert_eq!(lease.tenure(), None);
        lease.renew(asked);
        assert_eq!(lease.tenure(), None, "an answer that came late proves nothing");
    }

    #[test]
    fn a_clock_that_goes_back_proves_nothing() {
        let (clock, lease) = lease();
        let first = say(&lease);
        assert!(first.is_some());
        clock.set(guardrail_core::clock::Timestamp::MIN);
        assert_eq!(lease.tenure(), None);
        assert_ne!(say(&lease), first);
    }
}
