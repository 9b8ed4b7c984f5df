//! What every case stands on: a fresh log, its clock, and short words for what cases do.

use std::sync::Arc;

use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error};
use guardrail_core::model::{AuditEvent, RequestId, Sequence, State, Version};

use crate::audit_log::AuditLogFactory;
use crate::clock::ManualClock;
use crate::entropy::SeededEntropy;
use crate::events::towards;

pub use crate::broken::Broken;
pub(super) use crate::broken::ensure;

/// A fresh log, its clock, and where ids come from.
pub(super) struct Bed<'f, F: AuditLogFactory> {
    factory: &'f F,
    pub(super) clock: Arc<ManualClock>,
    pub(super) log: Arc<F::Log>,
    entropy: SeededEntropy,
}

impl<'f, F: AuditLogFactory> Bed<'f, F> {
    pub(super) async fn new(factory: &'f F) -> Self {
        let clock = Arc::new(ManualClock::new());
        let log = Arc::new(factory.fresh(Arc::clone(&clock)).await);
        Self { factory, clock, log, entropy: SeededEntropy::new(42) }
    }

    /// The same log after a restart, at the time `clock` shows; `None` where there is no such.
    pub(super) async fn restart(self, clock: ManualClock) -> Result<Option<Self>, Broken> {
        let Self { factory, log, entropy, .. } = self;
        let log =
            Arc::into_inner(log).ok_or_else(|| Broken::new("a task still uses it".to_owned()))?;
        let clock = Arc::new(clock);
        let log = factory.reopen(log, Arc::clone(&clock)).await;
        Ok(log.map(|log| Self { factory, clock, log: Arc::new(log), entropy }))
    }

    /// The id of a request nobody has heard of.
    pub(super) fn id(&self) -> Result<RequestId, Broken> {
        Ok(RequestId::random(self.log.now(), &self.entropy)?)
    }

    pub(super) async fn append(
        &self,
        id: RequestId,
        expected: u64,
        events: Vec<AuditEvent>,
    ) -> Result<Appended, Error> {
        self.log.append(&Append::new(id, Version::new(expected), events)).await
    }

    /// A new request in this state, with one append an event.
    pub(super) async fn request(&self, state: State) -> Result<RequestId, Broken> {
        let id = self.id()?;
        for (version, event) in (0..).zip(towards(state)?) {
            self.append(id, version, vec![event]).await?;
        }
        Ok(id)
    }

    pub(super) async fn stream(&self, id: RequestId) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.log.stream(id, Version::START).await
    }

    /// The whole log, a page at a time.
    pub(super) async fn whole(&self) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let mut all: Vec<Arc<AuditRecord>> = Vec::new();
        loop {
            let after = all.last().map_or(Sequence::START, |record| record.sequence());
            let page = self.log.read(after, 50).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// How many records there are.
    pub(super) async fn size(&self) -> Result<usize, Error> {
        Ok(self.whole().await?.len())
    }
}

/// The lines of these records.
pub(super) fn lines(records: &[Arc<AuditRecord>]) -> Vec<&str> {
    records.iter().map(|record| record.line()).collect()
}
