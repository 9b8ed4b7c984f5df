//! What a log in one process knows of its streams: where each stands, and which are open.

use std::collections::hash_map::Entry;

use crate::audit::append::Append;
use crate::audit::error::Error;
use crate::audit::open_streams::OpenStreams;
use crate::audit::record::AuditRecord;
use crate::audit::standing::{Standing, step};
use crate::clock::Timestamp;
use crate::model::{ById, RequestId, Sequence, State, Version};

/// Where one stream stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) version: Version,
    pub(crate) state: State,
    pub(crate) first: Sequence,
    pub(crate) last: Sequence,
    /// The writer that started the body, where it was started.
    pub(crate) starter: Sequence,
}

impl Stream {
    /// Whether the append may happen now to a stream that stands here; `None` is a new one.
    pub(crate) fn judge(
        stream: Option<&Self>,
        append: &Append,
        now: Timestamp,
    ) -> Result<(), Error> {
        let standing = stream.map_or(Standing::NEW, |s| Standing::new(s.version, s.state));
        standing.judge(append, now)
    }

    pub(crate) const fn version(&self) -> Version {
        self.version
    }

    /// The place of its last record.
    pub(crate) const fn last(&self) -> Sequence {
        self.last
    }

    /// Where the stream stands after its next record. One that cannot follow is left out of the
    /// state, as verification will say; the version moves all the same.
    pub(crate) fn after(stream: Option<&Self>, record: &AuditRecord) -> Self {
        let mut stream = stream.copied().unwrap_or(Self {
            version: Version::START,
            state: State::New,
            first: record.sequence,
            last: record.sequence,
            starter: Sequence::START,
        });
        stream.version = record.version;
        stream.last = record.sequence;
        if let Some(state) = step(record.id, stream.state, &record.event) {
            if state == State::Started && stream.state != State::Started {
                stream.starter = record.writer;
            }
            stream.state = state;
        }
        stream
    }
}

/// Where every stream stands.
#[derive(Debug, Default)]
pub(crate) struct Index {
    streams: ById<Stream>,
    open: OpenStreams,
}

impl Index {
    /// Takes records of one stream that are written, in order.
    pub(crate) fn admit_all<'r>(
        &mut self,
        id: RequestId,
        records: impl Iterator<Item = &'r AuditRecord>,
    ) {
        let entry = self.streams.entry(id);
        let known = match &entry {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(_) => None,
        };
        let after = |stream: Option<Stream>, record| Some(Stream::after(stream.as_ref(), record));
        let Some(stream) = records.fold(known, after) else { return };
        let was_open = known.is_some_and(|known| !known.state.is_final());
        entry.insert_entry(stream);
        match (id == RequestId::LOG, was_open, !stream.state.is_final()) {
            (false, false, true) => self.open.insert(stream.first, id),
            (false, true, false) => self.open.remove(stream.first),
            _ => {}
        }
    }

    /// Takes a stream as it was noted down, unless it is known.
    pub(crate) fn restore(&mut self, id: RequestId, stream: Stream) {
        if let Entry::Vacant(entry) = self.streams.entry(id) {
            entry.insert(stream);
            if id != RequestId::LOG && !stream.state.is_final() {
                self.open.insert(stream.first, id);
            }
        }
    }

    /// Every stream it knows.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (RequestId, Stream)> {
        self.streams.iter().map(|(id, stream)| (*id, *stream))
    }

    /// Forgets the streams in which nothing more need happen.
    pub(crate) fn forget_settled(&mut self) {
        self.streams.retain(|_, stream| !stream.state.is_final());
        self.streams.shrink_to_fit();
    }

    /// Where this stream stands; `None` where nothing is on record.
    pub(crate) fn stream(&self, id: RequestId) -> Option<Stream> {
        self.streams.get(&id).copied()
    }

    pub(crate) fn version(&self, id: RequestId) -> Version {
        self.streams.get(&id).map_or(Version::START, |stream| stream.version)
    }

    /// Whether this stream is in no final state; the log's own never is.
    pub(crate) fn is_open(&self, id: RequestId) -> bool {
        self.streams.get(&id).is_some_and(|stream| !stream.state.is_final())
    }

    pub(crate) fn open(&self, after: Option<RequestId>, limit: usize) -> Vec<RequestId> {
        let after = after.and_then(|id| self.streams.get(&id)).map(|stream| stream.first);
        self.open_behind(after.unwrap_or(Sequence::START), limit)
    }

    /// The open ones that began behind this record.
    pub(crate) fn open_behind(&self, first: Sequence, limit: usize) -> Vec<RequestId> {
        self.open.behind(first).take(limit).collect()
    }

    /// Started requests whose starter is not `writer`, and where they stand.
    pub(crate) fn orphaned(&self, writer: Sequence, limit: usize) -> Vec<(RequestId, Version)> {
        let orphan = |id: RequestId| {
            let stream = self.streams.get(&id)?;
            let is_left = stream.state == State::Started && stream.starter != writer;
            is_left.then_some((id, stream.version))
        };
        self.open.behind(Sequence::START).filter_map(orphan).take(limit).collect()
    }
}
