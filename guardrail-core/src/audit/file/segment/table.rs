//! Where each stream of a closed file stood: sorted by id, in blocks that carry their own hash.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::audit::index::Stream;
use crate::model::{RequestId, Sequence, State, Version};

/// Bytes of one stream: id, version, first, last, starter, state, and zeroes.
const ROW: usize = 64;
/// Streams of one block.
const ROWS: usize = 63;
/// Bytes of one block: its rows, and the first half of their SHA-256 twice.
pub(super) const BLOCK: usize = 4096;

/// The blocks of these streams, which are sorted, and the first 8 bytes of each one's first id.
pub(super) fn encode(streams: &[(RequestId, Stream)], bytes: &mut Vec<u8>) -> Vec<u64> {
    let mut fences = Vec::new();
    for block in streams.chunks(ROWS) {
        let start = bytes.len();
        fences.extend(block.first().map(|(id, _)| front(*id)));
        for (id, stream) in block {
            let state = State::ALL.iter().position(|state| *state == stream.state).unwrap_or(0);
            bytes.extend_from_slice(id.as_bytes());
            let numbers = [stream.version.get(), stream.first.get(), stream.last.get()];
            for number in numbers.into_iter().chain([stream.starter.get()]) {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.push(u8::try_from(state).unwrap_or(0));
            bytes.resize(bytes.len().next_multiple_of(ROW).max(ROW), 0);
        }
        bytes.resize(start.saturating_add(ROWS.saturating_mul(ROW)), 0);
        let hash: [u8; 32] = Sha256::digest(bytes.get(start..).unwrap_or_default()).into();
        bytes.extend_from_slice(&hash);
        bytes.resize(start.saturating_add(BLOCK), 0);
    }
    fences
}

/// The blocks in which this id may stand: one, or a few where ids begin alike.
pub(super) fn candidates(fences: &[u64], id: RequestId) -> Range<u64> {
    let front = front(id);
    let from = fences.partition_point(|fence| *fence < front).saturating_sub(1);
    let to = fences.partition_point(|fence| *fence <= front);
    from as u64..to as u64
}

/// The stream with this id in this block; `None` where the block is not whole.
pub(super) fn find(block: &[u8], id: RequestId) -> Option<Option<Stream>> {
    let (rows, rest) = block.split_at_checked(ROWS.checked_mul(ROW)?)?;
    let hash: [u8; 32] = Sha256::digest(rows).into();
    if rest.get(..hash.len()) != Some(&hash) || block.len() != BLOCK {
        return None;
    }
    let row = rows.chunks_exact(ROW).find(|row| row.starts_with(id.as_bytes()));
    let Some(row) = row else { return Some(None) };
    let number = |at: usize| {
        let bytes = row.get(at..)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes))
    };
    Some(Some(Stream {
        version: Version::new(number(16)?),
        first: Sequence::new(number(24)?),
        last: Sequence::new(number(32)?),
        starter: Sequence::new(number(40)?),
        state: *State::ALL.get(usize::from(*row.get(48)?))?,
    }))
}

fn front(id: RequestId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *id.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
