//! Where in the file the records lie.

use std::collections::HashMap;

use crate::audit::record::AuditRecord;
use crate::model::{RequestId, Sequence, Version};

/// A mark is set after so many bytes; to read from anywhere, at most so many are skipped.
const SPACING: u64 = 64 * 1024;

/// Where one line lies, without its line feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u32,
}

impl Place {
    /// Where the next line begins.
    pub(super) const fn end(self) -> u64 {
        self.offset.saturating_add(self.length as u64).saturating_add(1)
    }
}

/// Where in the file the records lie: every record of each stream, and a mark every 64 KiB for
/// those who read the whole.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    streams: HashMap<RequestId, Vec<Place>>,
    marks: Vec<(Sequence, u64)>,
}

impl Catalog {
    pub(super) fn admit(&mut self, record: &AuditRecord, place: Place) {
        self.streams.entry(record.id).or_default().push(place);
        let due =
            self.marks.last().is_none_or(|(_, at)| place.offset.saturating_sub(*at) >= SPACING);
        if due {
            self.marks.push((record.sequence, place.offset));
        }
    }

    /// The places of this stream's records behind `after`.
    pub(super) fn stream(&self, id: RequestId, after: Version) -> &[Place] {
        let skip = usize::try_from(after.get()).unwrap_or(usize::MAX);
        self.streams.get(&id).and_then(|places| places.get(skip..)).unwrap_or_default()
    }

    /// The last mark at or before this record.
    pub(super) fn mark(&self, sequence: Sequence) -> (Sequence, u64) {
        let behind = self.marks.partition_point(|(at, _)| *at <= sequence);
        let mark = behind.checked_sub(1).and_then(|index| self.marks.get(index));
        mark.copied().unwrap_or((Sequence::START.next(), 0))
    }
}
