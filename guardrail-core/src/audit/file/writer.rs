//! The one writer: takes all appends that wait, and makes them durable together.
//!
//! Whoever lines up first sends it to a blocking thread; it stays there while anyone waits. While
//! it syncs one batch the next one gathers, so that many callers share one sync and a single one
//! waits for nobody. Those who were answered together come again together: the writer waits a
//! moment for half of them, lest the first of them have a sync for themselves, and takes along who
//! comes while it judges. It holds on to the log, so a caller that goes away stops nothing half-way.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::batch::Batch;
use crate::audit::file::queue::Job;
use crate::audit::file::shared::Shared;
use crate::audit::record::AuditRecord;
use crate::model::RequestId;

/// A batch of this many bytes takes no further append.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// How often a batch takes those who came while it was judged: not without end, where they come and
/// leave as fast as they are looked at.
const TURNS: usize = 16;

/// The longest that the next batch is waited for.
const MOMENT: Duration = Duration::from_millis(1);

/// Lines up, and waits until the append is judged and durable.
pub(super) async fn append(shared: &Arc<Shared>, append: &Append) -> Result<Appended, Error> {
    shared.usable()?;
    let gone = || Error::storage(NAME, "write", "its writer went away with its runtime");
    let runtime = Handle::try_current().map_err(|error| Error::storage(NAME, "write", error))?;
    let place = shared.queue.place().await.ok_or_else(gone)?;
    let (answer, answered) = oneshot::channel();
    let job = Job { append: append.clone(), answer, _place: place };
    if shared.queue.push(job) {
        let writer = Writer { shared: Arc::clone(shared), state: Progress::Waiting };
        runtime.spawn_blocking(move || writer.run());
    }
    answered.await.unwrap_or_else(|_| Err(gone()))
}

/// Waits until a head of everything written so far is signed and kept, if it can be.
pub(super) async fn checkpoint(shared: &Arc<Shared>) -> Result<(), Error> {
    shared.usable()?;
    let runtime = Handle::try_current().map_err(|error| Error::storage(NAME, "sign", error))?;
    let (done, signed) = oneshot::channel();
    if let Some(writer) = ask(shared, done) {
        runtime.spawn_blocking(move || writer.run());
    }
    signed.await.map_err(|_| Error::Poisoned { log: NAME })
}

/// The same, on this thread or behind whoever writes; it does not wait.
pub(super) fn checkpoint_here(shared: &Arc<Shared>) {
    if let Some(writer) = ask(shared, oneshot::channel().0) {
        writer.run();
    }
}

/// Asks for a checkpoint; a writer, where none is at work.
fn ask(shared: &Arc<Shared>, done: oneshot::Sender<()>) -> Option<Writer> {
    let is_mine = shared.queue.push_checkpoint(done);
    is_mine.then(|| Writer { shared: Arc::clone(shared), state: Progress::Waiting })
}

/// Dropped before it is done it still leaves the queue in order: a runtime that shuts down drops
/// what it has not begun.
#[derive(Debug)]
struct Writer {
    shared: Arc<Shared>,
    state: Progress,
}

#[derive(Debug, PartialEq, Eq)]
enum Progress {
    Waiting,
    Writing,
    Done,
}

impl Writer {
    fn run(mut self) {
        // How many were answered last, and how long they are waited for.
        let (mut answered, mut patience) = (0, Duration::ZERO);
        loop {
            self.shared.queue.gather(answered, patience);
            let work = self.shared.queue.take();
            if work.is_empty() {
                self.state = Progress::Done;
                return;
            }
            self.state = Progress::Writing;
            let began = Instant::now();
            let mut jobs = work.jobs;
            while !jobs.is_empty() {
                answered = self.write(&mut jobs, work.checkpoints.is_empty());
            }
            if !work.checkpoints.is_empty() {
                self.shared.checkpoint();
                self.shared.queue.done();
            }
            self.state = Progress::Waiting;
            patience = (began.elapsed() / 2).min(MOMENT);
            for done in work.checkpoints {
                // Whoever left meanwhile finds it in the file.
                let _ = done.send(());
            }
        }
    }

