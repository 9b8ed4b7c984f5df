//! An audit log that fails on command: the n-th call, before or after it has happened.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error, Tenure};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{LogId, RequestId, Sequence, Version};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// [`AuditLog::append`].
    Append,
    /// [`AuditLog::stream`].
    Stream,
    /// [`AuditLog::read`].
    Read,
    /// [`AuditLog::changed`].
    Changed,
    /// [`AuditLog::grown`].
    Grown,
    /// [`AuditLog::open`].
    Open,
    /// [`AuditLog::orphaned`].
    Orphaned,
}

/// Whether trouble comes before the call has happened or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It has not happened; after a delay it still does.
    Before,
    /// It has happened, and the caller is not told.
    After,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// The call fails.
    Error(Error),
    /// The call takes this much longer, by tokio's clock.
    Delay(Duration),
    /// The call never returns.
    Hang,
}

/// Which calls of a kind are hit: the first of them, and the last.
#[derive(Debug)]
struct Rule {
    call: Call,
    first: u64,
    last: u64,
    when: When,
    trouble: Trouble,
}

#[derive(Debug, Default)]
struct Script {
    rules: Vec<Rule>,
    counts: HashMap<Call, u64>,
}

/// A log around another one: counts its calls, and lets some of them fail.
#[derive(Debug)]
pub struct FaultyLog<L> {
    inner: L,
    script: Mutex<Script>,
}

impl<L: AuditLog> FaultyLog<L> {
    /// Around this log, without any trouble yet.
    #[must_use]
    pub fn new(inner: L) -> Self {
        Self { inner, script: Mutex::default() }
    }

    /// The log inside.
    #[must_use]
    pub const fn inner(&self) -> &L {
        &self.inner
    }

    /// How often this was called.
    #[must_use]
    pub fn calls(&self, call: Call) -> u64 {
        self.script().counts.get(&call).copied().unwrap_or(0)
    }

    /// Trouble at the `nth` call of this kind from now on, counted from 1.
    pub fn at(&self, call: Call, nth: u64, when: When, trouble: Trouble) {
        let mut script = self.script();
        let at = script.counts.get(&call).copied().unwrap_or(0).saturating_add(nth);
        script.rules.push(Rule { call, first: at, last: at, when, trouble });
    }

    /// Trouble at every call of this kind from the next one on.
    pub fn always(&self, call: Call, when: When, trouble: Trouble) {
        let mut script = self.script();
        let first = script.counts.get(&call).copied().unwrap_or(0).saturating_add(1);
        script.rules.push(Rule { call, first, last: u64::MAX, when, trouble });
    }

    /// No trouble any more. A call that hangs goes on to hang.
    pub fn heal(&self) {
        self.script().rules.clear();
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hit(&self, call: Call) -> Vec<(When, Trouble)> {
        let mut script = self.script();
        let count = script.counts.entry(call).or_default();
        *count = count.saturating_add(1);
        let count = *count;
        let hit = |rule: &&Rule| rule.call == call && (rule.first..=rule.last).contains(&count);
        script.rules.iter().filter(hit).map(|rule| (rule.when, rule.trouble.clone())).collect()
    }

    async fn around<T>(
        &self,
        call: Call,
        inner: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let troubles = self.hit(call);
        suffer(&troubles, When::Before).await?;
        let done = inner.await;
        suffer(&troubles, When::After).await?;
        done
    }
}

async fn suffer(troubles: &[(When, Trouble)], now: When) -> Result<(), Error> {
    for (_, trouble) in troubles.iter().filter(|(when, _)| *when == now) {
        match trouble {
            Trouble::Error(error) => return Err(error.clone()),
            // The delay the implementer asked for; tests pause time.
            Trouble::Delay(wait) => tokio::time::sleep(*wait).await,
            Trouble::Hang => pending().await,
        }
    }
    Ok(())
}

#[async_trait]
impl<L: AuditLog> AuditLog for FaultyLog<L> {
    fn id(&self) -> LogId {
        self.inner.id()
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        self.around(Call::Append, self.inner.append(append)).await
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.around(Call::Stream, self.inner.stream(id, after)).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        self.around(Call::Read, self.inner.read(after, limit)).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        self.around(Call::Changed, self.inner.changed(id, seen)).await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        self.around(Call::Grown, self.inner.grown(seen)).await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        self.around(Call::Open, self.inner.open(after, limit)).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        self.around(Call::Orphaned, self.inner.orphaned(limit)).await
    }

    async fn unattended(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
        self.around(Call::Orphaned, self.inner.unattended(after, limit)).await
    }

    fn tenure(&self) -> Option<Tenure> {
        self.inner.tenure()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }
}
