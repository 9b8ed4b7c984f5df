//! The line between one process and the log: it fails where a scenario says, holds starts back,
//! and goes dead when the process is killed, so that nothing reaches the log from there any more.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guardrail::audit::{Append, Appended, AuditLog, AuditRecord, Error};
use guardrail::clock::Timestamp;
use guardrail::model::{LogId, RequestId, Sequence, Version};
use guardrail::{ApprovalRequest, State};
use tokio::sync::Notify;

/// Which append kills the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadly {
    Before(&'static str),
    After(&'static str),
}

#[derive(Debug)]
pub(crate) struct Wire {
    id: LogId,
    /// Gone once the process is dead.
    log: Mutex<Option<Arc<dyn AuditLog>>>,
    /// Another process died before this one began, and the log does not know by itself.
    heir: bool,
    /// Calls that are under way.
    busy: AtomicUsize,
    held: AtomicBool,
    released: Notify,
    died: Notify,
    deadly: Mutex<Option<Deadly>>,
    failing: Mutex<Option<Option<&'static str>>>,
}

impl Wire {
    pub(crate) fn new(log: Arc<dyn AuditLog>, heir: bool) -> Self {
        Self {
            id: log.id(),
            log: Mutex::new(Some(log)),
            heir,
            busy: AtomicUsize::new(0),
            held: AtomicBool::new(true),
            released: Notify::new(),
            died: Notify::new(),
            deadly: Mutex::default(),
            failing: Mutex::default(),
        }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.log.lock().unwrap().is_none()
    }

    /// From here on, calls learn that they are approved; until then, none does.
    pub(crate) fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.released.notify_waiters();
    }

    pub(crate) fn die_at(&self, deadly: Deadly) {
        *self.deadly.lock().unwrap() = Some(deadly);
    }

    /// From here on, the disk takes no event of this name, or none at all.
    pub(crate) fn fail_at(&self, event: Option<&'static str>) {
        *self.failing.lock().unwrap() = Some(event);
    }

    pub(crate) fn die(&self) {
        self.log.lock().unwrap().take();
        self.died.notify_waiters();
    }

    /// The log; never returns in a dead process.
    async fn log(&self) -> Arc<dyn AuditLog> {
        let log = self.log.lock().unwrap().clone();
        match log {
            Some(log) => log,
            None => pending().await,
        }
    }

    async fn busily<T>(&self, call: impl Future<Output = T>) -> T {
        struct Busy<'w>(&'w AtomicUsize);
        impl Drop for Busy<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.busy.fetch_add(1, Ordering::SeqCst);
        let _busy = Busy(&self.busy);
        call.await
    }

    async fn deadly(&self, hit: bool) {
        if hit {
            self.die();
            pending::<()>().await;
        }
    }

    async fn state(&self, log: &dyn AuditLog, id: RequestId) -> Option<State> {
        let records = log.stream(id, Version::START).await.ok()?;
        let mut request = None;
        for record in records {
            ApprovalRequest::fold(&mut request, id, record.time(), record.event()).ok()?;
        }
        request.map(|request| request.recorded_state())
    }
}

#[async_trait]
impl AuditLog for Wire {
    fn id(&self) -> LogId {
        self.id
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let log = self.log().await;
        let holds = |name: &str| append.events.iter().any(|event| event.name() == name);
        let deadly = *self.deadly.lock().unwrap();
        self.deadly(matches!(deadly, Some(Deadly::Before(name)) if holds(name))).await;
        let failing = *self.failing.lock().unwrap();
        if failing.is_some_and(|event| event.is_none_or(holds)) {
            return Err(Error::storage("test log", "write", "no space left on device"));
        }
        let appended = self.busily(log.append(append)).await;
        self.deadly(matches!(deadly, Some(Deadly::After(name)) if holds(name))).await;
        appended
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let log = self.log().await;
        self.busily(log.stream(id, after)).await
    }

    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let log = self.log().await;
        self.busily(log.read(after, limit)).await
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let died = self.died.notified();
        let learn = async {
            let log = self.log().await;
            log.changed(id, seen).await?;
            loop {
                let released = self.released.notified();
                let approved = self.busily(self.state(&*log, id)).await == Some(State::Approved);
                if !approved || !self.held.load(Ordering::SeqCst) {
                    return Ok(());
                }
                released.await;
            }
        };
        tokio::select! {
            learned = learn => return learned,
            () = died => {}
        }
        // Whoever waits in a dead process holds no log open.
        pending().await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        let died = self.died.notified();
        let grown = async { self.log().await.grown(seen).await };
        tokio::select! {
            grown = grown => return grown,
            () = died => {}
        }
        pending().await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        let log = self.log().await;
        self.busily(log.open(after, limit)).await
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        let log = self.log().await;
        let mut orphans = self.busily(log.orphaned(limit)).await?;
        if self.heir {
            // A log in memory knows no writer but this process; it is played to be shared.
            for id in self.busily(log.open(None, limit)).await? {
                let is_listed = orphans.iter().any(|(of, _)| *of == id);
                if self.state(&*log, id).await == Some(State::Started) && !is_listed {
                    let version = log.stream(id, Version::START).await?.last().map(|r| r.version());
                    orphans.push((id, version.unwrap_or(Version::START)));
                }
            }
        }
        Ok(orphans)
    }

    fn now(&self) -> Timestamp {
        let log = self.log.lock().unwrap().clone();
        log.map_or(Timestamp::MAX, |log| log.now())
    }
}