    /// Judges, seals and writes as many as one batch takes, then answers them, and says how many.
    /// Nobody is answered before: a conflict with an append that is not durable yet cannot be looked
    /// up yet.
    fn write(&self, jobs: &mut VecDeque<Job>, is_all: bool) -> usize {
        let shared = &*self.shared;
        shared.rotate_if_due();
        let mut batch = Batch::new(shared.known().end);
        let mut judged = Vec::new();
        let last;
        // Behind those who wait for their answers, so that it goes first.
        let _doubt = Doubt(shared);
        let opening = begin(shared, &mut batch);
        for _ in 0..TURNS {
            while batch.bytes().len() < BATCH_BYTES
                && let Some(job) = jobs.pop_front()
            {
                // Whoever has left is not waited for, and has nothing done in their name.
                if job.answer.is_closed() {
                    continue;
                }
                let standing = || shared.standing(job.append.id);
                let verdict = batch.add(&job.append, shared.clock.now(), standing);
                judged.push((job, verdict));
            }
            if is_all && jobs.is_empty() {
                *jobs = shared.queue.more();
            }
            if jobs.is_empty() {
                break;
            }
        }
        let count = judged.len();
        let appends = judged.iter().filter_map(|(_, verdict)| verdict.as_deref().ok());
        let outcome = match batch.bytes() {
            [] => shared.usable(),
            _ => shared.commit(&batch, [&*opening].into_iter().chain(appends)),
        };
        if outcome.is_ok() {
            if !opening.is_empty() {
                shared.protect();
            }
            for (job, _) in judged.iter().filter(|(_, verdict)| verdict.is_ok()) {
                shared.waiters.wake(job.append.id);
            }
        }
        // One waits until the head is signed, too: while it waits nobody drops the log.
        last = judged.pop();
        for (job, verdict) in judged {
            answer(job, verdict, &outcome);
        }
        if outcome.is_ok() {
            shared.hash(&batch);
            shared.checkpoint_if_due();
        }
        // Before the last answer: whoever is answered and drops the log may open it again at once.
        if is_all && jobs.is_empty() {
            shared.queue.done();
        }
        if let Some((job, verdict)) = last {
            answer(job, verdict, &outcome);
        }
        count
    }
}

/// Tells whoever waits what became of their append.
fn answer(job: Job, verdict: Result<Vec<Arc<AuditRecord>>, Error>, outcome: &Result<(), Error>) {
    let answer = match outcome {
        Ok(()) => verdict.map(|records| Appended { records }),
        Err(error) => Err(error.clone()),
    };
    // Whoever left meanwhile finds it in the log.
    let _ = job.answer.send(answer);
}

/// A panic while appends are written: nobody knows what was, and the log says so before those who
/// wait for an answer go without one and look.
struct Doubt<'s>(&'s Shared);

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poison();
        }
    }
}

/// What a file must begin with, where it has not yet.
fn begin(shared: &Shared, batch: &mut Batch) -> Vec<Arc<AuditRecord>> {
    let (opening, version) = {
        let known = shared.known();
        (known.active.opening.clone(), known.index.version(RequestId::LOG))
    };
    let Some(event) = opening else { return Vec::new() };
    let append = Append::new(RequestId::LOG, version, vec![event]);
    // It is legal whenever the log is, and tried again with the next batch.
    let standing = || shared.standing(RequestId::LOG);
    batch.add(&append, shared.clock.now(), standing).unwrap_or_default()
}

impl Drop for Writer {
    fn drop(&mut self) {
        match self.state {
            Progress::Done => return,
            Progress::Waiting => {}
            // A panic between two steps: nobody knows what was written.
            Progress::Writing => self.shared.poison(),
        }
        self.shared.queue.abandon();
    }
}
