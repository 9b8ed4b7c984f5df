//! Where in the file that is written the records lie.

use crate::model::Sequence;

/// Where one line lies, without its line feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Some records of a stream, found from the last one backwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Those in the file that is written, oldest first.
    pub(super) places: Vec<Place>,
    /// The last of those in files before, and how many they are.
    pub(super) before: Option<(Sequence, u64)>,
}

/// Where every record of one file lies: 16 bytes each. A stream is found from its last record
/// backwards.
#[derive(Debug)]
pub(super) struct Catalog {
    /// The first record of the file.
    first: Sequence,
    /// In sequence, from the first.
    entries: Vec<Entry>,
    /// Where the next line begins.
    end: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) offset: u64,
    /// The record before it in its stream; the start for the first.
    pub(super) before: Sequence,
}

impl Catalog {
    /// Of a file that begins with this record.
    pub(super) const fn new(first: Sequence) -> Self {
        Self { first, entries: Vec::new(), end: 0 }
    }

    /// Takes the next line, of so many bytes without its line feed.
    pub(super) fn admit(&mut self, length: usize, before: Sequence) {
        self.entries.push(Entry { offset: self.end, before });
        self.end = self.end.saturating_add(length as u64).saturating_add(1);
    }

    /// The first record of the file.
    pub(super) const fn first(&self) -> Sequence {
        self.first
    }

    /// Where the next line begins.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Every record of the file.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the line of this record begins; where the next one will for one there is not.
    pub(super) fn offset(&self, sequence: Sequence) -> u64 {
        self.entry(sequence).map_or(self.end, |entry| entry.offset)
    }

    /// The last `count` records of the stream of which `last` is the last.
    pub(super) fn stream(&self, last: Sequence, count: u64) -> Found {
        let mut found = Found::default();
        let mut at = last;
        for left in (1..=count).rev() {
            let Some(entry) = self.entry(at) else {
                found.before = (at < self.first && at > Sequence::START).then_some((at, left));
                break;
            };
            let next = self.offset(at.next());
            let length = next.saturating_sub(entry.offset).saturating_sub(1);
            found.places.push(Place { offset: entry.offset, length });
            at = entry.before;
        }
        found.places.reverse();
        found
    }

    fn entry(&self, sequence: Sequence) -> Option<Entry> {
        let index = sequence.get().checked_sub(self.first.get())?;
        self.entries.get(usize::try_from(index).ok()?).copied()
    }
}
