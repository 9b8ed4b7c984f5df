//! Which streams are open, in the order in which they began.

use std::collections::BTreeMap;

use crate::model::{RequestId, Sequence};

/// Open streams by their first record.
#[derive(Debug, Default)]
pub(crate) struct OpenStreams {
    older: BTreeMap<Sequence, RequestId>,
    /// The one that began last, apart: a call that ends before the next begins goes through no map.
    newest: Option<(Sequence, RequestId)>,
}

impl OpenStreams {
    /// Takes one whose first record is this.
    pub(crate) fn insert(&mut self, first: Sequence, id: RequestId) {
        self.older.extend(self.newest.take());
        match self.older.last_key_value() {
            Some((last, _)) if *last > first => drop(self.older.insert(first, id)),
            _ => self.newest = Some((first, id)),
        }
    }

    /// Forgets the one whose first record is this.
    pub(crate) fn remove(&mut self, first: Sequence) {
        if self.newest.take_if(|newest| newest.0 == first).is_none() {
            self.older.remove(&first);
        }
    }

    /// Those that began behind this record, oldest first.
    pub(crate) fn behind(&self, first: Sequence) -> impl Iterator<Item = RequestId> {
        let older = self.older.range(first.next()..).map(|(_, id)| *id);
        let newest = self.newest.filter(|newest| newest.0 > first).map(|(_, id)| id);
        older.chain(newest)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what must not happen")]

    use proptest::prelude::*;

    use super::*;
    use crate::clock::{SystemEntropy, Timestamp};

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(moves in proptest::collection::vec((0_u64..12, any::<bool>()), 0..40)) {
            let id = || RequestId::random(Timestamp::MIN, &SystemEntropy).unwrap();
            let (mut open, mut map) = (OpenStreams::default(), BTreeMap::new());
            for (first, enters) in moves {
                let first = Sequence::new(first);
                match enters {
                    // A record begins one stream only.
                    true if map.contains_key(&first) => {}
                    true => {
                        let id = id();
                        open.insert(first, id);
                        map.insert(first, id);
                    }
                    false => {
                        open.remove(first);
                        map.remove(&first);
                    }
                }
                for behind in 0..12 {
                    let behind = Sequence::new(behind);
                    let found: Vec<_> = open.behind(behind).collect();
                    let there: Vec<_> = map.range(behind.next()..).map(|(_, id)| *id).collect();
                    prop_assert_eq!(found, there);
                }
            }
        }
    }
}
