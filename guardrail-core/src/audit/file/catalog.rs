//! Where in the file the records lie.

use crate::model::Sequence;

/// Where one line lies, without its line feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Where every record lies: 16 bytes each. A stream is found from its last record backwards.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    /// In sequence, from the first.
    entries: Vec<Entry>,
    /// Where the next line begins.
    end: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    offset: u64,
    /// The record before it in its stream; the start for the first.
    before: Sequence,
}

impl Catalog {
    /// Takes the next line, of so many bytes without its line feed.
    pub(super) fn admit(&mut self, length: usize, before: Sequence) {
        self.entries.push(Entry { offset: self.end, before });
        self.end = self.end.saturating_add(length as u64).saturating_add(1);
    }

    /// Where the next line begins.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Where the line of this record begins; where the next one will for one there is not.
    pub(super) fn offset(&self, sequence: Sequence) -> u64 {
        self.entry(sequence).map_or(self.end, |entry| entry.offset)
    }

    /// The last `count` records of the stream of which `last` is the last, oldest first.
    pub(super) fn stream(&self, last: Sequence, count: u64) -> Vec<Place> {
        let mut places = Vec::new();
        let mut at = last;
        for _ in 0..count {
            let Some(entry) = self.entry(at) else { break };
            let next = self.offset(at.next());
            let length = next.saturating_sub(entry.offset).saturating_sub(1);
            places.push(Place { offset: entry.offset, length });
            at = entry.before;
        }
        places.reverse();
        places
    }

    fn entry(&self, sequence: Sequence) -> Option<Entry> {
        let index = usize::try_from(sequence.get().checked_sub(1)?).ok()?;
        self.entries.get(index).copied()
    }
}
