//! What happens to the calls of one life: who votes when, what bodies do, who calls again.

use std::time::Duration;

/// What is to happen to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Approved; the body ends at once.
    Quick,
    /// Approved; the body takes a while.
    Slow,
    /// Approved; the body does not end.
    Endless,
    /// Approved; the body fails.
    Failing,
    /// Denied.
    Denied,
    /// Nobody votes in its first life.
    Pending,
    /// One of two people votes in its first life.
    Half,
    /// The policy lets it pass.
    Free,
    /// The call goes away, sooner or later.
    Dropped,
    /// Two calls with one key.
    Twins,
    /// Nobody votes in its first life, and nobody calls in its second: approved, it waits.
    Late,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Quick,
        Self::Slow,
        Self::Endless,
        Self::Failing,
        Self::Denied,
        Self::Pending,
        Self::Half,
        Self::Free,
        Self::Dropped,
        Self::Twins,
        Self::Late,
    ];

    /// The key of the call of this kind that is first made in this life.
    pub(crate) fn key(self, life: u64) -> String {
        format!("{self:?}-{life}")
    }

    /// The kind and the life behind a key.
    pub(crate) fn of(key: &str) -> (Self, u64) {
        let (name, life) = key.split_once('-').unwrap();
        let kind = Self::ALL.into_iter().find(|kind| format!("{kind:?}") == name).unwrap();
        (kind, life.parse().unwrap())
    }

    /// Who votes in a life this long after its first, and whether they approve.
    pub(crate) const fn votes(self, age: u64) -> &'static [(&'static str, bool)] {
        match (self, age) {
            (Self::Denied, _) => &[("carol", false)],
            (Self::Pending | Self::Late, 0) => &[],
            (Self::Half, 0) => &[("bob", true)],
            (Self::Half, _) => &[("bob", true), ("carol", true)],
            _ => &[("bob", true)],
        }
    }

    /// How many calls are made in a life this long after its first.
    pub(crate) const fn calls(self, age: u64) -> usize {
        match (self, age) {
            (Self::Twins, _) => 2,
            (Self::Late, 1) => 0,
            _ => 1,
        }
    }
}

/// Numbers that look random and are the same for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, what: &str) -> Self {
        // FNV-1a.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(what.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, mix))
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    /// A time shorter than this many milliseconds.
    pub(crate) fn time(&mut self, millis: u64) -> Duration {
        Duration::from_micros(self.below(millis * 1000))
    }
}
