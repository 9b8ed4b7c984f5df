//! The index as bytes: a front with its hash, where each record lies, and the table of streams.

use sha2::{Digest as _, Sha256};

use super::{Header, Segment, Written, table};
use crate::audit::file::catalog::Place;
use crate::audit::file::storage::{Folder, Storage, read_full};
use crate::audit::index::Stream;
use crate::audit::line::{LINE_LIMIT, leaf};
use crate::model::{RequestId, Sequence};

const MAGIC: &[u8; 8] = b"gr-idx-1";
/// Magic, length of the header, SHA-256 of the header.
const FRONT: usize = 48;
/// Most bytes of a header: some hundred thousand open requests.
const HEADER_LIMIT: u64 = 256 * 1024 * 1024;
/// Bytes of one record: its offset, and the record before it in its stream.
pub(super) const ENTRY: usize = 16;

/// Where in the index its parts lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    entries: u64,
    table: u64,
}

impl Layout {
    fn new(header: &Header, length: u64) -> Self {
        let entries = (FRONT as u64).saturating_add(length);
        let records = header.end().last().next().get().saturating_sub(header.first.get());
        Self { entries, table: entries.saturating_add(records.saturating_mul(ENTRY as u64)) }
    }

    /// Where the `nth` record of the file is noted.
    pub(super) const fn entry(&self, nth: u64) -> u64 {
        self.entries.saturating_add(nth.saturating_mul(ENTRY as u64))
    }

    /// Where the `nth` block of the table lies.
    pub(super) const fn block(&self, nth: u64) -> u64 {
        self.table.saturating_add(nth.saturating_mul(table::BLOCK as u64))
    }
}

/// The name of the index of this file.
pub(in crate::audit::file) fn index_name(log: &str) -> String {
    format!("{}.index", log.trim_end_matches(".jsonl"))
}

/// The index of a log that ends with the file that is now written.
pub(in crate::audit::file) fn encode(log: &Written<'_>) -> Option<(Vec<u8>, Segment)> {
    let first = log.catalog.first();
    // The log's own stream stands with the open ones, for it never ends.
    let is_here =
        |(id, stream): &(RequestId, Stream)| *id != RequestId::LOG && stream.last >= first;
    let here = log.index.streams().filter(is_here);
    let mut streams: Vec<(RequestId, Stream)> = here.collect();
    streams.sort_unstable_by_key(|(id, _)| *id);
    let mut blocks = Vec::new();
    let fences = table::encode(&streams, &mut blocks);
    let header = Header::new(log, &streams, fences);
    let text = serde_json::to_vec(&header).ok()?;
    let hash: [u8; 32] = Sha256::digest(&text).into();
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&hash);
    bytes.extend_from_slice(&text);
    for entry in log.catalog.entries() {
        bytes.extend_from_slice(&entry.offset.to_le_bytes());
        bytes.extend_from_slice(&entry.before.get().to_le_bytes());
    }
    bytes.append(&mut blocks);
    let layout = Layout::new(&header, text.len() as u64);
    Some((bytes, Segment::new(log.name.to_owned(), &header, layout)))
}

/// The index of the file with this name; `None` where there is none, or none that fits the file.
pub(in crate::audit::file) fn load(folder: &dyn Folder, name: &str) -> Option<(Segment, Header)> {
    let index = folder.open_read(&index_name(name)).ok()?;
    let mut front = [0; FRONT];
    let read = read_full(&*index, &mut front, 0).ok()?;
    let (magic, rest) = front.split_first_chunk()?;
    let (length, hash) = rest.split_first_chunk()?;
    let length = u64::from_le_bytes(*length);
    if read != FRONT || magic != MAGIC || length > HEADER_LIMIT.min(index.size().ok()?) {
        return None;
    }
    let mut text = vec![0; usize::try_from(length).ok()?];
    read_full(&*index, &mut text, FRONT as u64).ok()?;
    if <[u8; 32]>::from(Sha256::digest(&text)) != hash {
        return None;
    }
    let header: Header = serde_json::from_slice(&text).ok()?;
    let layout = Layout::new(&header, length);
    let blocks = header.fences.len() as u64;
    let is_whole = index.size().ok()? == layout.block(blocks)
        && header.streams <= blocks.saturating_mul(64)
        && header.tree().is_some()
        && folder.open_read(name).ok()?.size().ok()? == header.size
        && is_last(folder, name, &*index, &layout, &header)?;
    is_whole.then(|| (Segment::new(name.to_owned(), &header, layout), header))
}

/// Whether the last line of the file is the end that the index notes down.
fn is_last(
    folder: &dyn Folder,
    name: &str,
    index: &dyn Storage,
    layout: &Layout,
    header: &Header,
) -> Option<bool> {
    let last = header.end().last().get().checked_sub(header.first.get())?;
    let mut bytes = [0; 2 * ENTRY];
    read_full(index, bytes.get_mut(..ENTRY)?, layout.entry(last)).ok()?;
    let (place, _) = entry(&bytes, header.size, true)?;
    let mut line = vec![0; usize::try_from(place.length).ok()?.min(LINE_LIMIT)];
    read_full(&*folder.open_read(name).ok()?, &mut line, place.offset).ok()?;
    Some(leaf(&line) == header.end().prev())
}

/// Where a record lies and the one before it in its stream, from its entry and the next.
pub(super) fn entry(bytes: &[u8], size: u64, is_last: bool) -> Option<(Place, Sequence)> {
    let number = |at: usize| Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let (offset, before) = (number(0)?, Sequence::new(number(8)?));
    let next = if is_last { size } else { number(ENTRY)? };
    let length = next.checked_sub(offset)?.checked_sub(1)?;
    Some((Place { offset, length }, before))
}
