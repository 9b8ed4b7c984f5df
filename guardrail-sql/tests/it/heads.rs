//! Signed heads, in whichever database: any process may sign, and the log never forks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail_conformance::events::{asked, commented};
use guardrail_core::audit::proof::{
    Checkpoint, FileSigner, Keys, PublicKey, SignError, Signature, SignedCheckpoint, Signer,
};
use guardrail_core::audit::{Append, AuditLog, Inspector, Report, VerifyError};
use guardrail_core::clock::SystemEntropy;
use guardrail_core::model::{Sequence, Version};
use guardrail_sql::Settings;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::samples;
use crate::shared::Place;

/// Never, as far as a test goes.
pub(crate) const NEVER: Duration = Duration::from_secs(3600);

/// Heads that are signed only where a test asks for them.
pub(crate) fn settings(signer: impl Signer) -> Settings {
    Settings::new().signer(signer).checkpoints(u64::MAX, NEVER)
}

pub(crate) fn key() -> (TempDir, Arc<FileSigner>) {
    let folder = TempDir::new().unwrap();
    let signer = FileSigner::open(folder.path().join("key")).unwrap();
    (folder, Arc::new(signer))
}

/// New requests with the numbers of this range.
pub(crate) async fn grow(log: &dyn AuditLog, numbers: std::ops::Range<u64>) {
    for n in numbers {
        let events = vec![asked().unwrap(), commented("hello")];
        log.append(&Append::new(samples::id(n), Version::START, events)).await.unwrap();
    }
}

/// The notes that are kept.
pub(crate) async fn notes(place: &impl Place) -> Vec<String> {
    let mut reader = place.reader("main").await;
    let (mut notes, mut size) = (Vec::new(), 0);
    loop {
        let page = reader.heads(size, 7).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        size = *last;
        notes.extend(page.into_iter().map(|(_, note)| note));
    }
    reader.close().await;
    notes
}

pub(crate) async fn lines(place: &impl Place) -> Vec<String> {
    let mut reader = place.reader("main").await;
    let mut lines: Vec<(Sequence, String)> = Vec::new();
    loop {
        let after = lines.last().map_or(Sequence::START, |(last, _)| *last);
        let page = reader.lines(after, 100).await.unwrap();
        if page.is_empty() {
            break;
        }
        lines.extend(page);
    }
    reader.close().await;
    lines.into_iter().map(|(_, line)| line).collect()
}

pub(crate) fn inspect(
    lines: &[String],
    heads: Vec<SignedCheckpoint>,
) -> Result<Report, VerifyError> {
    let mut inspector = Inspector::new().against(heads);
    for line in lines {
        inspector.push(line)?;
    }
    inspector.finish()
}

/// All notes fit the records, and nothing is left uncovered.
async fn all_fit(place: &impl Place, keys: &Keys) -> usize {
    let notes = notes(place).await;
    let open = |note: &String| SignedCheckpoint::open(note, keys).unwrap();
    let heads: Vec<SignedCheckpoint> = notes.iter().map(open).collect();
    let count = heads.len();
    let report = inspect(&lines(place).await, heads).unwrap();
    assert_eq!(report.uncovered(), None);
    count
}

