//! An open log: what its writer, its readers and its watch share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{AuditRecord, Error, Standing};
use guardrail_core::clock::Timestamp;
use guardrail_core::model::{Digest, LogId, RequestId, Sequence, State, Version};
use tokio::time::Instant;

use crate::log::engine::{Engine, Head, Stored};
use crate::log::error::{Failed, damaged};
use crate::log::heads::Signing;
use crate::log::lease::Lease;
use crate::log::process::Writer;
use crate::log::row::number;
use crate::log::time::LogTime;
use crate::log::wait::Waiters;
use crate::settings::Steps;

/// How long a question is asked again where the database cannot be reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one question may take.
const TRY: Duration = Duration::from_secs(4);

/// The pause before a question is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// An open log.
pub(crate) struct Shared<E: Engine> {
    pub(crate) engine: E,
    pub(crate) id: LogId,
    /// The log's number in its database.
    pub(crate) number: i64,
    pub(crate) time: LogTime,
    /// How long others take this process as there.
    pub(crate) lease: Lease,
    pub(crate) waiters: Waiters,
    /// Up to here everyone who waits was woken.
    pub(crate) woken: AtomicI64,
    /// Who signs its heads, where somebody does.
    pub(crate) signing: Option<Signing>,
    this: OnceLock<Writer>,
    steps: Option<Steps>,
}

impl<E: Engine> Shared<E> {
    pub(crate) fn new(
        engine: E,
        id: LogId,
        number: i64,
        (time, lease): (LogTime, Lease),
        last: i64,
        signing: Option<Signing>,
        steps: Option<Steps>,
    ) -> Self {
        let waiters = Waiters::default();
        let woken = AtomicI64::new(last);
        let this = OnceLock::new();
        Self { engine, id, number, time, lease, waiters, woken, signing, this, steps }
    }

    /// A transaction has come this far.
    pub(crate) fn step(&self, step: &'static str) {
        if let Some(steps) = &self.steps {
            steps(step);
        }
    }

    /// This process as a writer of the log, once it has introduced itself.
    pub(crate) fn this(&self) -> Option<&Writer> {
        self.this.get()
    }

    /// It has introduced itself.
    pub(crate) fn introduce(&self, this: Writer) {
        // Once a log is opened.
        let _ = self.this.set(this);
    }

    /// The place of this process's introduction; 0 before.
    pub(crate) fn writer(&self) -> i64 {
        self.this().map_or(0, |this| this.writer)
    }

    /// Says that this process is there.
    pub(crate) async fn beat(&self, this: &Writer) -> Result<(), sqlx::Error> {
        let asked = self.lease.now();
        let silent = self.engine.beat(self.number, this).await?;
        self.lease.saw(silent);
        self.lease.renew(asked);
        Ok(())
    }

    /// Seals behind this head.
    pub(crate) fn sealer(&self, head: &Head) -> Result<Sealer, Error> {
        let prev = Digest::parse(&head.leaf)
            .map_err(|_| damaged::<E>("its head", "the hash of the last record is none"))?;
        let (last, writer) = (sequence(head.last), sequence(self.writer()));
        Ok(Sealer::resume(self.id, last, prev, writer, Timestamp::from_micros(head.time)))
    }

    /// Returns once everything that is written is covered by a head that is kept, where somebody
    /// signs.
    pub(crate) async fn checkpoint(&self) -> Result<(), Failed> {
        match &self.signing {
            Some(signing) => signing.round(self).await,
            None => Ok(()),
        }
    }

    /// These records are durable: tells whoever waits, here and elsewhere.
    pub(crate) fn grew<'r>(&self, records: impl Iterator<Item = &'r AuditRecord> + Clone) {
        let mut range: Option<(i64, i64)> = None;
        let mut ids = Vec::new();
        for record in records.clone() {
            let place = number(record.sequence().get());
            range = Some(range.map_or((place, place), |(first, _)| (first, place)));
            if ids.last() != Some(&record.id()) {
                ids.push(record.id());
            }
        }
        let Some((first, last)) = range else { return };
        if let Some(signing) = &self.signing {
            signing.grew(records);
        }
        self.waiters.wake(ids);
        // Nothing of another process lies between: the watch need not look at these again.
        let (order, before) = (Ordering::Relaxed, first.saturating_sub(1));
        let _ = self.woken.compare_exchange(before, last, order, order);
        self.engine.tell(self.number);
    }

    /// Asks the database, and again for a while where it cannot be reached.
    pub(crate) async fn ask<T, F>(
        &self,
        doing: &'static str,
        question: impl Fn() -> F + Send,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = tokio::time::timeout(TRY, question()).await;
            let late = || Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
            let error = match answer.unwrap_or_else(|_| late()) {
                Ok(answer) => return Ok(answer),
                Err(error) => Failed::from(error),
            };
            if !error.is_passing::<E>() || Instant::now() + PAUSE >= deadline {
                return Err(error.told::<E>(doing));
            }
            // A pause, lest a database that is down is asked as fast as it can be.
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Reads records from their lines, and holds them against where they stood.
    pub(crate) fn records(&self, stored: Vec<Stored>) -> Result<Vec<Arc<AuditRecord>>, Error> {
        let parse = |(place, line): Stored| {
            let record = AuditRecord::parse(&line).map_err(|error| damaged::<E>(place, error))?;
            if record.log() != self.id || number(record.sequence().get()) != place {
                return Err(damaged::<E>(place, "another record stands there"));
            }
            self.time.see(record.time().as_micros());
            Ok(Arc::new(record))
        };
        stored.into_iter().map(parse).collect()
    }
}

/// Where streams stand, as the database says.
pub(crate) fn standings<E: Engine>(
    found: Vec<(String, i64, String)>,
) -> Result<HashMap<RequestId, Standing>, Error> {
    let read = |(id, version, state): (String, i64, String)| {
        let wrong = || damaged::<E>(format!("stream {id}"), "where it stands is not known");
        let state = State::ALL.into_iter().find(|known| known.to_string() == state);
        let version = Version::new(u64::try_from(version).map_err(|_| wrong())?);
        Ok((request::<E>(&id)?, Standing::new(version, state.ok_or_else(wrong)?)))
    };
    found.into_iter().map(read).collect()
}

/// The id of a stream as the database holds it.
pub(crate) fn request<E: Engine>(text: &str) -> Result<RequestId, Error> {
    match RequestId::parse(text) {
        Ok(id) => Ok(id),
        Err(_) if text == RequestId::LOG.to_string() => Ok(RequestId::LOG),
        Err(_) => Err(damaged::<E>(format!("stream {text}"), "that is no id")),
    }
}

/// A place as the database holds it.
pub(crate) fn sequence(place: i64) -> Sequence {
    Sequence::new(u64::try_from(place).unwrap_or(0))
}
