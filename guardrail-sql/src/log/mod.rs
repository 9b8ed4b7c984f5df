//! An audit log in a database, whichever: judged, sealed and batched here, stored by an engine.

mod ahead;
pub(crate) mod batch;
pub(crate) mod engine;
pub(crate) mod error;
mod heads;
pub(crate) mod lease;
mod open;
pub(crate) mod process;
pub(crate) mod row;
pub(crate) mod shared;
mod time;
mod wait;
mod watch;
mod writer;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guardrail_core::audit::proof::Heads;
use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error, Tenure};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{LogId, RequestId, Sequence, Version};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use engine::Engine;
pub(crate) use open::open;
use row::number;
use shared::{Shared, request};
use writer::Job;

/// Most records and most bytes of one page.
const PAGE: i64 = 10_000;
const PAGE_BYTES: i64 = 8 * 1024 * 1024;

/// How long one who waits goes without looking.
const LOOK: Duration = Duration::from_secs(15);

/// How long it is waited for the writer's farewell.
const FAREWELL: Duration = Duration::from_secs(30);

/// An audit log in a database.
pub(crate) struct Log<E: Engine> {
    shared: Arc<Shared<E>>,
    jobs: mpsc::Sender<Job>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl<E: Engine> Log<E> {
    /// What its parts share.
    #[cfg(feature = "postgres")]
    pub(crate) const fn shared(&self) -> &Arc<Shared<E>> {
        &self.shared
    }

    /// The database.
    pub(crate) fn engine(&self) -> &E {
        &self.shared.engine
    }

    /// The log's number in its database.
    pub(crate) fn number(&self) -> i64 {
        self.shared.number
    }

    /// Waits until everything lined up is written and this writer has left.
    pub(crate) async fn close(self) {
        let Self { jobs, writer, .. } = self;
        drop(jobs);
        let writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer {
            // An error means that it is gone, or goes in its own time.
            let _ = tokio::time::timeout(FAREWELL, writer).await;
        }
    }

    /// Returns once a head of everything written so far is kept, where somebody signs.
    pub(crate) async fn checkpoint(&self) -> Result<(), Error> {
        let done = self.shared.checkpoint().await;
        done.map_err(|failed| failed.told::<E>("keep a checkpoint"))
    }

    /// The heads that are kept; `None` where nobody signs.
    pub(crate) fn heads(&self) -> Option<Heads> {
        self.shared.signing.as_ref().map(heads::Signing::heads)
    }

    /// The writers that open requests rest on and that are gone, each with its last beat.
    async fn gone(&self) -> Result<Vec<(i64, i64)>, Error> {
        let shared = &*self.shared;
        let Some(this) = shared.this() else { return Ok(Vec::new()) };
        let holders = shared.ask("list writers", || shared.engine.holders(shared.number)).await?;
        shared.step("sql writers listed");
        let others = holders.iter().filter(|holder| holder.writer != this.writer);
        Ok(others.filter_map(|holder| holder.gone(this)).collect())
    }

    /// Asks `moved` whenever something wakes whoever waits for this stream.
    async fn wait<F>(&self, id: RequestId, moved: impl Fn() -> F + Send) -> Result<(), Error>
    where
        F: Future<Output = Result<bool, Error>> + Send,
    {
        let waiter = self.shared.waiters.enlist(id);
        loop {
            let mut woken = std::pin::pin!(waiter.notify().notified());
            // Enlisted before looking: an append between the two is not missed.
            woken.as_mut().enable();
            match moved().await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // Whoever waits has a deadline; a database that is gone for a while is none.
                Err(error @ Error::Unreachable { .. }) => {
                    tracing::debug!(log = E::NAME, %error, "it is waited on");
                }
                Err(error) => return Err(error),
            }
            // Looks by itself now and then, whatever becomes of those who wake.
            let _ = tokio::time::timeout(LOOK, woken).await;
        }
    }
}

impl<E: Engine> fmt::Debug for Log<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(E::NAME).field("id", &self.shared.id).finish_non_exhaustive()
    }
}

#[async_trait]
impl<E: Engine> AuditLog for Log<E> {
    fn id(&self) -> LogId {
        self.shared.id
    }

    async fn append(&self, append: &Append) -> Result<Appended, Error> {
        let gone = || Error::storage(E::NAME, "write", "its writer went away with its runtime");
        let (answer, answered) = oneshot::channel();
        let job = Job { append: append.clone(), answer };
        self.jobs.send(job).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    async fn stream(&self, id: RequestId, after: Version) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let shared = &*self.shared;
        let (text, behind) = (id.to_string(), number(after.get()));
        let question = || shared.engine.stream(shared.number, &text, behind);
        let records = shared.records(shared.ask("read", question).await?)?;
        let mut version = after;
        for record in &records {
            version = version.next();
            if record.id() != id || record.version() != version {
                let place = record.sequence();
                return Err(error::damaged::<E>(place, "another record stands there"));
            }
        }
        Ok(records)
    }

