//! Time and randomness, injected: the one clock every deadline is judged by, and the source of ids.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

thread_local! {
    /// The second that was written last, and its text.
    static SECOND: Cell<(i64, [u8; 27])> = const { Cell::new((i64::MIN, [b'0'; 27])) };
}

/// A point in time: UTC, to the microsecond. Its text form is RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest time there is; before every other.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The latest time there is; after every other.
    pub const MAX: Self = Self(253_402_207_200_000_000 - 1);

    /// Microseconds since 1970-01-01 UTC, clamped to the years 1 to 9999.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// Microseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 text; digits beyond the microsecond are dropped.
    ///
    /// # Errors
    /// When the text is no RFC 3339 time.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let time: jiff::Timestamp = text.parse().map_err(|_| TimestampError)?;
        Ok(Self::from_micros(time.as_microsecond()))
    }

    /// This time, `wait` later; never past [`Timestamp::MAX`].
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// How long after `earlier` this is; zero if it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn civil(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// RFC 3339 with six digits of the second, always 27 bytes. Every record carries one, so it is
    /// written digit by digit, and what is the same all through a second once a second.
    pub(crate) fn text(self) -> [u8; 27] {
        let (second, micros) = (self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000));
        let (known, mut text) = SECOND.get();
        if known != second {
            text = self.whole_second();
            SECOND.set((second, text));
        }
        put(&mut text, 26, 6, i32::try_from(micros).unwrap_or(0));
        text
    }

    fn whole_second(self) -> [u8; 27] {
        let civil = jiff::tz::Offset::UTC.to_datetime(self.civil());
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        put(&mut text, 4, 4, i32::from(civil.year()));
        put(&mut text, 7, 2, i32::from(civil.month()));
        put(&mut text, 10, 2, i32::from(civil.day()));
        put(&mut text, 13, 2, i32::from(civil.hour()));
        put(&mut text, 16, 2, i32::from(civil.minute()));
        put(&mut text, 19, 2, i32::from(civil.second()));
        text
    }

    /// The time of day in UTC, `09:14:02`.
    #[must_use]
    pub fn time_of_day(self) -> String {
        self.civil().strftime("%H:%M:%S").to_string()
    }
}

/// Writes the last `digits` of a number so that they end before `end`.
fn put(text: &mut [u8; 27], end: usize, digits: usize, value: i32) {
    let mut rest = value.unsigned_abs();
    for byte in text.iter_mut().take(end).rev().take(digits) {
        *byte = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Text that is no RFC 3339 time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time")]
#[non_exhaustive]
pub struct TimestampError;

/// What tells the time. The log's clock judges every deadline.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time now; never earlier than an answer given before.
    fn now(&self) -> Timestamp;
}

/// Wall time at its making plus monotonic time since: a wall clock set back or forward later moves
/// no deadline. Follows tokio's clock, so that it stands still where a test pauses time.
#[derive(Debug)]
pub struct SystemClock {
    wall: Timestamp,
    base: tokio::time::Instant,
}

impl SystemClock {
    /// Reads the wall clock, once.
    #[must_use]
    pub fn new() -> Self {
        let wall = Timestamp::from_micros(jiff::Timestamp::now().as_microsecond());
        Self { wall, base: tokio::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.wall.after(self.base.elapsed())
    }
}

/// Where ids, nonces and salts come from.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Fills `bytes` with bits nobody can guess.
    ///
    /// # Errors
    /// When there are none to be had; whatever asked for them is refused.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's random numbers, fetched 1 KiB at a time: every call asks for a few
/// bytes, and each question costs a system call.
///
/// Every thread keeps what it has fetched and not handed out, and wipes what it hands out. A
/// process that forks without `exec` must not use it in the child: both would hand out the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

/// Bytes that a thread fetches at a time.
const FETCH: usize = 1024;

/// Random bytes of one thread; those from `used` on were not handed out yet.
struct Fetched {
    bytes: [u8; FETCH],
    used: usize,
}

thread_local! {
    static FETCHED: RefCell<Fetched> = const { RefCell::new(Fetched { bytes: [0; FETCH], used: FETCH }) };
}

impl Fetched {
    fn hand_out(&mut self, wanted: &mut [u8]) -> Result<(), EntropyError> {
        if self.bytes.len().saturating_sub(self.used) < wanted.len() {
            // Used up until it is whole again: half-fetched bytes are never handed out.
            self.used = self.bytes.len();
            getrandom::fill(&mut self.bytes).map_err(|_| EntropyError)?;
            self.used = 0;
        }
        let end = self.used.saturating_add(wanted.len());
        let fresh = self.bytes.get_mut(self.used..end).ok_or(EntropyError)?;
        wanted.copy_from_slice(fresh);
        fresh.fill(0);
        self.used = end;
        Ok(())
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let fetched = match bytes.len() {
            // A thread that ends has nothing left to hand out, and asks the system itself.
            0..=64 => FETCHED.try_with(|fetched| fetched.borrow_mut().hand_out(bytes)).ok(),
            _ => None,
        };
        match fetched {
            Some(handed_out) => handed_out,
            None => getrandom::fill(bytes).map_err(|_| EntropyError),
        }
    }
}

/// The system gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random numbers")]
#[non_exhaustive]
pub struct EntropyError;

const _: Option<&dyn Clock> = None;
const _: Option<&dyn Entropy> = None;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn times_near_one_another_read_back(
            around in Timestamp::MIN.0..Timestamp::MAX.0,
            steps in prop::collection::vec(-1_500_000_i64..1_500_000, 1..16),
        ) {
            // Within one second and over its ends, to and fro.
            for step in steps {
                let time = Timestamp::from_micros(around.saturating_add(step));
                prop_assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
            }
        }
    }
}
