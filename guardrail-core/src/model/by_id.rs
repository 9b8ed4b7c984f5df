//! Maps by the id of a request, hashed in two multiplications: every append looks into some.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::model::id::RequestId;

/// A map by the id of a request.
pub(crate) type ById<V> = HashMap<RequestId, V, Seeded>;

/// A hasher for what is random or a SHA-256 anyway, as ids are. Each map has seeds of its own, made
/// as the standard library makes those of SipHash, so that nobody who searches for keys whose ids
/// collide knows what they would have to collide in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded {
    state: u64,
    factor: u64,
}

impl Default for Seeded {
    fn default() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self { state: random(), factor: random() | 1 }
    }
}

impl BuildHasher for Seeded {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Seeded {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.factor);
        self.state = low(product) ^ low(product >> 64);
    }

    fn write_u128(&mut self, words: u128) {
        self.write_u64(low(words));
        self.write_u64(low(words >> 64));
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

fn low(words: u128) -> u64 {
    u64::try_from(words & u128::from(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

    use std::collections::HashSet;

    use super::*;
    use crate::clock::{SystemEntropy, Timestamp};

    #[test]
    fn ids_of_one_moment_are_spread() {
        let ids: Vec<_> = (0..4096)
            .map(|_| RequestId::random(Timestamp::from_micros(0), &SystemEntropy).unwrap())
            .collect();
        let seeds = Seeded::default();
        // The bits that choose a place in a map, and those that tell its neighbours apart.
        for shift in [0, 52] {
            let places: HashSet<_> =
                ids.iter().map(|id| (seeds.hash_one(id) >> shift) & 0xfff).collect();
            // Of 4,096 thrown into 4,096 places, 2,589 are hit on average; never so few by chance.
            assert!(places.len() > 2400, "{} at {shift}", places.len());
        }
    }

    #[test]
    fn no_two_maps_hash_alike() {
        let (one, other) = (Seeded::default(), Seeded::default());
        assert_ne!(one.hash_one(RequestId::LOG), other.hash_one(RequestId::LOG));
    }
}
