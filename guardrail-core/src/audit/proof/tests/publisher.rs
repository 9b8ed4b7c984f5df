//! Heads are carried to every witness, and what is a contradiction is said: soon, and only then.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::head;
use crate::audit::proof::{FileWitness, Heads, Publisher, SignedCheckpoint, Witness, WitnessError};

/// Takes every second head it is given.
#[derive(Clone, Debug, Default)]
struct Unsteady(Arc<Mutex<Vec<(u64, bool)>>>);

#[async_trait]
impl Witness for Unsteady {
    fn name(&self) -> &str {
        "unsteady"
    }

    async fn publish(&self, head: &SignedCheckpoint) -> Result<(), WitnessError> {
        let mut given = self.0.lock().unwrap();
        let takes = given.len() % 2 == 1;
        given.push((head.checkpoint().size(), takes));
        if takes { Ok(()) } else { Err(WitnessError::failed("not now")) }
    }
}

/// Every witness gets the newest head, one that fails gets it again, and the last one is delivered.
#[tokio::test(start_paused = true)]
async fn heads_reach_their_witnesses() {
    let (sender, heads) = Heads::new(Some(Arc::new(head(1))));
    assert_eq!(heads.latest().unwrap().checkpoint().size(), 1);
    let unsteady = Unsteady::default();
    let publisher = tokio::spawn(Publisher::new(heads).to(unsteady.clone()).run());
    let wait = |count| {
        let unsteady = unsteady.clone();
        async move {
            while unsteady.0.lock().unwrap().len() < count {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    };
    wait(2).await;
    sender.send_replace(Some(Arc::new(head(2))));
    sender.send_replace(Some(Arc::new(head(3))));
    wait(4).await;
    drop(sender);
    publisher.await.unwrap();
    assert_eq!(*unsteady.0.lock().unwrap(), [(1, false), (1, true), (3, false), (3, true)]);
}

/// Counts the warnings of this thread.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicUsize>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// How often a publisher warns that follows a log on its way through these heads, each after so many
/// seconds, while the witness has heard of `known` from elsewhere before each.
async fn warnings(steps: &[(u64, u64, u64)]) -> usize {
    let warnings = Warnings::default();
    let _here = tracing::subscriber::set_default(warnings.clone());
    let root = TempDir::new().unwrap();
    let path = root.path().join("heads");
    let elsewhere = FileWitness::new(&path);
    let (sender, heads) = Heads::new(None);
    let publisher = tokio::spawn(Publisher::new(heads).to(FileWitness::new(&path)).run());
    for (known, size, seconds) in steps {
        elsewhere.publish(&head(*known)).await.unwrap();
        sender.send_replace(Some(Arc::new(head(*size))));
        tokio::time::sleep(Duration::from_secs(*seconds)).await;
    }
    drop(sender);
    publisher.await.unwrap();
    warnings.0.load(Ordering::Relaxed)
}

/// Several processes write one log and one witness: who hears of a head a little later says nothing.
#[tokio::test(start_paused = true)]
async fn another_process_that_was_faster_is_no_contradiction() {
    assert_eq!(warnings(&[(5, 3, 8), (5, 5, 60)]).await, 0);
    // Again and again, each time by a later head.
    assert_eq!(warnings(&[(5, 3, 8), (9, 6, 8), (14, 10, 8), (14, 14, 60)]).await, 0);
}

/// A log that does not come to what the witness knows is an old copy, or was cut.
#[tokio::test(start_paused = true)]
async fn a_log_that_stays_behind_its_witness_is_warned_of_once() {
    assert_eq!(warnings(&[(9, 3, 60)]).await, 1);
    // However it grows, until it has as much.
    assert_eq!(warnings(&[(9, 3, 4), (9, 4, 4), (9, 5, 4), (9, 6, 60)]).await, 1);
}
