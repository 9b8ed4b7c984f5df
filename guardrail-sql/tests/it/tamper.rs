//! A log of 1,000 records in a database, tampered with by whoever owns the database: each change is
//! found by the verifier, or it lies behind the last head and is named as not covered.

use std::sync::Arc;

use guardrail_conformance::events::{asked, commented, of_requests, started};
use guardrail_core::audit::proof::{Checkpoint, FileSigner, SignedCheckpoint};
use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{
    Append, AuditLog, AuditRecord, Fault, Inspector, Report, Tree, VerifyError,
};
use guardrail_core::model::{AuditEvent, Sequence, Tally, Version};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::samples;

const RECORDS: usize = 1000;
/// Where a copy is made of the log.
const COPIED: usize = 600;
/// The sizes at which heads are signed.
const SIZES: [usize; 4] = [256, 512, 700, 900];

/// A log in a database, and everything its owner can do to it.
#[async_trait::async_trait]
pub(crate) trait Owned: Send {
    type Log: AuditLog;

    async fn open(&mut self) -> Self::Log;

    async fn close(&mut self, log: Self::Log);

    /// Keeps a copy of the database, while nobody has the log open.
    async fn back_up(&mut self);

    /// Puts the copy in place of the database.
    async fn restore(&mut self);

    /// At most so many lines behind this place, as the reader of a verifier gives them.
    async fn lines(&mut self, after: u64, limit: u32) -> Vec<String>;

    /// A statement with all rules of the database out of force.
    async fn execute(&mut self, statement: &str);
}

/// What a request comes to.
fn life() -> Vec<AuditEvent> {
    let voted = of_requests().unwrap().into_iter().find(|event| event.name() == "voted");
    let approved = AuditEvent::Approved { tally: Tally { approvals: 1, required: 1 } };
    let said = commented("it's fine");
    vec![asked().unwrap(), said, voted.unwrap(), approved, started(), AuditEvent::Completed]
}

