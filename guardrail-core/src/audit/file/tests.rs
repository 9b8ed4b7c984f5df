//! The parts of the log in files that no test from outside can reach the edges of.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that is wrong should fail"
)]

use std::io;
use std::slice;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::audit::append::Append;
use crate::audit::file::cache::Cache;
use crate::audit::file::catalog::{Catalog, Found, Place};
use crate::audit::file::lines::{Lines, Piece};
use crate::audit::file::queue::{Job, Queue};
use crate::audit::file::storage::Storage;
use crate::audit::line::LINE_LIMIT;
use crate::audit::record::AuditRecord;
use crate::audit::seal::Sealer;
use crate::clock::{SystemEntropy, Timestamp};
use crate::model::{AuditEvent, LogId, RequestId, Sequence, Version};

/// Bytes in memory, given out a few at a time.
#[derive(Debug)]
struct Bytes {
    bytes: Vec<u8>,
    most: usize,
}

impl Storage for Bytes {
    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = &self.bytes[usize::try_from(offset).unwrap().min(self.bytes.len())..];
        let length = rest.len().min(buffer.len()).min(self.most);
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, _: &[u8], _: u64) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn truncate(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// What a file with these lines is read as: offset and length of each piece.
fn pieces(bytes: Vec<u8>, from: u64, most: usize) -> Vec<(&'static str, u64, usize)> {
    let end = bytes.len() as u64;
    let storage = Bytes { bytes, most };
    let mut lines = Lines::new(&storage, from, end);
    let mut pieces = Vec::new();
    loop {
        pieces.push(match lines.next().unwrap() {
            None => return pieces,
            Some(Piece::Line { offset, bytes }) => ("line", offset, bytes.len()),
            Some(Piece::TooLong { offset }) => ("too long", offset, 0),
            Some(Piece::Rest { offset }) => ("rest", offset, 0),
        });
        if pieces.last().is_some_and(|(kind, ..)| *kind != "line") {
            return pieces;
        }
    }
}

fn line(length: usize) -> Vec<u8> {
    let mut line = vec![b'x'; length];
    line.push(b'\n');
    line
}

#[test]
fn lines_are_found_whatever_is_read_at_once() {
    let lengths = [0, 1, 5, 65_534, 65_535, 65_536, 65_537, 200_000, 3];
    let bytes: Vec<u8> = lengths.iter().flat_map(|length| line(*length)).collect();
    let mut expected = Vec::new();
    let mut offset = 0;
    for length in lengths {
        expected.push(("line", offset, length));
        offset += length as u64 + 1;
    }
    for most in [1, 7, 65_536, usize::MAX] {
        assert_eq!(pieces(bytes.clone(), 0, most), expected);
        assert_eq!(pieces(bytes.clone(), 1, most), expected[1..]);
        let torn = [&bytes[..], b"rest"].concat();
        assert_eq!(pieces(torn, 0, most), [&expected[..], &[("rest", offset, 0)]].concat());
    }
    assert_eq!(pieces(Vec::new(), 0, 1), []);
}

#[test]
fn a_line_is_as_long_as_it_may_be_and_no_longer() {
    let longest = [line(3), line(LINE_LIMIT)].concat();
    assert_eq!(pieces(longest, 0, usize::MAX), [("line", 0, 3), ("line", 4, LINE_LIMIT)]);
    for longer in [LINE_LIMIT + 1, LINE_LIMIT + 70_000, 3 * LINE_LIMIT] {
        let bytes = [line(3), line(longer), line(3)].concat();
        assert_eq!(pieces(bytes, 0, usize::MAX), [("line", 0, 3), ("too long", 4, 0)]);
        let mut torn = [line(3), line(longer)].concat();
        torn.pop();
        assert_eq!(pieces(torn, 0, usize::MAX), [("line", 0, 3), ("rest", 4, 0)]);
    }
}

#[test]
fn every_record_of_a_stream_is_found_from_its_last() {
    let mut catalog = Catalog::new(Sequence::new(1));
    // Streams a and b in turns, then a alone.
    let before = [0, 0, 1, 2, 3, 5].map(Sequence::new);
    for (length, before) in (10..).zip(before) {
        catalog.admit(length, before);
    }
    assert_eq!(catalog.end(), (10 + 11 + 12 + 13 + 14 + 15) + 6);
    let place = |offset, length| Place { offset, length };
    let a = [place(0, 10), place(23, 12), place(50, 14), place(65, 15)];
    let found = |last, count| catalog.stream(Sequence::new(last), count);
    let here = |places: &[Place]| Found { places: places.to_vec(), before: None };
    assert_eq!(found(6, 4), here(&a));
    assert_eq!(found(6, 2), here(&a[2..]));
    assert_eq!(found(6, 0), here(&[]));
    assert_eq!(found(4, 9), here(&[place(11, 11), place(36, 13)]));
    assert_eq!(catalog.offset(Sequence::new(3)), 23);
    assert_eq!(catalog.offset(Sequence::new(7)), catalog.end());
}

#[test]
fn what_lies_in_files_before_is_named() {
    let mut catalog = Catalog::new(Sequence::new(101));
    for before in [40, 101, 99].map(Sequence::new) {
        catalog.admit(10, before);
    }
    let found = |last, count| catalog.stream(Sequence::new(last), count).before;
    assert_eq!(found(102, 2), None);
    assert_eq!(found(102, 5), Some((Sequence::new(40), 3)));
    assert_eq!(found(103, 2), Some((Sequence::new(99), 1)));
    assert_eq!(found(77, 4), Some((Sequence::new(77), 4)));
}

/// Notes of this many bytes, of streams a, b and c in turns.
fn notes(bytes: usize, count: u64) -> (Vec<RequestId>, Vec<Arc<AuditRecord>>) {
    let id = || RequestId::random(Timestamp::from_micros(0), &SystemEntropy).unwrap();
    let ids = vec![id(), id(), id()];
    let mut sealer = Sealer::new(LogId::random(Timestamp::MIN, &SystemEntropy).unwrap());
    let event = AuditEvent::Withdrawn { why: "x".repeat(bytes).into() };
    let mut records = Vec::new();
    for version in 0..count {
        for id in &ids {
            let at = Version::new(version);
            let sealed = sealer.append(*id, at, Timestamp::MIN, slice::from_ref(&event));
            records.extend(sealed.unwrap());
        }
    }
    (ids, records)
}

#[test]
fn the_cache_keeps_whole_streams_or_none_within_its_limit() {
    let (ids, records) = notes(1000, 4);
    let length = records[0].line().len();
    // Room for two streams of four, and a little.
    let mut cache = Cache::new(length * 9);
    for record in &records {
        cache.admit(slice::from_ref(record), true);
        for id in &ids {
            let written = records.iter().filter(|r| r.sequence() <= record.sequence());
            let count = written.filter(|r| r.id() == *id).count();
            let kept = cache.stream(*id, Version::START).map(|kept| kept.len());
            assert!(kept.is_none_or(|kept| kept == count), "half a stream is kept");
        }
    }
    let kept = |cache: &Cache, id| cache.stream(id, Version::START).map(|kept| kept.len());
    let whole = ids.iter().filter(|id| kept(&cache, **id) == Some(4)).count();
    assert_eq!(whole, 2, "two streams fit");
    assert_eq!(cache.stream(ids[2], Version::new(3)).map(|kept| kept.len()), Some(1));
    // One that is over makes room, and is not taken up again.
    cache.admit(&records[11..], false);
    assert_eq!(kept(&cache, ids[2]), None);
    cache.admit(&records[11..], true);
    assert_eq!(kept(&cache, ids[2]), None);
    let (more, records) = notes(1000, 4);
    for record in records.iter().filter(|record| record.id() == more[0]) {
        cache.admit(slice::from_ref(record), true);
    }
    assert_eq!(kept(&cache, more[0]), Some(4));
}

/// Longer than any test may take.
const LONG: Duration = Duration::from_secs(60);

async fn line_up(queue: &Queue) {
    let id = RequestId::random(Timestamp::MIN, &SystemEntropy).unwrap();
    let append = Append::new(id, Version::START, Vec::new());
    let place = queue.place().await.unwrap();
    queue.push(Job { append, answer: oneshot::channel().0, _place: place });
}

#[tokio::test]
async fn half_of_those_who_were_answered_are_waited_for() {
    let queue = Arc::new(Queue::default());
    let gathering = thread::spawn({
        let queue = Arc::clone(&queue);
        move || {
            let began = Instant::now();
            queue.gather(5, LONG);
            (queue.take().jobs.len(), began.elapsed())
        }
    });
    // Real time: the writer must have begun to wait, and be told.
    thread::sleep(Duration::from_millis(50));
    line_up(&queue).await;
    // Real time: a writer that waits for too few must have taken it.
    thread::sleep(Duration::from_millis(50));
    line_up(&queue).await;
    let (gathered, took) = gathering.join().unwrap();
    assert_eq!(gathered, 2);
    assert!(took < LONG, "the writer was not told");
}

#[tokio::test]
async fn a_writer_takes_more_and_is_not_idle_before_it_is_done() {
    let queue = Queue::default();
    line_up(&queue).await;
    assert_eq!(queue.take().jobs.len(), 1);
    line_up(&queue).await;
    assert_eq!(queue.more().len(), 1);
    assert!(queue.more().is_empty());
    assert!(!queue.is_idle());
    // Who waits for a head is not put off by those who keep coming.
    line_up(&queue).await;
    queue.push_checkpoint(oneshot::channel().0);
    assert!(queue.more().is_empty());
    let work = queue.take();
    assert_eq!((work.jobs.len(), work.checkpoints.len()), (1, 1));
    queue.done();
    assert!(queue.is_idle());
}

#[tokio::test]
async fn nobody_is_waited_for_in_vain() {
    let (queue, began) = (Queue::default(), Instant::now());
    // A single caller may never come again.
    queue.gather(1, LONG);
    line_up(&queue).await;
    line_up(&queue).await;
    queue.gather(2, LONG);
    assert_eq!(queue.take().jobs.len(), 2);
    // Whoever closes the log has no time for others.
    queue.push_checkpoint(oneshot::channel().0);
    queue.gather(100, LONG);
    assert_eq!(queue.take().checkpoints.len(), 1);
    assert!(began.elapsed() < LONG, "somebody was waited for");
    let patience = Duration::from_millis(20);
    let began = Instant::now();
    queue.gather(100, patience);
    assert!((patience..LONG).contains(&began.elapsed()));
}

#[tokio::test]
async fn a_checkpoint_ends_the_waiting() {
    let queue = Arc::new(Queue::default());
    let gathering = thread::spawn({
        let queue = Arc::clone(&queue);
        move || {
            let began = Instant::now();
            queue.gather(100, LONG);
            began.elapsed()
        }
    });
    // Real time: the writer must have begun to wait, and be told.
    thread::sleep(Duration::from_millis(50));
    queue.push_checkpoint(oneshot::channel().0);
    assert!(gathering.join().unwrap() < LONG, "the writer was not told");
}
