//! The form of a line, which writing and reading share: its version, its ends, its leaf hash.

use sha2::{Digest as _, Sha256};

use crate::audit::json;
use crate::clock::Timestamp;
use crate::model::{AuditEvent, Digest, LogId, RequestId, Sequence, Version, decimal};

/// The version of the line's form.
pub const VERSION: u32 = 1;

/// The leaf hash of one line.
#[must_use]
pub fn leaf(line: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(line);
    Digest::from_bytes(hash.finalize().into())
}

/// Most bytes of one line. A record holds an intent (256 KiB of arguments at most, escaped) and a
/// preview; nothing legal comes near.
pub(crate) const LINE_LIMIT: usize = 8 * 1024 * 1024;

/// What a line begins with, up to its log.
const LOG: &str = "{\"v\":1,\"log\":\"";

/// What a line ends with, behind the leaf before.
const END: &str = "\"}";

/// What stands around the event of one line.
pub(super) struct Around {
    pub(super) sequence: Sequence,
    pub(super) writer: Sequence,
    pub(super) version: Version,
    /// How many records of the same append follow.
    pub(super) more: u32,
    /// The leaf hash of the line before.
    pub(super) prev: Digest,
}

/// What all lines of one append have the same: each stretch of it, from number to number.
pub(super) struct Same {
    log: [u8; 58],
    time: [u8; 47],
    id: [u8; 51],
}

impl Same {
    pub(super) fn new(log: LogId, time: Timestamp, id: RequestId) -> Self {
        let mut same = Self {
            log: *b"{\"v\":1,\"log\":\"....................................\",\"seq\":",
            time: *b",\"time\":\"...........................\",\"writer\":",
            id: *b",\"id\":\"....................................\",\"ver\":",
        };
        if let Some(place) = behind(&mut same.log, LOG) {
            log.text(place);
        }
        if let Some(place) = behind(&mut same.time, ",\"time\":\"") {
            *place = time.text();
        }
        if let Some(place) = behind(&mut same.id, ",\"id\":\"") {
            id.text(place);
        }
        same
    }
}

/// The place behind this beginning.
fn behind<'s, const N: usize>(stretch: &'s mut [u8], begin: &str) -> Option<&'s mut [u8; N]> {
    stretch.get_mut(begin.len()..)?.first_chunk_mut()
}

/// Writes the line of one record. Names and values around the event need no escape, so they are
/// written straight; a test reads them back by [`Wire`](crate::audit::record::Wire).
///
/// # Errors
/// When the event fails to serialise.
pub(super) fn write(
    same: &Same,
    around: &Around,
    event: &AuditEvent,
    line: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    let Around { sequence, writer, version, more, prev } = around;
    line.extend_from_slice(&same.log);
    decimal(sequence.get(), line);
    line.extend_from_slice(&same.time);
    decimal(writer.get(), line);
    line.extend_from_slice(&same.id);
    decimal(version.get(), line);
    if *more > 0 {
        line.extend_from_slice(b",\"more\":");
        decimal((*more).into(), line);
    }
    line.extend_from_slice(b",\"event\":");
    json::write(event, line)?;
    line.extend_from_slice(b",\"prev\":\"");
    line.extend_from_slice(&prev.digits());
    line.extend_from_slice(END.as_bytes());
    Ok(())
}

/// Whether a line begins with its log and ends with the leaf before, as [`write`] has it.
pub(super) fn is_around(line: &str, log: LogId, prev: Digest) -> bool {
    line.strip_prefix(LOG).is_some_and(|behind| behind.starts_with(log.text(&mut [0; 36])))
        && line.strip_suffix(END).is_some_and(|before| before.ends_with(prev.text(&mut [0; 64])))
}

/// Whether this version knows an event of this name.
pub(crate) fn is_known(name: &str) -> bool {
    const NAMES: [&str; 25] = [
        "requested",
        "voted",
        "approved",
        "denied",
        "expired",
        "withdrawn",
        "lapsed",
        "started",
        "completed",
        "failed",
        "aborted",
        "unknown",
        "retried",
        "resolved",
        "posted",
        "commented",
        "vote_refused",
        "approver_left",
        "escalated",
        "attended",
        "opened",
        "policy_loaded",
        "recovered",
        "rotated",
        "redacted",
    ];
    NAMES.contains(&name)
}
