//! The form of a line, which writing and reading share: its version, its ends, its leaf hash.

use sha2::{Digest as _, Sha256};

use crate::model::{Digest, LogId};

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

/// The log that a line begins with.
pub(super) fn log(line: &str) -> Option<LogId> {
    LogId::parse(line.strip_prefix(LOG)?.get(..36)?).ok()
}

/// Whether it is a line of this log.
pub(super) fn is_of(line: &str, log: LogId) -> bool {
    line.strip_prefix(LOG).is_some_and(|behind| behind.starts_with(log.text(&mut [0; 36])))
}

/// The leaf before, with which a line ends.
pub(super) fn prev(line: &str) -> Option<Digest> {
    let line = line.strip_suffix(END)?;
    Digest::parse(line.get(line.len().checked_sub(64)?..)?).ok()
}

/// Whether it follows the line with this leaf hash.
pub(super) fn follows(line: &str, leaf: Digest) -> bool {
    line.strip_suffix(END).is_some_and(|before| before.ends_with(leaf.text(&mut [0; 64])))
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
