//! The one writer: takes all appends that wait, and makes them durable together.
//!
//! Whoever lines up first sends it to a blocking thread; it stays there while anyone waits. While
//! it syncs one batch the next one gathers, so that many callers share one sync and a single one
//! waits for nobody. It holds on to the log, so a caller that goes away stops nothing half-way.

use std::iter::Peekable;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::audit::append::{Append, Appended};
use crate::audit::error::Error;
use crate::audit::file::NAME;
use crate::audit::file::batch::Batch;
use crate::audit::file::queue::Job;
use crate::audit::file::shared::Shared;

/// A batch of this many bytes takes no further append.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

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
        loop {
            let mut jobs = self.shared.queue.take().into_iter().peekable();
            if jobs.peek().is_none() {
                self.state = Progress::Done;
                return;
            }
            self.state = Progress::Writing;
            while jobs.peek().is_some() {
                self.write(&mut jobs);
            }
            self.state = Progress::Waiting;
        }
    }

    /// Judges, seals and writes as many as one batch takes, then answers them. Nobody is answered
    /// before: a conflict with an append that is not durable yet cannot be looked up yet.
    fn write(&self, jobs: &mut Peekable<impl Iterator<Item = Job>>) {
        let shared = &*self.shared;
        let mut batch = Batch::new(shared.known().end);
        let mut judged = Vec::new();
        while batch.bytes().len() < BATCH_BYTES
            && let Some(job) = jobs.next()
        {
            // Whoever has left is not waited for, and has nothing done in their name.
            if job.answer.is_closed() {
                continue;
            }
            let standing = || shared.known().index.stream(job.append.id);
            let verdict = batch.add(&job.append, shared.clock.now(), standing);
            judged.push((job, verdict));
        }
        let records = judged.iter().filter_map(|(_, verdict)| verdict.as_ref().ok()).flatten();
        let outcome =
            if batch.bytes().is_empty() { shared.usable() } else { shared.commit(&batch, records) };
        // Before the answers: whoever is answered and drops the log may open it again at once.
        if jobs.peek().is_none() {
            shared.queue.done();
        }
        if outcome.is_ok() {
            for (job, _) in judged.iter().filter(|(_, verdict)| verdict.is_ok()) {
                shared.waiters.wake(job.append.id);
            }
        }
        for (job, verdict) in judged {
            let answer = match &outcome {
                Ok(()) => verdict.map(|records| Appended { records }),
                Err(error) => Err(error.clone()),
            };
            // Whoever left meanwhile finds it in the log.
            let _ = job.answer.send(answer);
        }
    }
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