/// Heads come with the records, and one at the end; whoever opens the log goes on from there.
pub(crate) async fn heads_come_with_the_records(place: &impl Place) {
    let (folder, signer) = key();
    let often = |signer: Arc<FileSigner>| Settings::new().signer(signer).checkpoints(4, NEVER);
    let log = place.try_open(often(signer)).await.unwrap();
    for n in 0..20 {
        grow(&log, n..n + 1).await;
        // A turn for whoever signs; nothing rests on how long it takes.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    place.close(log).await;
    let signer = FileSigner::open(folder.path().join("key")).unwrap();
    let count = all_fit(place, signer.keys()).await;
    assert!(count > 2, "only {count} heads of 41 records");
    // The key is exchanged: the new one goes on from what the old one signed.
    let signer = signer.rotate(&SystemEntropy).unwrap();
    let keys = signer.keys().clone();
    let log = place.try_open(settings(signer)).await.unwrap();
    let heads = place.checkpoint(&log).await.unwrap().unwrap();
    assert_eq!(heads.latest().unwrap().checkpoint().size(), 42);
    place.close(log).await;
    assert_eq!(all_fit(place, &keys).await, count + 1);
}

/// An idle log is covered within the time that was set.
pub(crate) async fn an_idle_log_is_covered(place: &impl Place) {
    let (_folder, signer) = key();
    let within = Duration::from_millis(50);
    let settings = Settings::new().signer(signer).checkpoints(u64::MAX, within);
    let log = place.try_open(settings).await.unwrap();
    grow(&log, 0..3).await;
    let mut heads = place.checkpoint(&log).await.unwrap().unwrap();
    grow(&log, 3..6).await;
    let covered = async {
        while heads.latest().is_none_or(|head| head.checkpoint().size() < 13) {
            heads.next().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(10), covered).await.unwrap();
    let count = notes(place).await.len();
    // A wait: an idle log that is covered must not be signed again.
    tokio::time::sleep(4 * within).await;
    assert_eq!(notes(place).await.len(), count);
}

/// Two processes sign one log at a time: of each size there is one head, and all fit.
pub(crate) async fn two_sign_one_log(place: &(impl Place + 'static)) {
    let (_folder, signer) = key();
    let often = || Settings::new().signer(Arc::clone(&signer)).checkpoints(8, NEVER);
    let one = Arc::new(place.try_open(often()).await.unwrap());
    let two = Arc::new(place.try_open(often()).await.unwrap());
    for round in 0..3 {
        let mut tasks = JoinSet::new();
        for n in 0..16 {
            let log = Arc::clone(if n % 2 == 0 { &one } else { &two });
            let from = 1_000 * round + 10 * n;
            tasks.spawn(async move { grow(&*log, from..from + 4).await });
        }
        for _ in 0..4 {
            let both = tokio::join!(place.checkpoint(&one), place.checkpoint(&two));
            both.0.unwrap();
            both.1.unwrap();
        }
        tasks.join_all().await;
        for log in [&one, &two] {
            let heads = place.checkpoint(log).await.unwrap().unwrap();
            let size = heads.latest().unwrap().checkpoint().size();
            let said = "either knows of the newest, whoever signed it";
            assert_eq!(size, 2 + (round + 1) * 16 * 4 * 2, "{said}");
        }
    }
    for log in [one, two] {
        place.close(Arc::into_inner(log).unwrap()).await;
    }
    assert!(all_fit(place, signer.keys()).await > 2);
}

/// Each process has a key of its own: neither takes the other's word, and both sign the same log.
pub(crate) async fn two_keys_sign_one_log(place: &impl Place) {
    let ((_here, ours), (_there, theirs)) = (key(), key());
    let one = place.try_open(settings(Arc::clone(&ours))).await.unwrap();
    grow(&one, 0..5).await;
    place.checkpoint(&one).await.unwrap();
    let two = place.try_open(settings(Arc::clone(&theirs))).await.unwrap();
    let heads = place.checkpoint(&two).await.unwrap().unwrap();
    assert_eq!(heads.latest().unwrap().checkpoint().size(), 12);
    place.checkpoint(&one).await.unwrap();
    grow(&one, 5..6).await;
    place.checkpoint(&one).await.unwrap();
    let keys = ours.keys().clone().and(theirs.key());
    assert_eq!(all_fit(place, &keys).await, 3);
}

/// A process ends between signing a head and keeping it, or between keeping and publishing it: what
/// anyone has seen is kept, and what is kept is published by the next.
pub(crate) async fn an_end_between_sign_and_publish(place: &impl Place) {
    let (_folder, signer) = key();
    for (step, kept) in [("sql head signed", 0), ("sql head kept", 1)] {
        let dies = settings(Arc::clone(&signer)).steps(Arc::new(move |at| {
            assert_ne!(at, step, "the process ends here");
        }));
        let log = Arc::new(place.try_open(dies).await.unwrap());
        let heads = log_heads(place, &log).await;
        let seen = heads.map(|head| head.checkpoint().size());
        assert_eq!(seen, None, "what was not kept, and what was not yet published, nobody saw");
        assert_eq!(notes(place).await.len(), kept, "{step}");
        // Its last words are never said.
        std::mem::forget(log);
    }
    let signed = settings(Arc::clone(&signer));
    let log = place.try_open(signed).await.unwrap();
    let notes = notes(place).await;
    let heads = place.checkpoint(&log).await.unwrap().unwrap();
    let last = SignedCheckpoint::open(notes.last().unwrap(), signer.keys()).unwrap();
    assert!(heads.latest().unwrap().checkpoint().size() > last.checkpoint().size());
    place.close(log).await;
    all_fit(place, signer.keys()).await;
}

/// The newest head that the log has shown when signing ends half-way.
async fn log_heads<P: Place>(place: &P, log: &Arc<P::Log>) -> Option<Arc<SignedCheckpoint>> {
    let caught = futures(place.checkpoint(log)).await;
    assert!(caught.is_err(), "it ends there");
    place.heads(log).and_then(|heads| heads.latest())
}

/// Polls until it is done or panics.
async fn futures<T>(future: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |context| {
        let polled = std::panic::AssertUnwindSafe(|| future.as_mut().poll(context));
        match std::panic::catch_unwind(polled) {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(done)) => std::task::Poll::Ready(Ok(done)),
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// A signer that fails until it is told otherwise.
#[derive(Debug)]
struct Token(Arc<FileSigner>, Arc<Mutex<bool>>);

impl Signer for Token {
    fn key(&self) -> PublicKey {
        self.0.key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let is_there = *self.1.lock().unwrap();
        if is_there { self.0.sign(message) } else { Err(SignError::new("it is not plugged in")) }
    }
}

/// A signer that fails costs a head and no append.
pub(crate) async fn a_signer_that_fails_costs_no_append(place: &impl Place) {
    let (_folder, signer) = key();
    let plugged = Arc::new(Mutex::new(false));
    let token = Token(Arc::clone(&signer), Arc::clone(&plugged));
    let settings = Settings::new().signer(token).checkpoints(1, NEVER);
    let log = place.try_open(settings).await.unwrap();
    grow(&log, 0..5).await;
    place.checkpoint(&log).await.unwrap_err();
    assert_eq!(notes(place).await.len(), 0);
    *plugged.lock().unwrap() = true;
    grow(&log, 5..6).await;
    place.checkpoint(&log).await.unwrap();
    all_fit(place, signer.keys()).await;
}

/// The rules of heads stand in the database, whoever writes.
pub(crate) async fn the_rules_of_heads(place: &impl Place) {
    let (_folder, signer) = key();
    let log = place.try_open(settings(Arc::clone(&signer))).await.unwrap();
    grow(&log, 0..2).await;
    place.checkpoint(&log).await.unwrap();
    let copy = |size: &str, note: &str| {
        format!(
            "INSERT INTO guardrail_head (log, size, edge, note) SELECT log, {size}, edge, {note} \
             FROM guardrail_head WHERE note LIKE 'guardrail/{}%'",
            log.id()
        )
    };
    let next = "replace(note, '\n5\n', '\n6\n')";
    for (statement, why) in [
        (copy("size", "note"), "guardrail_head_pkey|never changed"),
        (copy("size + 1", next), "records that are there"),
        (copy("size - 1", "note"), "records that are there"),
        (copy("size - 1", "replace(note, 'guardrail/', 'guardrail/0')"), "records that are there"),
        ("UPDATE guardrail_head SET note = 'x'".to_owned(), "never changed"),
        ("DELETE FROM guardrail_head".to_owned(), "never"),
    ] {
        let said = place.try_execute(&statement).await.unwrap_err();
        assert!(why.split('|').any(|why| said.contains(why)), "{statement}: {said}");
    }
    grow(&log, 2..3).await;
    // What is clearly no head is refused.
    let forged = |size: u64, edge: &str, more: &str| {
        format!(
            "INSERT INTO guardrail_head (log, size, edge, note) \
             SELECT log, {size}, {edge}, replace(note, '\n5\n', '\n{size}\n'){more} \
             FROM guardrail_head WHERE size = 5 AND note LIKE 'guardrail/{}%'",
            log.id()
        )
    };
    let two = "edge || edge";
    let unsigned = forged(6, two, "").replace("replace(note", "replace(substr(note, 1, 93)");
    let rootless =
        forged(6, two, "").replace("replace(note", "replace(replace(note, '=\n\n', '\n\n')");
    for statement in [
        forged(6, two, " || 'x'"),
        forged(6, "edge || 'a'", ""),
        forged(6, "upper(edge || edge)", ""),
        unsigned,
        rootless,
    ] {
        place.try_execute(&statement).await.unwrap_err();
    }
    // One in the form of a head that nobody signed, by someone who may insert, is passed over, and
    // the log is signed on: now, and once it is opened again.
    place.try_execute(&forged(6, two, "")).await.unwrap();
    place.checkpoint(&log).await.unwrap();
    let head: Checkpoint = place.heads(&log).unwrap().latest().unwrap().checkpoint().clone();
    assert_eq!(head.size(), 7);
    grow(&log, 3..4).await;
    place.try_execute(&forged(9, "edge", "")).await.unwrap();
    place.close(log).await;
    let log = place.try_open(settings(signer)).await.unwrap();
    let heads = place.checkpoint(&log).await.unwrap().unwrap();
    assert_eq!(heads.latest().unwrap().checkpoint().size(), 10);
}
