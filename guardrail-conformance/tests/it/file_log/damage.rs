//! Whatever is not as it was written keeps the log shut, and is left as it is.

use guardrail_conformance::disk::SimDisk;
use guardrail_core::audit::seal::Sealer;
use guardrail_core::audit::{AuditRecord, Error};
use guardrail_core::model::Version;

use super::work::{ask, check, live, open, whole};

const LOG: &str = "log-00000000000000000001.jsonl";

/// The file of a short life.
async fn file() -> Vec<u8> {
    let disk = SimDisk::new();
    live(disk.mount()).await;
    disk.read(LOG).unwrap()
}

/// A log with this file does not open, says where and what to do, and is not touched.
async fn stays_shut(bytes: &[u8], what: &str) {
    let disk = SimDisk::new();
    disk.write(LOG, bytes);
    match open(disk.mount()).await {
        Err(Error::Damaged { place, why, .. }) => {
            assert!(place.contains(LOG) && place.contains("line "), "{what}: it says `{place}`");
            assert!(why.contains("put back a copy"), "{what}: it says `{why}`");
        }
        other => panic!("{what}: {other:?}"),
    }
    assert_eq!(disk.read(LOG).unwrap(), bytes, "{what}: the file was changed");
    assert_eq!(disk.names(), [LOG], "{what}: the folder was changed");
}

/// No byte of a line can be another once a line is behind it, which holds its hash.
#[tokio::test]
async fn no_byte_can_be_another() {
    let bytes = file().await;
    let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    for at in (0..last).step_by(13) {
        for flip in [0x01, 0x20, 0x80] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            stays_shut(&bytes, &format!("byte {at} flipped by {flip:#x}")).await;
        }
    }
}

/// A last line that is complete and no record is damage, not a torn end: a write cut short leaves
/// no line feed.
#[tokio::test]
async fn a_last_line_that_is_no_record_is_damage() {
    let bytes = file().await;
    let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    for cut in (last + 2..bytes.len() - 1).step_by(17) {
        let bytes = [&bytes[..cut], b"\n"].concat();
        stays_shut(&bytes, &format!("the last line cut at {cut}")).await;
    }
    for at in (last + 1..bytes.len() - 1).step_by(17) {
        for byte in [0x00, b'\r', 0xc3] {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            stays_shut(&bytes, &format!("byte {at} is {byte:#x}")).await;
        }
    }
}

/// No line can be missing, doubled, moved, or made of others.
#[tokio::test]
async fn no_line_can_be_elsewhere() {
    let bytes = file().await;
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for at in 0..lines.len() - 1 {
        let mut missing = lines.clone();
        missing.remove(at);
        stays_shut(&missing.concat(), &format!("line {at} missing")).await;
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        stays_shut(&swapped.concat(), &format!("lines {at} and the next swapped")).await;
    }
    for at in 0..lines.len() {
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        stays_shut(&doubled.concat(), &format!("line {at} doubled")).await;
        let mut empty = lines.clone();
        empty.insert(at, b"\n");
        stays_shut(&empty.concat(), &format!("an empty line before {at}")).await;
    }
}

/// Half an append in the middle is no torn end, however well what follows is chained to it.
#[tokio::test]
async fn half_an_append_in_the_middle_is_damage() {
    let text = String::from_utf8(file().await).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let records: Vec<_> = lines.iter().map(|l| AuditRecord::parse(l.trim_end()).unwrap()).collect();
    let first = records.iter().position(|record| record.more() == 1).unwrap();
    let (begun, rest) = (&records[first], &records[first + 1]);
    let follow = [
        ("another request", ask(9).id, Version::START, ask(9).events),
        ("an append of its own", rest.id(), begun.version(), vec![rest.event().clone(); 2]),
    ];
    for (what, id, version, events) in follow {
        let stray = Sealer::after(begun).append(id, version, begun.time(), &events).unwrap();
        let stray = format!("{}\n", stray[0].line());
        let bytes = [&lines[..=first].concat(), &stray].map(String::as_str).concat();
        stays_shut(bytes.as_bytes(), what).await;
    }
}

/// A log cannot go on with the lines of another.
#[tokio::test]
async fn no_line_of_another_log_fits() {
    let bytes = file().await;
    let text = String::from_utf8(bytes.clone()).unwrap();
    let log = text.split("\"log\":\"").nth(1).unwrap()[..36].to_owned();
    let renamed = text.replace(&log, "01999999-0000-7000-8000-000000000000");
    let other = renamed.split_inclusive('\n').next().unwrap();
    stays_shut(&[&bytes[..], other.as_bytes()].concat(), "a line of another log").await;
}

/// A line longer than any can be is damage, wherever it ends.
#[tokio::test]
async fn no_line_is_too_long() {
    let bytes = file().await;
    let long = vec![b'x'; 9 * 1024 * 1024];
    stays_shut(&[&bytes[..], &long, b"\n"].concat(), "a long last line").await;
    stays_shut(&[&bytes[..], &long, b"\nx"].concat(), "a long line, and more").await;
}

/// More bytes without a line feed than one write holds are no torn write.
#[tokio::test]
async fn no_torn_end_is_longer_than_a_write() {
    let bytes = file().await;
    let long = vec![0; 21 * 1024 * 1024];
    stays_shut(&[&bytes[..], &long].concat(), "a long torn end").await;
    let disk = SimDisk::new();
    disk.write(LOG, &[&bytes[..], &long[..9 * 1024 * 1024]].concat());
    check(disk.mount(), &[], "a torn end longer than a line").await;
}

/// Wherever the file is cut: the log opens, and goes on behind the last append that is whole.
#[tokio::test]
async fn a_cut_file_is_the_beginning_of_what_it_was() {
    let bytes = String::from_utf8(file().await).unwrap();
    for cut in (0..bytes.len()).step_by(31) {
        let mut kept: Vec<&str> = bytes[..cut].split_inclusive('\n').collect();
        while kept.last().is_some_and(|l| !l.ends_with('\n') || l.contains("\"more\":1")) {
            kept.pop();
        }
        let disk = SimDisk::new();
        disk.write(LOG, &bytes.as_bytes()[..cut]);
        let log = open(disk.mount()).await.unwrap();
        let lines = whole(&log).await;
        let front = lines.iter().take(kept.len()).map(|record| format!("{}\n", record.line()));
        assert!(front.eq(kept.iter().copied()), "cut at {cut}: it is another log");
        assert_eq!(lines[kept.len()].event().name(), "opened", "cut at {cut}");
        log.close().await;
        check(disk.mount(), &[], &format!("cut at {cut}")).await;
    }
}

/// A folder with files of a log that this version does not know is not touched.
#[tokio::test]
async fn files_of_another_version_are_refused() {
    let disk = SimDisk::new();
    disk.write("log-00000000000000000900.jsonl", b"");
    let refused = open(disk.mount()).await;
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    assert_eq!(disk.names().len(), 1);
}