/// Writes until there are so many records: whole lives at once, and event by event.
async fn fill<L: AuditLog>(log: L, records: usize) -> L {
    let log = Arc::new(log);
    let mut there = log.read(Sequence::START, RECORDS).await.unwrap().len();
    let mut writers = JoinSet::new();
    while there < records {
        let mut events = life();
        events.truncate(records - there);
        let (id, at_once) = (samples::id(1000 + there as u64), there % 4 < 2);
        there += events.len();
        let log = Arc::clone(&log);
        writers.spawn(async move {
            if at_once {
                return drop(log.append(&Append::new(id, Version::START, events)).await.unwrap());
            }
            for (version, event) in (0..).zip(events) {
                log.append(&Append::new(id, Version::new(version), vec![event])).await.unwrap();
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    Arc::into_inner(log).unwrap()
}

/// Heads over these lines, by a key the owner of the database has not.
fn heads(lines: &[String]) -> Vec<SignedCheckpoint> {
    let root = TempDir::new().unwrap();
    let signer = FileSigner::open(root.path().join("key")).unwrap();
    let (mut tree, mut heads) = (Tree::new(), Vec::new());
    for (size, line) in (1..).zip(lines) {
        let record = AuditRecord::parse(line).unwrap();
        tree.push(record.leaf());
        if SIZES.contains(&size) {
            let head = Checkpoint::new(record.log(), &tree).sign(&signer).unwrap();
            heads.push(SignedCheckpoint::open(head.note(), signer.keys()).unwrap());
        }
    }
    heads
}

/// A log of 1,000 records with a copy from when it had 600, its lines, and its heads.
async fn make(owned: &mut impl Owned) -> (Vec<String>, Vec<SignedCheckpoint>) {
    let log = owned.open().await;
    let log = fill(log, COPIED).await;
    owned.close(log).await;
    owned.back_up().await;
    let log = owned.open().await;
    let log = fill(log, RECORDS).await;
    owned.close(log).await;
    let lines = owned.lines(0, 2000).await;
    assert_eq!(lines.len(), RECORDS);
    let heads = heads(&lines);
    (lines, heads)
}

async fn inspect(
    owned: &mut impl Owned,
    heads: &[SignedCheckpoint],
) -> Result<Report, VerifyError> {
    let mut inspector = Inspector::new().against(heads.to_vec());
    for line in owned.lines(0, 2000).await {
        inspector.push(&line)?;
    }
    inspector.finish()
}

async fn put(owned: &mut impl Owned, place: usize, line: &str) {
    let line = line.replace('\'', "''");
    owned
        .execute(&format!("UPDATE guardrail_record SET line = '{line}' WHERE seq = {place}"))
        .await;
}

/// All of it.
pub(crate) async fn check(owned: &mut impl Owned) {
    let (lines, heads) = make(owned).await;
    let honest = inspect(owned, &heads).await.unwrap();
    assert_eq!((honest.verified.records, honest.covered), (1000, 900));
    assert_eq!(honest.uncovered(), Some(Sequence::new(901)));
    flips(owned, &lines, &heads).await;
    moves(owned, &lines, &heads).await;
    forks(owned, &lines, &heads).await;
    cuts(owned, &heads).await;
    old_copy(owned, &heads).await;
}

/// No byte of a line can be another: each of some lines, and some of each.
async fn flips(owned: &mut impl Owned, lines: &[String], heads: &[SignedCheckpoint]) {
    let mut before = Inspector::new().against(heads.to_vec());
    let (mut tried, mut unfound) = (0, 0);
    for (place, line) in (1..).zip(lines) {
        let every = if [1, 2, 500, 900, RECORDS].contains(&place) { 1 } else { 1 + line.len() / 2 };
        for at in ((place * 37) % every..line.len()).step_by(every) {
            let mut bent = line.clone().into_bytes();
            // A space would be a NUL, which no database holds in a text.
            bent[at] ^= if at % 2 == 0 || bent[at] == b' ' { 0x01 } else { 0x20 };
            put(owned, place, std::str::from_utf8(&bent).unwrap()).await;
            let mut inspector = before.clone();
            let read = owned.lines(place as u64 - 1, 2).await;
            let found = read.iter().find_map(|line| inspector.push(line).err());
            tried += 1;
            match found {
                // A head says only that it is one of those it covers.
                Some(VerifyError { sequence, .. }) => {
                    assert!(sequence.get() <= place as u64 + 1, "{place}: found at {sequence}");
                }
                // Nothing is chained to the last line.
                None => {
                    assert_eq!(place, RECORDS, "byte {at} of record {place} is not found");
                    assert_eq!(inspector.finish().unwrap().uncovered(), Some(Sequence::new(901)));
                    unfound += 1;
                }
            }
        }
        put(owned, place, line).await;
        before.push(line).unwrap();
    }
    assert!(tried > 3000 && unfound > 0, "{tried} tried, {unfound} not found");
    inspect(owned, heads).await.unwrap();
}

/// No row can be elsewhere, missing or doubled, whatever its columns say.
async fn moves(owned: &mut impl Owned, lines: &[String], heads: &[SignedCheckpoint]) {
    for place in (1..RECORDS).step_by(97) {
        let next = place + 1;
        for what in ["swapped", "doubled", "missing"] {
            match what {
                "swapped" => {
                    for (to, from) in
                        [(-1, place as i64), (place as i64, next as i64), (next as i64, -1)]
                    {
                        let step =
                            format!("UPDATE guardrail_record SET seq = {to} WHERE seq = {from}");
                        owned.execute(&step).await;
                    }
                }
                "doubled" => put(owned, next, &lines[place - 1]).await,
                _ => {
                    let gone = format!("UPDATE guardrail_record SET seq = -1 WHERE seq = {place}");
                    owned.execute(&gone).await;
                }
            }
            let found = inspect(owned, heads).await.unwrap_err().sequence.get();
            let near = [place as u64, next as u64];
            assert!(near.contains(&found), "{what} at {place}: found at {found}");
            owned
                .execute(&format!("UPDATE guardrail_record SET seq = {place} WHERE seq = -1"))
                .await;
            put(owned, place, &lines[place - 1]).await;
            put(owned, next, &lines[next - 1]).await;
        }
    }
    inspect(owned, heads).await.unwrap();
}

/// What is sealed again from some record on is found by every head behind that record; behind the
/// last head it is named as not covered.
async fn forks(owned: &mut impl Owned, lines: &[String], heads: &[SignedCheckpoint]) {
    let records: Vec<AuditRecord> =
        lines.iter().map(|line| AuditRecord::parse(line).unwrap()).collect();
    for wanted in [2, 300, 699, 880, 901] {
        // A note that is an append of its own can say what one likes.
        let is_note =
            |record: &AuditRecord| record.event().name() == "commented" && record.more() == 0;
        let Some(at) = (wanted..RECORDS).find(|at| is_note(&records[*at])) else { continue };
        let mut end = Sealer::after(&records[at - 1]);
        let mut forked = Vec::new();
        let mut rest = &records[at..];
        while let Some(first) = rest.first() {
            let (append, behind) = rest.split_at(1 + first.more() as usize);
            let mut events: Vec<_> = append.iter().map(|record| record.event().clone()).collect();
            if forked.is_empty() {
                events = vec![commented("I was always here")];
            }
            let version = Version::new(first.version().get() - 1);
            let sealed = end.append(first.id(), version, first.time(), &events).unwrap();
            forked.extend(sealed.iter().map(|record| record.line().to_owned()));
            rest = behind;
        }
        for (place, line) in (at + 1..).zip(&forked) {
            put(owned, place, line).await;
        }
        match (inspect(owned, heads).await, SIZES.into_iter().find(|size| *size > at)) {
            (Err(VerifyError { why: Fault::Fork { size }, .. }), Some(next)) => {
                assert_eq!(size, next as u64, "a fork at {at}");
            }
            (Ok(report), None) => assert_eq!(report.uncovered(), Some(Sequence::new(901))),
            other => panic!("a fork at {at}: {other:?}"),
        }
        for (place, line) in (at + 1..).zip(&lines[at..]) {
            put(owned, place, line).await;
        }
    }
    inspect(owned, heads).await.unwrap();
}

/// A log that was cut is found by a head that covers more.
async fn cuts(owned: &mut impl Owned, heads: &[SignedCheckpoint]) {
    for kept in [950, 900, 899, 701, 1, 0] {
        owned.execute(&format!("DELETE FROM guardrail_record WHERE seq > {kept}")).await;
        match inspect(owned, heads).await {
            Ok(report) => assert!(kept >= 900 && report.verified.records == kept, "{kept} kept"),
            // Cut in the midst of an append it is found without any head.
            Err(error) => {
                let is_cut = kept < 900 && error.why == Fault::Cut { signed: 900 };
                assert!(is_cut || error.why == Fault::Half, "{kept} kept: {error}");
                assert_eq!(error.sequence, Sequence::new(kept + 1));
            }
        }
    }
}

/// An old backup is found by a newer head, and so it is when the log has gone on from there.
async fn old_copy(owned: &mut impl Owned, heads: &[SignedCheckpoint]) {
    owned.restore().await;
    let found = inspect(owned, heads).await.unwrap_err();
    assert_eq!(found.why, Fault::Cut { signed: 900 });
    assert!(found.to_string().contains("old copy"), "{found}");
    let log = owned.open().await;
    let log = fill(log, RECORDS).await;
    owned.close(log).await;
    let found = inspect(owned, heads).await.unwrap_err();
    assert_eq!(found.why, Fault::Fork { size: 700 });
    assert_eq!(found.sequence, Sequence::new(513), "behind the last head that it leads to");
}
