//! Signs the log's head from time to time, keeps it in the file `checkpoints`, and publishes it.
//!
//! A head is signed over records that are durable, and is durable itself before anyone sees it. A
//! head that cannot be signed or kept costs no append: the log says so, goes on, and tries again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::storage::{Folder, Storage, read_full, write_all};
use crate::audit::proof::{Checkpoint, CheckpointError, Heads, Rhythm, SignedCheckpoint, split};
use crate::audit::tree::Tree;
use crate::clock::Timestamp;
use crate::model::LogId;

/// The file with all checkpoints, one note behind the other with an empty line between.
const FILE: &str = "checkpoints";
/// How much of its end is read: more than any note has.
const TAIL: u64 = 64 * 1024;

/// The last head on disk, whoever signed it.
#[derive(Debug)]
pub(super) struct Signing {
    rhythm: Rhythm,
    state: Mutex<State>,
    newest: watch::Sender<Option<Arc<SignedCheckpoint>>>,
    heads: Heads,
}

#[derive(Debug)]
struct State {
    storage: Box<dyn Storage>,
    end: u64,
    /// The last head that was kept.
    last: Option<Checkpoint>,
    /// When the first record was written that no head covers.
    since: Option<Timestamp>,
    /// How large the log was when the last head was tried.
    tried: u64,
    is_broken: bool,
    warned: bool,
}

impl Signing {
    /// Opens the file of checkpoints, or makes it, and cuts off one that was not finished.
    pub(super) fn open(folder: &dyn Folder, rhythm: Rhythm) -> Result<Self, Error> {
        let failed = |error| Error::storage(NAME, "open its checkpoints", error);
        let is_there = folder.names().map_err(failed)?.iter().any(|name| name == FILE);
        let storage = if is_there { folder.open(FILE) } else { folder.create(FILE) };
        let storage = storage.map_err(failed)?;
        folder.sync().map_err(failed)?;
        let size = storage.size().map_err(failed)?;
        let from = size.saturating_sub(TAIL);
        let mut tail = vec![0; usize::try_from(size.saturating_sub(from)).unwrap_or_default()];
        read_full(&*storage, &mut tail, from).map_err(failed)?;
        let (last, whole) = newest(&tail);
        let end = from.saturating_add(whole as u64);
        if end < size {
            storage.truncate(end).map_err(failed)?;
        }
        let opened = last.as_ref().map(|note| rhythm.open(note));
        if opened == Some(Err(CheckpointError::Forged)) {
            return Err(damaged("its last checkpoint is not what was signed"));
        }
        let opened = opened.and_then(Result::ok).map(Arc::new);
        let last = last.and_then(|note| Checkpoint::read(&note));
        let (newest, heads) = Heads::new(opened);
        let state =
            State { storage, end, last, since: None, tried: 0, is_broken: false, warned: false };
        Ok(Self { rhythm, state: Mutex::new(state), newest, heads })
    }

    pub(super) fn heads(&self) -> Heads {
        self.heads.clone()
    }

    pub(super) const fn within(&self) -> Duration {
        self.rhythm.within()
    }

    /// What the log must have led to, once it is read.
    pub(super) fn last(&self) -> Option<Checkpoint> {
        self.lock().last.clone()
    }

    /// Takes note that the log has grown to this size; whether a head is due.
    pub(super) fn is_due(&self, size: u64, now: Timestamp) -> bool {
        let mut state = self.lock();
        let covered = state.last.as_ref().map_or(0, Checkpoint::size);
        if size <= covered {
            return false;
        }
        let since = *state.since.get_or_insert(now);
        size.saturating_sub(covered.max(state.tried)) >= self.rhythm.every()
            || now.since(since) >= self.rhythm.within()
    }

    /// Signs the head of this tree, keeps it, and then publishes it.
    pub(super) fn sign(&self, log: LogId, tree: &Tree) {
        let mut state = self.lock();
        if tree.size() == 0 || state.last.as_ref().is_some_and(|last| last.size() >= tree.size()) {
            return;
        }
        // So that a signer that fails is asked again after as long, not at every append.
        state.since = None;
        state.tried = tree.size();
        match self.keep(&mut state, log, tree) {
            Ok(head) => {
                state.warned = false;
                self.newest.send_replace(Some(Arc::new(head)));
            }
            Err(error) if !state.warned => {
                state.warned = true;
                tracing::warn!(%error, "the log goes on without a new checkpoint");
            }
            Err(_) => {}
        }
    }

    fn keep(&self, state: &mut State, log: LogId, tree: &Tree) -> Result<SignedCheckpoint, Error> {
        let failed = |error| Error::storage(NAME, "keep a checkpoint", error);
        if state.is_broken {
            return Err(failed(std::io::Error::other("its file is in doubt; open the log again")));
        }
        let head = self.rhythm.sign(log, tree);
        let head = head.map_err(|error| Error::storage(NAME, "sign a checkpoint", error))?;
        let between = if state.end == 0 { "" } else { "\n" };
        let bytes = format!("{between}{}", head.note());
        let written = write_all(&*state.storage, bytes.as_bytes(), state.end);
        if let Err(error) = written.and_then(|()| state.storage.sync()) {
            // What may turn up after a crash must not be followed by another head of that size.
            state.is_broken = state.storage.truncate(state.end).is_err();
            return Err(failed(error));
        }
        state.end = state.end.saturating_add(bytes.len() as u64);
        state.last = Some(head.checkpoint().clone());
        Ok(head)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last whole note of a file's end, and how many bytes it and what is before it have.
fn newest(tail: &[u8]) -> (Option<String>, usize) {
    // The end may begin inside a note, even inside a letter.
    let text = String::from_utf8_lossy(tail);
    let start = if tail.len() as u64 == TAIL { text.find("\n\n").unwrap_or(0) } else { 0 };
    let rest = text.get(start..).unwrap_or_default();
    let last = split(rest).filter(|note| Checkpoint::read(note).is_some()).last();
    let whole = last.and_then(|note| {
        let at = tail.windows(note.len()).rposition(|window| window == note.as_bytes())?;
        at.checked_add(note.len())
    });
    match whole {
        Some(whole) => (last.map(str::to_owned), whole),
        None => (None, 0),
    }
}

/// Whether the log, read as far as `tree`, is the one that this head was signed over.
///
/// # Errors
/// `Damaged`.
pub(super) fn compare(head: &Checkpoint, log: LogId, tree: &Tree) -> Result<(), Error> {
    head.compare(log, tree).map_err(|why| damaged(&why.to_string()))
}

/// Whether the log, read to its end, is long enough.
///
/// # Errors
/// `Damaged`.
pub(super) fn measure(head: &Checkpoint, tree: &Tree) -> Result<(), Error> {
    head.measure(tree.size()).map_err(|why| damaged(&why.to_string()))
}

fn damaged(why: &str) -> Error {
    let why = format!("{why}; nothing was changed: put back a copy of the log, or move it away");
    Error::Damaged { log: NAME, place: format!("`{FILE}`").into(), why: why.into() }
}
