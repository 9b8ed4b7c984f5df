//! The one writer of a process: takes all appends that wait, and writes them in one transaction.
//!
//! Where it knows the head, because nobody else has written meanwhile, that is one statement that writes
//! behind this very head or not at all; else it asks first, under the lock of the head. While it commits
//! one batch the next one gathers. It holds on to the log, so a caller that goes
//! away stops nothing half-way. Where a connection is lost it is made again, and whether a commit
//! whose answer was lost has happened is looked up under the lock of the head, before anything is
//! written again.

use std::sync::Arc;
use std::time::Duration;

use guardrail_core::audit::{Append, Appended, AuditRecord, Error};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::log::ahead::Ahead;
use crate::log::batch::Batch;
use crate::log::engine::{AtOnce, Engine};
use crate::log::error::Failed;
use crate::log::heads::Signing;
use crate::log::process::FRESH;
use crate::log::row::number;
use crate::log::shared::{Shared, standings};

/// Most appends that wait; more wait for a place.
pub(crate) const PLACES: usize = 1024;

/// Most appends in one transaction.
const BATCH: usize = 256;

/// Most turns that others get to come into a batch.
const TURNS: usize = 4;

/// A batch of this many events takes no further append.
const BATCH_EVENTS: usize = 1024;

/// How long one try may take.
const TRY: Duration = Duration::from_secs(4);

/// How long an append is tried. Less than callers wait.
const PATIENCE: Duration = Duration::from_secs(8);

/// The first pause between two tries; it doubles each time, up to the last.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(500)];

/// One append that waits.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) append: Append,
    pub(crate) answer: oneshot::Sender<Result<Appended, Error>>,
}

/// What became of an append, and of each of a batch.
type Verdict = Result<Vec<Arc<AuditRecord>>, Error>;
type Verdicts = Vec<Verdict>;

/// A commit whose answer may be lost.
#[derive(Debug)]
struct Doubt {
    seq: i64,
    leaf: String,
    verdicts: Verdicts,
    /// By the database's clock: until then it may still happen, though the head is not locked for it.
    until: i64,
}

/// The writer.
pub(crate) struct Writer<E: Engine> {
    shared: Arc<Shared<E>>,
    jobs: mpsc::Receiver<Job>,
    session: Option<E::Session>,
    ahead: Ahead,
}

impl<E: Engine> Writer<E> {
    pub(crate) fn new(
        shared: Arc<Shared<E>>,
        jobs: mpsc::Receiver<Job>,
        session: E::Session,
    ) -> Self {
        Self { shared, jobs, session: Some(session), ahead: Ahead::default() }
    }

    /// Writes until nobody can append any more; then says that this writer has left.
    pub(crate) async fn run(mut self) {
        while let Some(first) = self.jobs.recv().await {
            let jobs = self.gather(first).await;
            self.write(jobs).await;
        }
        drop(self.session.take());
        let shared = &*self.shared;
        // What goes wrong is said there.
        let _ = tokio::time::timeout(TRY, shared.checkpoint()).await;
        let leave = shared.engine.leave(shared.number, shared.writer());
        let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        if let Err(error) = tokio::time::timeout(TRY, leave).await.map_err(late).flatten() {
            tracing::warn!(log = E::NAME, %error, "it could not be said that this writer has left");
        }
        // One that answers nothing is not waited for; it goes with its process.
        let _ = tokio::time::timeout(TRY, shared.engine.close()).await;
    }

