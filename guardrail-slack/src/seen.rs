//! What was seen lately: a bounded memory that forgets the oldest first.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

/// How many are remembered. At 200 clicks a second that is twenty seconds; Slack delivers a second
/// time within a few. A nonce that is spent refuses what comes later still.
const REMEMBERED: usize = 4096;

#[derive(Debug)]
pub(crate) struct Seen<K> {
    order: VecDeque<K>,
    known: HashSet<K>,
}

impl<K: Hash + Eq + Clone> Seen<K> {
    pub(crate) fn contains(&self, key: &K) -> bool {
        self.known.contains(key)
    }

    /// Remembers `key`.
    pub(crate) fn remember(&mut self, key: K) {
        if !self.known.insert(key.clone()) {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self { order: VecDeque::new(), known: HashSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, Seen};

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut seen = Seen::default();
        for key in 0..REMEMBERED {
            seen.remember(key);
        }
        seen.remember(0);
        assert!(seen.contains(&0) && seen.contains(&(REMEMBERED - 1)));
        seen.remember(REMEMBERED);
        assert!(!seen.contains(&0) && seen.contains(&1) && seen.contains(&REMEMBERED));
        assert_eq!((seen.order.len(), seen.known.len()), (REMEMBERED, REMEMBERED));
    }
}
