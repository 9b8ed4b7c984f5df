//! Who leads to whom, over any number of steps.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub(crate) struct Graph<K>(BTreeMap<K, BTreeSet<K>>);

impl<K: Ord + Copy> Graph<K> {
    /// Of these steps, each from one to another.
    pub(crate) fn of(steps: impl IntoIterator<Item = (K, K)>) -> Self {
        let mut edges: BTreeMap<K, BTreeSet<K>> = BTreeMap::new();
        for (from, to) in steps {
            edges.entry(from).or_default().insert(to);
        }
        Self(edges)
    }

    /// Whether `from` is `to`, or leads there.
    pub(crate) fn leads(&self, from: K, to: K) -> bool {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![from]);
        while let Some(here) = ahead.pop() {
            if here == to {
                return true;
            }
            if seen.insert(here) {
                ahead.extend(self.0.get(&here).into_iter().flatten());
            }
        }
        false
    }
}
