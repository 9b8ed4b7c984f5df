//! A short life of a log: what it does, what was answered, and what must be there afterwards.

use std::pin::Pin;
use std::sync::Arc;

use guardrail_conformance::{ManualClock, SeededEntropy, events};
use guardrail_core::audit::file::storage::Folder;
use guardrail_core::audit::{Append, Appended, AuditLog, AuditRecord, Error, FileLog, verify};
use guardrail_core::clock::{Clock, Timestamp};
use guardrail_core::model::{AuditEvent, RequestId, Sequence, Verdict, Version};

/// Opens the log in this folder, the same in every run.
pub(super) async fn open(folder: Arc<dyn Folder>) -> Result<FileLog, Error> {
    FileLog::open_in(folder, Arc::new(ManualClock::new()), &SeededEntropy::new(1)).await
}

/// How a log is opened in a folder.
pub(super) type Open = fn(Arc<dyn Folder>) -> Opening;

/// A log that is being opened.
pub(super) type Opening = Pin<Box<dyn Future<Output = Result<FileLog, Error>>>>;

/// The id of the `number`th request.
pub(super) fn id(number: u64) -> RequestId {
    RequestId::random(ManualClock::new().now(), &SeededEntropy::new(1000 + number)).unwrap()
}

/// A request that asks people.
pub(super) fn ask(number: u64) -> Append {
    Append::new(id(number), Version::START, vec![events::asked().unwrap()])
}

/// A request that needs nobody: two events in one append.
pub(super) fn allow(number: u64) -> Append {
    let allow = events::requested(Verdict::Allow).unwrap();
    Append::new(id(number), Version::START, vec![allow, events::started()])
}

/// A note of this many bytes to a request that holds so many events.
pub(super) fn note(number: u64, version: u64, bytes: usize) -> Append {
    let event = events::commented(&"x".repeat(bytes));
    Append::new(id(number), Version::new(version), vec![event])
}

/// What became of a life.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// The lines of every append that was answered with a yes.
    pub(super) written: Vec<(Sequence, String)>,
    /// The errors of the others, in order.
    pub(super) errors: Vec<Error>,
}

impl Life {
    pub(super) fn note(&mut self, done: Result<Appended, Error>) {
        match done {
            Ok(appended) => {
                let lines = appended.records.iter();
                self.written.extend(lines.map(|r| (r.sequence(), r.line().to_owned())));
            }
            Err(error) => self.errors.push(error),
        }
    }
}

/// Opens the log and writes: one append alone, one of two events, several at once, and a large
/// one. Goes on after every error.
pub(super) async fn live(folder: Arc<dyn Folder>) -> Life {
    live_as(folder, |folder| Box::pin(open(folder))).await
}

/// The same, opened like this.
pub(super) async fn live_as(folder: Arc<dyn Folder>, open: Open) -> Life {
    let mut life = Life::default();
    let log = match open(folder).await {
        Ok(log) => log,
        Err(error) => {
            life.errors.push(error);
            return life;
        }
    };
    life.note(log.append(&ask(1)).await);
    life.note(log.append(&allow(2)).await);
    let (note, allow, ask) = (note(1, 1, 10), allow(3), ask(4));
    let (a, b, c) = tokio::join!(log.append(&note), log.append(&allow), log.append(&ask));
    [a, b, c].into_iter().for_each(|done| life.note(done));
    life.note(log.append(&self::note(4, 1, 20_000)).await);
    let end = AuditEvent::Denied { by: None, reason: None };
    life.note(log.append(&Append::new(id(1), Version::new(2), vec![end])).await);
    log.close().await;
    life
}

/// The whole log.
pub(super) async fn whole(log: &FileLog) -> Vec<Arc<AuditRecord>> {
    let mut all: Vec<Arc<AuditRecord>> = Vec::new();
    loop {
        let after = all.last().map_or(Sequence::START, |record| record.sequence());
        let page = log.read(after, 3).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Opens the log again: it must verify, hold every line that was answered and no half append, and
/// take new ones.
pub(super) async fn check(folder: Arc<dyn Folder>, lives: &[&Life], what: &str) -> Life {
    check_as(folder, |folder| Box::pin(open(folder)), lives, what).await
}

/// The same, opened like this.
pub(super) async fn check_as(
    folder: Arc<dyn Folder>,
    open: Open,
    lives: &[&Life],
    what: &str,
) -> Life {
    let log = match open(folder).await {
        Ok(log) => log,
        Err(error) => panic!("{what}: it does not open: {error}"),
    };
    if let Err(error) = verify(&log).await {
        panic!("{what}: {error}");
    }
    let all = whole(&log).await;
    for (sequence, line) in lives.iter().flat_map(|life| &life.written) {
        let found = all.get(usize::try_from(sequence.get()).unwrap() - 1);
        let found = found.map(|record| record.line());
        assert_eq!(found, Some(&**line), "{what}: record {sequence} was answered");
    }
    for number in [2, 3] {
        let stream = log.stream(id(number), Version::START).await.unwrap();
        assert!([0, 2].contains(&stream.len()), "{what}: half an append is there");
    }
    assert!(log.now() >= all.last().map_or(Timestamp::MIN, |record| record.time()), "{what}");
    let mut life = Life::default();
    let next = id(100 + all.len() as u64);
    life.note(log.append(&Append::new(next, Version::START, allow(0).events)).await);
    assert!(life.errors.is_empty(), "{what}: it takes nothing: {:?}", life.errors);
    log.close().await;
    life
}

/// What the log says was recovered, and the bytes of the file it was moved to.
pub(super) async fn recovered(log: &FileLog) -> Option<String> {
    let own = log.stream(RequestId::LOG, Version::START).await.unwrap();
    own.iter().rev().find_map(|record| match record.event() {
        AuditEvent::Recovered { what } => Some(what.to_string()),
        _ => None,
    })
}