    /// Those who wait. Who was answered together comes again together: each gets its turn before the
    /// batch is closed, lest the first of them gets a transaction for itself.
    async fn gather(&mut self, first: Job) -> Vec<Job> {
        let mut events = first.append.events.len();
        let mut jobs = vec![first];
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
            let before = jobs.len();
            while jobs.len() < BATCH
                && events < BATCH_EVENTS
                && let Ok(job) = self.jobs.try_recv()
            {
                events = events.saturating_add(job.append.events.len());
                jobs.push(job);
            }
            if jobs.len() == before {
                break;
            }
        }
        jobs
    }

    async fn write(&mut self, mut jobs: Vec<Job>) {
        loop {
            // Whoever has left is not waited for, and has nothing done in their name.
            jobs.retain(|job| !job.answer.is_closed());
            if jobs.is_empty() {
                return;
            }
            let verdicts = self.judge(&jobs).await;
            let moved = verdicts.iter().filter_map(|verdict| verdict.as_ref().ok()).flatten();
            self.shared.grew(moved.map(|record| &**record));
            // What did not fit into the batch comes next.
            let rest = jobs.split_off(verdicts.len().clamp(1, jobs.len()));
            for (job, verdict) in jobs.into_iter().zip(verdicts) {
                // Whoever left meanwhile finds it in the log.
                let _ = job.answer.send(verdict.map(|records| Appended { records }));
            }
            jobs = rest;
        }
    }

    /// What becomes of these; of the first of them only, where they are too many for one batch.
    async fn judge(&mut self, jobs: &[Job]) -> Verdicts {
        let appends: Vec<&Append> = jobs.iter().map(|job| &job.append).collect();
        let error = match self.persist(&appends).await {
            Ok(verdicts) => return verdicts,
            Err(failed) if failed.is_refusal::<E>() => {
                // One of them breaks a rule of the database: each stands or falls alone.
                return self.one_by_one(jobs).await;
            }
            Err(failed) => failed.told::<E>("write"),
        };
        jobs.iter().map(|_| Err(error.clone())).collect()
    }

    async fn one_by_one(&mut self, jobs: &[Job]) -> Verdicts {
        let mut verdicts = Vec::with_capacity(jobs.len());
        let mut down: Option<Error> = None;
        for job in jobs {
            let verdict = match &down {
                // The database that failed one would keep each of the others waiting in turn.
                Some(error) => Err(error.clone()),
                None if job.answer.is_closed() => Err(lost::<E>()),
                None => self.alone(&job.append).await.unwrap_or_else(|error| {
                    down = Some(error.clone());
                    Err(error)
                }),
            };
            verdicts.push(verdict);
        }
        verdicts
    }

    /// What becomes of this one. An error says that it is not its own fault.
    async fn alone(&mut self, append: &Append) -> Result<Verdict, Error> {
        match self.persist(&[append]).await {
            Ok(verdicts) => Ok(verdicts.into_iter().next().unwrap_or_else(|| Err(lost::<E>()))),
            Err(Failed::Database { error, .. }) if E::is_refusal(&error) => {
                let event = append.events.first().map_or("", |event| event.name()).into();
                Ok(Err(Error::Illegal { event, why: error.to_string().into() }))
            }
            Err(failed) => Err(failed.told::<E>("write")),
        }
    }

    /// Writes the batch, and tries again while that may help.
    async fn persist(&mut self, appends: &[&Append]) -> Result<Verdicts, Failed> {
        let deadline = Instant::now() + PATIENCE;
        let mut doubts = Vec::new();
        let [mut pause, last_pause] = PAUSES;
        loop {
            let try_until = deadline.min(Instant::now() + TRY);
            let tried = tokio::time::timeout_at(try_until, self.transact(appends, &mut doubts));
            let error = match tried.await {
                Ok(Ok(verdicts)) => return Ok(verdicts),
                Ok(Err(Failed::Log(error))) => return Err(Failed::Log(error)),
                Ok(Err(Failed::Database { error, .. })) => error,
                Err(_) => sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()),
            };
            // A connection in the midst of something is of no more use; with it goes its transaction.
            let is_refusal = E::is_refusal(&error);
            match &mut self.session {
                Some(session) if is_refusal => {
                    if self.shared.engine.rollback(session).await.is_err() {
                        self.session = None;
                    }
                }
                session => *session = None,
            }
            let is_over = Instant::now() + pause >= deadline;
            if is_refusal || is_over || !E::is_passing(&error) {
                return Err(Failed::Database { error, in_doubt: !doubts.is_empty() });
            }
            tracing::debug!(log = E::NAME, %error, "a batch is tried again");
            tokio::time::sleep(pause).await;
            pause = last_pause.min(pause * 2);
        }
    }

    /// One transaction.
    async fn transact(
        &mut self,
        appends: &[&Append],
        doubts: &mut Vec<Doubt>,
    ) -> Result<Verdicts, Failed> {
        if doubts.is_empty()
            && let Some(verdicts) = self.at_once(appends, doubts).await?
        {
            return Ok(verdicts);
        }
        self.with_care(appends, doubts).await
    }

    /// Judges by what is known here, and writes by one statement that writes nothing where that was
    /// wrong; nothing then.
    async fn at_once(
        &mut self,
        appends: &[&Append],
        doubts: &mut Vec<Doubt>,
    ) -> Result<Option<Verdicts>, Failed> {
        let shared = &*self.shared;
        let (engine, log) = (&shared.engine, shared.number);
        let Some(session) = &mut self.session else { return Ok(None) };
        let is_head_due = shared.signing.as_ref().is_some_and(Signing::is_ready);
        if shared.this().is_none() || is_head_due {
            return Ok(None);
        }
        let Some(mut known) = self.ahead.take() else { return Ok(None) };
        let unknown = known.unknown(appends);
        if !unknown.is_empty() {
            // Not under the lock of the head: where they have moved since, so has the head.
            known.standing(standings::<E>(engine.standings(session, log, &unknown).await?)?);
        }
        let now = shared.time.now();
        let before = appends.iter().filter_map(|append| append.before).min();
        let Some(window) = known.window(now, engine.keeps_time(), before) else { return Ok(None) };
        let head = known.end();
        let (mut batch, wall) = known.batch(now);
        let verdicts = judge(&mut batch, appends);
        // Nobody is refused for what is not known for certain.
        let is_careful = verdicts.iter().any(Result::is_err) || batch.rows().len() > E::AT_ONCE;
        let Some(end) = batch.rows().last().filter(|_| !is_careful) else { return Ok(None) };
        let (seq, leaf, until) = (end.seq, end.leaf.clone(), window.until);
        doubts.push(Doubt { seq, leaf, verdicts: verdicts.clone(), until });
        shared.step("sql at once");
        let (last, leaf) = (number(head.last().get()), head.prev().to_string());
        let (leaf, writer, rows) = (leaf.as_str(), shared.writer(), batch.rows());
        let batch_at_once = AtOnce { log, writer, last, leaf, window, rows };
        match engine.at_once(session, &batch_at_once).await {
            Ok(true) => {
                shared.step("sql committed");
                doubts.clear();
                self.ahead.went(batch, wall);
                return Ok(Some(verdicts));
            }
            Ok(false) => {}
            Err(error) if E::is_refusal(&error) => {}
            Err(error) => {
                if E::is_certain(&error) {
                    doubts.clear();
                }
                return Err(error.into());
            }
        }
        doubts.clear();
        self.ahead.missed();
        Ok(None)
    }

    /// Locks the head, looks, judges, writes, commits.
    async fn with_care(
        &mut self,
        appends: &[&Append],
        doubts: &mut Vec<Doubt>,
    ) -> Result<Verdicts, Failed> {
        let shared = &*self.shared;
        let (engine, log) = (&shared.engine, shared.number);
        let session = match &mut self.session {
            Some(session) => session,
            none => none.insert(engine.session().await?),
        };
        let head = engine.begin(session, log, shared.writer()).await?;
        let wall = (head.wall, std::time::Instant::now());
        shared.step("sql begun");
        // Under the lock of the head it is known of each whether it has happened.
        for doubt in &*doubts {
            let found = engine.leaf(session, log, doubt.seq).await?;
            if found.is_some_and(|leaf| leaf == doubt.leaf) {
                // The transaction goes with its connection: nothing that may fail comes between
                // what is known now and whoever waits for it.
                self.session = None;
                return Ok(doubt.verdicts.clone());
            }
        }
        if doubts.iter().any(|doubt| head.wall < doubt.until) {
            // But one that has not yet got the lock may still happen.
            return Err(sqlx::Error::Io(std::io::ErrorKind::WouldBlock.into()).into());
        }
        doubts.clear();
        let mut ids: Vec<String> = appends.iter().map(|append| append.id.to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = engine.standings(session, log, &ids).await?;
        let now = shared.time.judge(&head);
        let end = shared.sealer(&head)?;
        let mut stand = self.ahead.behind(&end);
        stand.extend(standings::<E>(found)?);
        let mut batch = Batch::new(end, now, stand);
        let verdicts = judge(&mut batch, appends);
        let Some(last) = batch.rows().last() else {
            engine.rollback(session).await?;
            self.ahead.learn(batch, wall);
            return Ok(verdicts);
        };
        // A process that was stopped for a while may be taken for gone: with what it writes it says
        // that it is there.
        let fresh = i64::try_from(FRESH.as_micros()).unwrap_or(i64::MAX);
        let mut said = None;
        if let Some(this) = shared.this()
            && head.silent.is_none_or(|silent| silent > fresh)
        {
            shared.lease.saw(head.silent);
            said = Some(shared.lease.now());
            engine.say(session, log, this).await?;
        }
        engine.insert(session, log, batch.rows()).await?;
        // Taken once: whatever becomes of it, it stands in the way of no append twice.
        let mut head = shared.signing.as_ref().and_then(Signing::take_ready);
        if let Some(fresh) = &head
            && !engine.cover(session, log, &fresh.stored).await?
        {
            head = None;
        }
        shared.step("sql inserted");
        let (seq, leaf) = (last.seq, last.leaf.clone());
        // It has the lock: whoever gets that next sees what became of it.
        doubts.push(Doubt { seq, leaf, verdicts: verdicts.clone(), until: i64::MIN });
        engine.commit(session).await?;
        shared.step("sql committed");
        if let Some(asked) = said {
            shared.lease.renew(asked);
        }
        if let (Some(signing), Some(head)) = (&shared.signing, &head) {
            signing.kept(head);
        }
        doubts.clear();
        self.ahead.learn(batch, wall);
        Ok(verdicts)
    }
}

/// Judges and seals these in order, until the batch is full.
fn judge(batch: &mut Batch, appends: &[&Append]) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for append in appends {
        if batch.is_full() {
            break;
        }
        verdicts.push(batch.add(append));
    }
    verdicts
}

fn lost<E: Engine>() -> Error {
    Error::storage(E::NAME, "write", "the append was lost on the way")
}
