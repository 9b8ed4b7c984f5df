//! When a head is signed, and how it comes to be kept.

use std::sync::{Arc, PoisonError, Weak};

use guardrail_core::audit::Error;
use guardrail_core::audit::proof::SignError;
use tokio::time::timeout;

use crate::log::engine::{Engine, StoredHead};
use crate::log::error::Failed;
use crate::log::heads::{At, Fresh, Signing, State};
use crate::log::row::number;
use crate::log::shared::Shared;

/// Most lines and most bytes that are read at a time.
const PAGE: i64 = 1024;
const PAGE_BYTES: i64 = 1024 * 1024;

/// Signs while the log is open: when enough records have come, and from time to time.
pub(crate) fn sign<E: Engine>(shared: &Arc<Shared<E>>) {
    let Some(signing) = &shared.signing else { return };
    let (due, within) = (Arc::clone(&signing.due), signing.rhythm.within());
    let weak: Weak<Shared<E>> = Arc::downgrade(shared);
    let task = tokio::spawn(async move {
        loop {
            let is_due = timeout(within, due.notified()).await.is_ok();
            let Some(shared) = weak.upgrade() else { return };
            let Some(signing) = &shared.signing else { return };
            // What goes wrong is said there.
            let _ =
                if is_due { signing.hurry(&shared).await } else { signing.round(&shared).await };
        }
    });
    // Once a log is opened.
    let _ = signing.task.set(task.abort_handle());
}

impl Signing {
    /// Returns once everything that is written is covered by a head that is kept.
    pub(crate) async fn round<E: Engine>(&self, shared: &Shared<E>) -> Result<(), Failed> {
        let mut state = self.state.lock().await;
        let done = self.cover_all(&mut state, shared).await;
        tell::<E, _>(&mut state, done)
    }

    /// Signs a head over what this process has written, for the next batch to keep.
    async fn hurry<E: Engine>(&self, shared: &Shared<E>) -> Result<(), Failed> {
        let mut state = self.state.lock().await;
        if state.broken.is_some() {
            return Ok(());
        }
        let follows = self.leaves().follow(&mut state.end);
        if !follows {
            // Others write, too.
            let done = self.cover_all(&mut state, shared).await;
            return tell::<E, _>(&mut state, done);
        }
        if state.end.size().saturating_sub(self.covered().max(state.tried)) < self.rhythm.every() {
            return Ok(());
        }
        let signed = self.sign(&mut state, shared).await;
        let Some(fresh) = tell::<E, _>(&mut state, signed).ok() else { return Ok(()) };
        *self.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Ok(())
    }

    async fn cover_all<E: Engine>(
        &self,
        state: &mut State,
        shared: &Shared<E>,
    ) -> Result<(), Failed> {
        if let Some(error) = state.broken.clone() {
            return Err(Failed::Log(error));
        }
        let at = At { engine: &shared.engine, number: shared.number, id: shared.id };
        let known = state.end.size();
        for head in at.engine.heads(at.number, 1).await? {
            self.follow(state, &at, &head).await?;
        }
        let last = u64::try_from(at.engine.head(at.number).await?.last).unwrap_or_default();
        if last < known {
            return Err(state.stop::<E>(known, "records that were there are gone"));
        }
        self.catch_up(state, &at, last).await?;
        // One that waits for a batch covers less.
        drop(self.take_ready());
        let size = state.end.size();
        if size <= self.covered() || size <= state.tried && self.is_foreign(&at, size).await? {
            return Ok(());
        }
        let fresh = self.sign(state, shared).await?;
        shared.step("sql head signed");
        if at.engine.keep(at.number, &fresh.stored).await? {
            shared.step("sql head kept");
            self.kept(&fresh);
            return Ok(());
        }
        // Another process was faster.
        for head in at.engine.heads(at.number, 1).await? {
            self.follow(state, &at, &head).await?;
        }
        Ok(())
    }

    /// Whether a head of this size is kept: one of a key that is not known here.
    async fn is_foreign<E: Engine>(&self, at: &At<'_, E>, size: u64) -> Result<bool, Failed> {
        let heads = at.engine.heads(at.number, 1).await?;
        Ok(heads.iter().any(|head| head.size >= number(size)))
    }

    /// Reads what is not known yet.
    async fn catch_up<E: Engine>(
        &self,
        state: &mut State,
        at: &At<'_, E>,
        last: u64,
    ) -> Result<(), Failed> {
        loop {
            // What this process has written need not be read; what is missing in between must be.
            let _ = self.leaves().follow(&mut state.end);
            let size = state.end.size();
            if size >= last {
                return Ok(());
            }
            let page = at.engine.page(at.number, number(size), PAGE, PAGE_BYTES).await?;
            if page.is_empty() {
                return Err(state.stop::<E>(size, "records behind it are missing"));
            }
            for (place, line) in page {
                if !state.end.read(place, &line) {
                    let size = state.end.size();
                    return Err(state.stop::<E>(size, "the next record does not follow"));
                }
            }
        }
    }

    async fn sign<E: Engine>(
        &self,
        state: &mut State,
        shared: &Shared<E>,
    ) -> Result<Fresh, Failed> {
        state.tried = state.end.size();
        let (rhythm, id, tree) = (self.rhythm.clone(), shared.id, state.end.tree().clone());
        // A signer may block.
        let signed = tokio::task::spawn_blocking(move || rhythm.sign(id, &tree)).await;
        let failed = |error| Failed::Log(Error::storage(E::NAME, "sign a checkpoint", error));
        let signed = signed.map_err(SignError::new).flatten().map_err(failed)?;
        let stored = StoredHead {
            size: number(state.end.size()),
            edge: state.end.edge(),
            note: signed.note().to_owned(),
        };
        Ok(Fresh { stored, signed: Arc::new(signed) })
    }
}

/// Says so where there is no head, once.
fn tell<E: Engine, T>(state: &mut State, done: Result<T, Failed>) -> Result<T, Failed> {
    match &done {
        Ok(_) => state.warned = false,
        Err(error) if !state.warned => {
            state.warned = true;
            tracing::warn!(log = E::NAME, ?error, "the log goes on without a new checkpoint");
        }
        Err(_) => {}
    }
    done
}
