//! What the log was when a file of it was closed.

use serde::{Deserialize, Serialize};

use crate::audit::file::catalog::Catalog;
use crate::audit::index::{Index, Stream};
use crate::audit::seal::Sealer;
use crate::audit::tree::Tree;
use crate::clock::Timestamp;
use crate::model::{Digest, LogId, RequestId, Sequence, State, Version};

/// The front of an index.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::audit::file) struct Header {
    /// The first record of the file.
    pub(super) first: Sequence,
    /// The leaf hash of the record before it.
    behind: Digest,
    /// How many bytes the file holds.
    pub(super) size: u64,
    /// The end of the log, which is the last record of the file.
    #[serde(with = "end")]
    pub(super) end: Sealer,
    /// The right edge of the Merkle tree over all records up to here.
    edge: Vec<Digest>,
    /// The streams that are in no final state.
    open: Vec<Kept>,
    /// How many streams the table holds.
    pub(super) streams: u64,
    pub(super) fences: Vec<u64>,
    pub(super) span: Option<(RequestId, RequestId)>,
    pub(super) has_keys: bool,
}

/// The log as it stands at the end of the file that is written.
pub(in crate::audit::file) struct Written<'k> {
    /// The file's name.
    pub(in crate::audit::file) name: &'k str,
    /// The leaf hash of the last record before it.
    pub(in crate::audit::file) behind: Digest,
    pub(in crate::audit::file) end: Sealer,
    pub(in crate::audit::file) tree: &'k Tree,
    pub(in crate::audit::file) index: &'k Index,
    pub(in crate::audit::file) catalog: &'k Catalog,
}

/// Where a stream stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    id: RequestId,
    version: Version,
    state: State,
    first: Sequence,
    last: Sequence,
    starter: Sequence,
}

impl Header {
    /// Of the log, which ends with this file.
    pub(super) fn new(
        log: &Written<'_>,
        streams: &[(RequestId, Stream)],
        fences: Vec<u64>,
    ) -> Self {
        let open = log.index.streams().filter(|(_, stream)| !stream.state.is_final());
        let mut open: Vec<Kept> = open.map(|(id, stream)| Kept::of(id, &stream)).collect();
        open.sort_unstable_by_key(|kept| kept.first);
        let plain = || streams.iter().map(|(id, _)| *id).filter(|id| !id.is_keyed());
        Self {
            first: log.catalog.first(),
            behind: log.behind,
            size: log.catalog.end(),
            end: log.end,
            edge: log.tree.edge().to_vec(),
            open,
            streams: streams.len() as u64,
            fences,
            span: plain().min().zip(plain().max()),
            has_keys: streams.iter().any(|(id, _)| id.is_keyed()),
        }
    }

    /// Whether the file goes on where this log ends.
    pub(in crate::audit::file) fn follows(&self, log: &Written<'_>) -> bool {
        let begins = log.end.last() == Sequence::START;
        self.first == log.catalog.first()
            && self.behind == log.end.prev()
            && (begins || self.end.log() == log.end.log())
    }

    /// The log at its end.
    pub(in crate::audit::file) const fn end(&self) -> Sealer {
        self.end
    }

    /// The tree at its end.
    pub(in crate::audit::file) fn tree(&self) -> Option<Tree> {
        Tree::noted(self.end.last().get(), self.edge.clone())
    }

    /// The open streams at its end.
    pub(in crate::audit::file) fn open(&self) -> impl Iterator<Item = (RequestId, Stream)> {
        self.open.iter().map(|kept| (kept.id, kept.stream()))
    }
}

impl Kept {
    const fn of(id: RequestId, stream: &Stream) -> Self {
        let Stream { version, state, first, last, starter } = *stream;
        Self { id, version, state, first, last, starter }
    }

    const fn stream(&self) -> Stream {
        let Self { version, state, first, last, starter, .. } = *self;
        Stream { version, state, first, last, starter }
    }
}

/// A [`Sealer`] as a list.
mod end {
    use serde::{Deserializer, Serializer};

    use super::{Deserialize, Digest, LogId, Sealer, Sequence, Serialize, Timestamp};

    type Noted = (LogId, Sequence, Digest, Sequence, Timestamp);

    pub(super) fn serialize<S: Serializer>(end: &Sealer, to: S) -> Result<S::Ok, S::Error> {
        (end.log(), end.last(), end.prev(), end.writer(), end.time()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Sealer, D::Error> {
        let (log, last, prev, writer, time) = Noted::deserialize(from)?;
        Ok(Sealer::resume(log, last, prev, writer, time))
    }
}
