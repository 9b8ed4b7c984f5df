//! Signs the head of a log from time to time, keeps it beside the records, and publishes it.
//!
//! Any process that has a signer signs. All of them sign over the same tree, and the first head of
//! a size is kept: whoever comes second takes note of it. A head is signed over records that are
//! durable, and is durable itself before anyone sees it; under load it is kept with the next batch,
//! in its transaction. A head that cannot be signed or kept costs no append: the log says so, goes
//! on, and tries again.

mod end;
mod leaves;
mod sign;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use guardrail_core::audit::proof::{CheckpointError, Heads, Rhythm, SignedCheckpoint};
use guardrail_core::audit::{AuditRecord, Error};
use guardrail_core::model::LogId;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use crate::log::engine::{Engine, StoredHead};
use crate::log::error::{Failed, damaged};
use end::End;
use leaves::Leaves;
pub(crate) use sign::sign;

/// Most heads that are looked through for one that was signed with a known key.
const LOOK: i64 = 64;

/// Where heads are kept.
#[derive(Debug)]
pub(crate) struct At<'a, E: Engine> {
    pub(crate) engine: &'a E,
    pub(crate) number: i64,
    pub(crate) id: LogId,
}

/// A head that is signed, and kept or about to be.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) stored: StoredHead,
    signed: Arc<SignedCheckpoint>,
}

/// The heads of an open log.
#[derive(Debug)]
pub(crate) struct Signing {
    rhythm: Rhythm,
    leaves: Mutex<Leaves>,
    state: tokio::sync::Mutex<State>,
    /// A head for the next batch to keep.
    ready: Mutex<Option<Fresh>>,
    /// What the newest head covers that is kept.
    covered: AtomicU64,
    /// So many records have come that a head is due.
    due: Arc<Notify>,
    newest: watch::Sender<Option<Arc<SignedCheckpoint>>>,
    heads: Heads,
    task: OnceLock<AbortHandle>,
}

#[derive(Debug)]
struct State {
    end: End,
    /// The size of the last head that was tried.
    tried: u64,
    /// The size of the last one that was passed over, and said so.
    passed: u64,
    /// Why nothing is signed any more.
    broken: Option<Error>,
    warned: bool,
}

impl Signing {
    /// Goes on from the newest head that was signed with a known key, held against its record and
    /// the head row. Without one, all records are read in the background.
    pub(crate) async fn open<E: Engine>(at: &At<'_, E>, rhythm: Rhythm) -> Result<Self, Failed> {
        let (newest, heads) = Heads::new(None);
        let state = State { end: End::new(), tried: 0, passed: 0, broken: None, warned: false };
        let this = Self {
            rhythm,
            leaves: Mutex::new(Leaves::new()),
            state: tokio::sync::Mutex::new(state),
            ready: Mutex::default(),
            covered: AtomicU64::new(0),
            due: Arc::default(),
            newest,
            heads,
            task: OnceLock::new(),
        };
        let mut state = this.state.lock().await;
        for head in at.engine.heads(at.number, LOOK).await? {
            this.follow(&mut state, at, &head).await?;
            if this.covered() > 0 {
                break;
            }
        }
        drop(state);
        Ok(this)
    }

    /// The heads that are kept, whoever signed them.
    pub(crate) fn heads(&self) -> Heads {
        self.heads.clone()
    }

    /// This process has written these, and they are durable.
    pub(crate) fn grew<'r>(&self, records: impl Iterator<Item = &'r AuditRecord>) {
        let end = {
            let mut leaves = self.leaves();
            records.for_each(|record| leaves.push(record));
            leaves.end()
        };
        if end.saturating_sub(self.covered()) > self.rhythm.every() {
            self.due.notify_one();
        }
    }

    /// A head for the next batch to keep.
    pub(crate) fn take_ready(&self) -> Option<Fresh> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether there is one.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// It is kept and durable: now others may see it.
    pub(crate) fn kept(&self, head: &Fresh) {
        self.publish(&head.signed);
    }

    fn publish(&self, head: &Arc<SignedCheckpoint>) {
        let size = head.checkpoint().size();
        self.covered.fetch_max(size, Ordering::Relaxed);
        self.newest.send_if_modified(|newest| {
            let is_newer = newest.as_ref().is_none_or(|last| last.checkpoint().size() < size);
            if is_newer {
                *newest = Some(Arc::clone(head));
            }
            is_newer
        });
    }

    fn covered(&self) -> u64 {
        self.covered.load(Ordering::Relaxed)
    }

    fn leaves(&self) -> MutexGuard<'_, Leaves> {
        self.leaves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a head that is kept, and goes on from it where it covers more than is known
    /// here. One that no known key has signed is passed over: whoever may keep heads may write
    /// anything there.
    async fn follow<E: Engine>(
        &self,
        state: &mut State,
        at: &At<'_, E>,
        head: &StoredHead,
    ) -> Result<(), Failed> {
        let size = u64::try_from(head.size).unwrap_or_default();
        if size <= self.covered() {
            return Ok(());
        }
        let signed = match self.rhythm.open(&head.note) {
            Ok(signed) => signed,
            Err(CheckpointError::Unknown) => return Ok(()),
            Err(error) => {
                if state.passed < size {
                    state.passed = size;
                    tracing::warn!(log = E::NAME, size, %error, "a checkpoint is passed over");
                }
                return Ok(());
            }
        };
        let checkpoint = signed.checkpoint();
        if size > state.end.size() {
            // Read behind it: the log has grown to this size at least.
            let last = at.engine.head(at.number).await?.last;
            let have = u64::try_from(last).unwrap_or_default();
            if let Err(why) = checkpoint.measure(have) {
                return Err(state.stop::<E>(size, &why.to_string()));
            }
            let page = at.engine.page(at.number, head.size.saturating_sub(1), 1, 0).await?;
            let line = page.first().filter(|(place, _)| *place == head.size);
            let noted = line.and_then(|(_, line)| End::noted(head, line));
            state.end = noted.ok_or_else(|| state.stop::<E>(size, "its record is not there"))?;
        }
        if checkpoint.size() != size || checkpoint.compare(at.id, state.end.tree()).is_err() {
            let why = "these are not the records it was signed over";
            return Err(state.stop::<E>(size, why));
        }
        self.publish(&Arc::new(signed));
        Ok(())
    }
}

impl State {
    /// Signs nothing any more: what was signed and what is there are not the same log.
    fn stop<E: Engine>(&mut self, size: u64, why: &str) -> Failed {
        let why = format!(
            "{why}; nothing was changed: restore the database from a backup, or give the log \
             another name and keep this one as evidence"
        );
        let error = damaged::<E>(format!("the checkpoint of {size} records"), &why);
        self.broken = Some(error.clone());
        Failed::Log(error)
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}
