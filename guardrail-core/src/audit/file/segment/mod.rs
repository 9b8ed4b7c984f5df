//! A closed file of the log: read-only, with an index beside it that can be made again from it.
//!
//! The index is what keeps memory and the time to open flat: it says where the records of its
//! file lie, where each stream stood at its end, and what the log was there. It is never believed
//! over the log: what it points at is read and must be that record, and where it is missing, cut or
//! not whole it is made again from the lines. Someone who can write the folder can make an index
//! that denies a request; what they gain by it, a second first record of that request, is what
//! [`verify`](crate::audit::verify()) finds, for it reads the lines alone.

mod form;
mod header;
mod table;

use std::io;
use std::sync::{Arc, OnceLock};

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::catalog::Place;
use crate::audit::file::storage::{Folder, Storage, read_full};
use crate::audit::index::Stream;
use crate::model::{RequestId, Sequence};
pub(super) use form::{encode, index_name, load};
pub(super) use header::{Header, Written};

/// Most indexes that are kept open at once.
const KEPT_OPEN: u64 = 256;

/// A closed file, and what its index says of it. Memory: 8 bytes for every 63 streams.
#[derive(Debug)]
pub(super) struct Segment {
    /// Of the file with the lines.
    name: String,
    first: Sequence,
    last: Sequence,
    size: u64,
    layout: form::Layout,
    /// The first 8 bytes of the first id of every block of the table.
    fences: Vec<u64>,
    /// The least and the greatest id without a key.
    span: Option<(RequestId, RequestId)>,
    has_keys: bool,
    index: OnceLock<Arc<dyn Storage>>,
}

impl Segment {
    fn new(name: String, header: &Header, layout: form::Layout) -> Self {
        Self {
            name,
            first: header.first,
            last: header.end.last(),
            size: header.size,
            layout,
            fences: header.fences.clone(),
            span: header.span,
            has_keys: header.has_keys,
            index: OnceLock::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn first(&self) -> Sequence {
        self.first
    }

    pub(super) const fn last(&self) -> Sequence {
        self.last
    }

    /// How many bytes the file holds.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Whether a record of this stream may be in it. Ids without a key are ordered by time, so of
    /// most that answers itself.
    pub(super) fn may_hold(&self, id: RequestId) -> bool {
        if id.is_keyed() {
            return self.has_keys;
        }
        self.span.is_some_and(|(least, greatest)| (least..=greatest).contains(&id))
    }

    /// Where this stream stood when the file was closed, if a record of it is in it.
    pub(super) fn stream(
        &self,
        folder: &dyn Folder,
        id: RequestId,
    ) -> Result<Option<Stream>, Error> {
        if !self.may_hold(id) {
            return Ok(None);
        }
        let index = self.index(folder)?;
        let blocks = table::candidates(&self.fences, id);
        for block in blocks {
            let mut bytes = [0; table::BLOCK];
            let at = self.layout.block(block);
            let read = read_full(&*index, &mut bytes, at).map_err(unread)?;
            let Some(found) = bytes.get(..read).and_then(|bytes| table::find(bytes, id)) else {
                return Err(self.damaged("a block of it is not whole"));
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Where a record lies, and the one before it in its stream.
    pub(super) fn entry(
        &self,
        folder: &dyn Folder,
        sequence: Sequence,
    ) -> Result<(Place, Sequence), Error> {
        let mut bytes = [0; 2 * form::ENTRY];
        let at = self.layout.entry(sequence.get().saturating_sub(self.first.get()));
        let wanted = if sequence == self.last { form::ENTRY } else { bytes.len() };
        let buffer = bytes.get_mut(..wanted).unwrap_or_default();
        let read = read_full(&*self.index(folder)?, buffer, at).map_err(unread)?;
        let place = form::entry(&bytes, self.size, sequence == self.last);
        place.filter(|_| read == wanted).ok_or_else(|| self.damaged("it is cut short"))
    }

    /// Its file, to be read.
    pub(super) fn open(&self, folder: &dyn Folder) -> Result<Box<dyn Storage>, Error> {
        folder.open_read(&self.name).map_err(unread)
    }

    fn index(&self, folder: &dyn Folder) -> Result<Arc<dyn Storage>, Error> {
        if let Some(index) = self.index.get() {
            return Ok(Arc::clone(index));
        }
        let opened = folder.open_read(&index_name(&self.name)).map_err(unread)?;
        let opened: Arc<dyn Storage> = Arc::from(opened);
        // The oldest few hundred stay open, the others are opened when they are asked.
        if self.first.get() / self.last.get().saturating_sub(self.first.get()).max(1) < KEPT_OPEN {
            return Ok(Arc::clone(self.index.get_or_init(|| opened)));
        }
        Ok(opened)
    }

    fn damaged(&self, why: &str) -> Error {
        let place = format!("`{}`", index_name(&self.name));
        let why = format!("{why}; it is made again when the log is opened without it");
        Error::Damaged { log: NAME, place: place.into(), why: why.into() }
    }
}

fn unread(error: io::Error) -> Error {
    Error::storage(NAME, "read", error)
}
