//! Logs that several processes write, and several logs in one database.

use std::sync::Arc;
use std::time::Duration;

use guardrail_conformance::events::{asked, commented, requested, started};
use guardrail_core::audit::proof::Heads;
use guardrail_core::audit::{Append, AuditLog, Error, verify};
use guardrail_core::model::{RequestId, Sequence, Verdict, Version};
use guardrail_sql::{Reader, Settings};
use tokio::task::JoinSet;

use crate::samples;

/// Where logs are opened by name.
#[async_trait::async_trait]
pub(crate) trait Place: Send + Sync {
    type Log: AuditLog;

    async fn open(&self, name: &str) -> Self::Log {
        self.try_open(Settings::new().name(name).unwrap()).await.unwrap()
    }

    async fn try_open(&self, settings: Settings) -> Result<Self::Log, Error>;

    /// What is in the log named so, past it.
    async fn reader(&self, name: &str) -> Reader;

    async fn close(&self, log: Self::Log);

    /// The heads, once everything is covered.
    async fn checkpoint(&self, log: &Self::Log) -> Result<Option<Heads>, Error>;

    fn heads(&self, log: &Self::Log) -> Option<Heads>;

    /// A statement of whoever owns the database.
    async fn execute(&self, statement: &str) {
        self.try_execute(statement).await.unwrap();
    }

    /// The same; what the database says where it refuses.
    async fn try_execute(&self, statement: &str) -> Result<(), String>;
}

/// Longer than any other process takes to hear of what one has written.
const PATIENCE: Duration = Duration::from_secs(10);

async fn ask(log: &dyn AuditLog, id: RequestId) {
    log.append(&Append::new(id, Version::START, vec![asked().unwrap()])).await.unwrap();
}

/// Two writers of one log: each is woken by the other, and of two that want the same version one
/// wins.
pub(crate) async fn two_write_one_log(place: &impl Place) {
    let (one, two) = (place.open("main").await, place.open("main").await);
    assert_eq!(one.id(), two.id());
    let id = samples::id(1);
    ask(&one, id).await;
    for version in 1..20 {
        let seen = Version::new(version);
        let size = one.read(Sequence::START, 1000).await.unwrap().len() as u64;
        let waits = async {
            one.changed(id, seen).await.unwrap();
            one.grown(Sequence::new(size)).await.unwrap();
        };
        let note = Append::new(id, seen, vec![commented("hello")]);
        let (woken, written) =
            tokio::join!(tokio::time::timeout(PATIENCE, waits), two.append(&note));
        written.unwrap();
        woken.unwrap();
        let late = one.append(&note).await;
        assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    }
    let (one, two) = (Arc::new(one), Arc::new(two));
    let mut wins = JoinSet::new();
    for n in 0..40 {
        let log = if n % 2 == 0 { Arc::clone(&one) } else { Arc::clone(&two) };
        let id = samples::id(100 + n / 4);
        wins.spawn(async move {
            let events = vec![asked().unwrap(), commented("and more")];
            log.append(&Append::new(id, Version::START, events)).await.is_ok()
        });
    }
    let won = wins.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 10, "one of four wins each");
    let verified = verify(&*one).await.unwrap();
    assert_eq!(verified, verify(&*two).await.unwrap());
    assert_eq!(verified.records, 2 + 20 + 20);
}

/// What a writer has started is orphaned when it leaves, and not before.
pub(crate) async fn what_one_starts_is_orphaned_when_it_leaves(place: &impl Place) {
    let (one, two) = (place.open("main").await, place.open("main").await);
    let id = samples::id(1);
    let events = vec![requested(Verdict::Allow).unwrap(), started()];
    one.append(&Append::new(id, Version::START, events)).await.unwrap();
    for log in [&one, &two] {
        assert!(log.orphaned(10).await.unwrap().is_empty(), "its writer is there");
    }
    place.close(one).await;
    assert_eq!(two.orphaned(10).await.unwrap(), [(id, Version::new(2))]);
}

/// A process that was stopped for so long that it is taken for gone, and goes on: what it starts is
/// not orphaned, since it says that it is there with what it writes.
pub(crate) async fn what_goes_on_after_a_silence_is_not_orphaned(
    place: &impl Place,
    silence: &str,
) {
    let (one, two) = (place.open("main").await, place.open("main").await);
    let started_by = async |n| {
        let events = vec![requested(Verdict::Allow).unwrap(), started()];
        one.append(&Append::new(samples::id(n), Version::START, events)).await.unwrap();
    };
    started_by(1).await;
    place.execute(silence).await;
    let orphan = (samples::id(1), Version::new(2));
    assert_eq!(two.orphaned(10).await.unwrap(), [orphan], "it seems to be gone");
    started_by(2).await;
    assert!(two.orphaned(10).await.unwrap().is_empty(), "it is there");
}

/// Logs with other names in one database know nothing of each other.
pub(crate) async fn two_logs_share_a_database(place: &impl Place) {
    let (east, west) = (place.open("east").await, place.open("west").await);
    assert_ne!(east.id(), west.id());
    for log in [&east, &west] {
        ask(log, samples::id(1)).await;
        let records = log.read(Sequence::START, 100).await.unwrap();
        let places: Vec<u64> = records.iter().map(|record| record.sequence().get()).collect();
        assert_eq!(places, [1, 2]);
        assert_eq!(log.open(None, 10).await.unwrap(), [samples::id(1)]);
    }
    east.append(&Append::new(samples::id(1), Version::new(1), vec![commented("east")]))
        .await
        .unwrap();
    assert_eq!(west.stream(samples::id(1), Version::START).await.unwrap().len(), 1);
    let (east, west) = (verify(&east).await.unwrap(), verify(&west).await.unwrap());
    assert_eq!((east.records, west.records), (3, 2));
}