    /// A page holds fewer than `limit` records where they are large; the last one is empty.
    async fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let shared = &*self.shared;
        let (behind, limit) = (number(after.get()), page(limit));
        if limit == 0 {
            return Ok(Vec::new());
        }
        let question = || shared.engine.page(shared.number, behind, limit, PAGE_BYTES);
        shared.records(shared.ask("read", question).await?)
    }

    async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
        let shared = &*self.shared;
        let (text, seen) = (id.to_string(), number(seen.get()));
        self.wait(id, || async {
            let question = || shared.engine.version(shared.number, &text);
            Ok(shared.ask("read", question).await? > seen)
        })
        .await
    }

    async fn grown(&self, seen: Sequence) -> Result<(), Error> {
        let shared = &*self.shared;
        let seen = number(seen.get());
        self.wait(RequestId::LOG, || async {
            let question = || shared.engine.head(shared.number);
            Ok(shared.ask("read", question).await?.last > seen)
        })
        .await
    }

    async fn open(&self, after: Option<RequestId>, limit: usize) -> Result<Vec<RequestId>, Error> {
        let shared = &*self.shared;
        let question = || shared.engine.open(shared.number, after, page(limit));
        let found = shared.ask("list open requests", question).await?;
        found.iter().map(|id| request::<E>(id)).collect()
    }

    async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
        let shared = &*self.shared;
        let gone = self.gone().await?;
        let question = || shared.engine.started(shared.number, &gone, page(limit));
        let found = shared.ask("list orphaned requests", question).await?;
        versioned::<E>(&found)
    }

    async fn unattended(
        &self,
        after: Option<RequestId>,
        limit: usize,
    ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
        let shared = &*self.shared;
        let gone = self.gone().await?;
        let question = || shared.engine.unattended(shared.number, after, &gone, page(limit));
        let found = shared.ask("list unattended requests", question).await?;
        versioned::<E>(&found).map(Some)
    }

    fn tenure(&self) -> Option<Tenure> {
        self.shared.lease.tenure()
    }

    fn now(&self) -> Timestamp {
        self.shared.time.now()
    }
}

/// Requests and their versions, as the database holds them.
fn versioned<E: Engine>(found: &[(String, i64)]) -> Result<Vec<(RequestId, Version)>, Error> {
    let read = |(id, version): &(String, i64)| {
        let version = Version::new(u64::try_from(*version).unwrap_or(0));
        request::<E>(id).map(|id| (id, version))
    };
    found.iter().map(read).collect()
}

fn page(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(PAGE).min(PAGE)
}

/// Makes a public type of a log in a database a log.
macro_rules! delegate {
    ($log:ident) => {
        impl $log {
            /// Waits until a head of everything written so far is signed and kept, where somebody
            /// signs; [`heads`](Self::heads) then knows of it.
            ///
            /// # Errors
            /// When it could not be signed or kept; the log goes on without it.
            ///
            /// # Cancel safety
            /// Dropped, the head is signed or not.
            pub async fn checkpoint(&self) -> Result<(), Error> {
                self.0.checkpoint().await
            }

            /// The heads that are signed and kept, whichever process signed them: to be shown to
            /// people and carried to witnesses. One of the processes that share the log carries
            /// them: a witness that gets an older head behind a newer one must take it for a log
            /// that was cut. `None` where nobody signs.
            #[must_use]
            pub fn heads(&self) -> Option<Heads> {
                self.0.heads()
            }
        }

        #[async_trait]
        impl AuditLog for $log {
            fn id(&self) -> LogId {
                self.0.id()
            }

            async fn append(&self, append: &Append) -> Result<Appended, Error> {
                self.0.append(append).await
            }

            async fn stream(
                &self,
                id: RequestId,
                after: Version,
            ) -> Result<Vec<Arc<AuditRecord>>, Error> {
                self.0.stream(id, after).await
            }

            async fn read(
                &self,
                after: Sequence,
                limit: usize,
            ) -> Result<Vec<Arc<AuditRecord>>, Error> {
                self.0.read(after, limit).await
            }

            async fn changed(&self, id: RequestId, seen: Version) -> Result<(), Error> {
                self.0.changed(id, seen).await
            }

            async fn grown(&self, seen: Sequence) -> Result<(), Error> {
                self.0.grown(seen).await
            }

            async fn open(
                &self,
                after: Option<RequestId>,
                limit: usize,
            ) -> Result<Vec<RequestId>, Error> {
                self.0.open(after, limit).await
            }

            async fn orphaned(&self, limit: usize) -> Result<Vec<(RequestId, Version)>, Error> {
                self.0.orphaned(limit).await
            }

            async fn unattended(
                &self,
                after: Option<RequestId>,
                limit: usize,
            ) -> Result<Option<Vec<(RequestId, Version)>>, Error> {
                self.0.unattended(after, limit).await
            }

            fn tenure(&self) -> Option<Tenure> {
                self.0.tenure()
            }

            fn now(&self) -> Timestamp {
                self.0.now()
            }
        }
    };
}
pub(crate) use delegate;
