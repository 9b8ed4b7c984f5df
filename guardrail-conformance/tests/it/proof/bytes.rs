//! Every byte of a log of 1,000 records: of the lines a log in memory exports, and of everything in
//! the folder of a log in files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guardrail_conformance::disk::SimDisk;
use guardrail_conformance::{ManualClock, SeededEntropy};
use guardrail_core::audit::proof::SignedCheckpoint;
use guardrail_core::audit::{
    Append, AuditLog, AuditRecord, FileLog, Inspector, MemoryLog, inspect, verify,
};
use guardrail_core::model::{Digest, Sequence};

use super::story::{Entry, Owner, story};
use crate::file_log::small::signer;

const RECORDS: usize = 1000;

/// Tells a log the story, but for its opening, which every log writes itself.
async fn tell(log: &dyn AuditLog, story: &[Entry]) {
    for (id, version, event) in story.iter().skip(1) {
        let append = Append::new(*id, *version, vec![event.clone()]);
        log.append(&append).await.unwrap();
    }
}

async fn export(log: &dyn AuditLog) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    loop {
        let page = log.read(Sequence::new(lines.len() as u64), 1000).await.unwrap();
        if page.is_empty() {
            return lines;
        }
        lines.extend(page.iter().map(|record| record.line().to_owned()));
    }
}

/// Whether the verifier finds what became of a line, behind what stands before it: there, or at the
/// next line, which holds its hash.
fn is_found(before: &Inspector, bent: &[u8], next: Option<&str>) -> bool {
    let Ok(bent) = std::str::from_utf8(bent) else { return true };
    // What the verifier asks first: most need no verifier of their own.
    if AuditRecord::parse(bent).is_err() {
        return true;
    }
    let mut inspector = before.clone();
    inspector.push(bent).is_err() || next.is_some_and(|next| inspector.push(next).is_err())
}

/// Flips one bit of each byte of these lines, in a soak each bit, and of their line feeds. Returns
/// how many it tried, and the places in the last line at which nothing was found: nothing is chained
/// to it.
fn flip_every_byte(lines: &[String], heads: &[SignedCheckpoint]) -> (usize, Vec<usize>) {
    let tried = AtomicUsize::new(0);
    let soak = std::env::var_os("GUARDRAIL_SOAK").is_some();
    let part = |lane: usize| {
        let mut before = Inspector::new().against(heads.to_vec());
        let mut unfound = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let next = lines.get(at + 1).map(String::as_str);
            for byte in (0..=line.len()).filter(|_| at % 2 == lane) {
                for bit in (0..8).filter(|bit| soak || *bit == (at + byte) % 8) {
                    let mut bent = line.clone().into_bytes();
                    match bent.get_mut(byte) {
                        Some(bent) => *bent ^= 1 << bit,
                        // The line feed is another byte: two lines are one.
                        None => {
                            bent.push(b'\n' ^ (1 << bit));
                            bent.extend_from_slice(next.unwrap_or_default().as_bytes());
                        }
                    }
                    tried.fetch_add(1, Ordering::Relaxed);
                    if !is_found(&before, &bent, next) {
                        assert_eq!(at + 1, lines.len(), "byte {byte} of record {}", at + 1);
                        unfound.push(byte);
                    }
                }
            }
            before.push(line).unwrap();
        }
        unfound
    };
    let unfound = std::thread::scope(|scope| {
        let lanes = [0, 1].map(|lane| scope.spawn(move || part(lane)));
        lanes.map(|lane| lane.join().unwrap()).concat()
    });
    (tried.into_inner(), unfound)
}

/// No byte of an exported line can be another; of the last line it is named as not covered.
#[tokio::test]
async fn every_byte_of_a_log_in_memory() {
    let log = MemoryLog::with_clock(Arc::new(ManualClock::new()), &SeededEntropy::new(1));
    tell(&log, &story(RECORDS)).await;
    let lines = export(&log).await;
    assert_eq!(lines.len(), RECORDS);
    let heads = Owner::new().heads(&lines, &[256, 512, 768, 990]);
    let (tried, unfound) = flip_every_byte(&lines, &heads);
    let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
    assert!(tried >= bytes && !unfound.is_empty(), "{tried} tried, {} unfound", unfound.len());
    let report = inspect(&log, Inspector::new().against(heads)).await.unwrap();
    assert_eq!(report.uncovered(), Some(Sequence::new(991)), "the last line is not covered");
    // Covered by a head, it cannot be another either.
    let heads = Owner::new().heads(&lines, &[RECORDS]);
    let mut before = Inspector::new().against(heads);
    for line in &lines[..RECORDS - 1] {
        before.push(line).unwrap();
    }
    for byte in 0..lines[RECORDS - 1].len() {
        for bit in 0..8 {
            let mut bent = lines[RECORDS - 1].clone().into_bytes();
            bent[byte] ^= 1 << bit;
            assert!(is_found(&before, &bent, None), "byte {byte} of the last line");
        }
    }
}

/// A folder with several files and heads, and its lines.
async fn folder() -> (SimDisk, Vec<String>) {
    let disk = SimDisk::new();
    let log = open(&disk).await.unwrap();
    tell(&log, &story(RECORDS)).await;
    let lines = export(&log).await;
    // Not closed: the last records are covered by no head.
    disk.crash(guardrail_conformance::disk::Kept::All);
    (disk, lines)
}

async fn open(disk: &SimDisk) -> Result<FileLog, guardrail_core::audit::Error> {
    FileLog::setup_in(disk.mount())
        .clock(Arc::new(ManualClock::new()))
        .signer(signer())
        .checkpoints(256, Duration::from_secs(3600))
        .segments(150_000, Duration::from_secs(3600))
        .without_ticker()
        .open()
        .await
}

fn heads(disk: &SimDisk) -> Result<Vec<SignedCheckpoint>, String> {
    let text = disk.read("checkpoints").unwrap_or_default();
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    SignedCheckpoint::open_all(&text, signer().keys()).map_err(|error| error.to_string())
}

/// No byte of a line in a file can be another, whichever of the files it is; of what is behind the
/// last head it is named as not covered.
#[tokio::test]
async fn every_byte_of_the_files_of_a_log() {
    let (disk, lines) = folder().await;
    let names = disk.names().into_iter().filter(|name| name.ends_with(".jsonl"));
    let files: Vec<Vec<u8>> = names.map(|name| disk.read(&name).unwrap()).collect();
    assert!(files.len() > 2, "{:?}", disk.names());
    let text = String::from_utf8(files.concat()).unwrap();
    assert!(text.lines().eq(lines.iter().map(String::as_str)), "the files are the lines");
    let heads = heads(&disk).unwrap();
    let covered = heads.last().unwrap().checkpoint().size();
    assert!(covered < lines.len() as u64);
    let (tried, unfound) = flip_every_byte(&lines, &heads);
    assert!(tried >= text.len() && !unfound.is_empty(), "{tried} tried, {unfound:?}");
}

/// No byte of the heads in the folder can be another without it being told, or the records they
/// cover being named as not covered.
#[tokio::test]
async fn every_byte_of_the_heads_in_a_folder() {
    let (disk, lines) = folder().await;
    let honest = heads(&disk).unwrap();
    let covered = honest.last().unwrap().checkpoint().size();
    let mut all = Inspector::new();
    for line in &lines {
        all.push(line).unwrap();
    }
    let text = disk.read("checkpoints").unwrap();
    for byte in 0..text.len() {
        for bit in 0..8 {
            let mut bent = text.clone();
            bent[byte] ^= 1 << bit;
            disk.write("checkpoints", &bent);
            let Ok(read) = heads(&disk) else { continue };
            let last = read.last().map_or(0, |head| head.checkpoint().size());
            let same = read.iter().map(|head| head.note()).eq(honest.iter().map(|h| h.note()));
            assert!(same || last < covered || read.len() < honest.len(), "byte {byte}, bit {bit}");
        }
    }
}

/// A folder with another byte somewhere is not opened as if nothing were: it stays shut, or what
/// cannot be trusted is made again and every record is the one it was.
#[tokio::test]
async fn a_folder_with_another_byte() {
    let (disk, lines) = folder().await;
    let honest = heads(&disk).unwrap();
    let covered = usize::try_from(honest.last().unwrap().checkpoint().size()).unwrap();
    let (mut shut, mut healed) = (0, 0);
    let rounds = if std::env::var_os("GUARDRAIL_SOAK").is_some() { 60 } else { 5 };
    for name in disk.names() {
        let bytes = disk.read(&name).unwrap();
        for round in 0..rounds.min(bytes.len()) {
            let disk = disk.copy();
            let at = (bytes.len() * round / rounds + round * 131) % bytes.len();
            let mut bent = bytes.clone();
            bent[at] ^= 1 << (round % 8);
            disk.write(&name, &bent);
            let Ok(log) = open(&disk).await else {
                shut += 1;
                continue;
            };
            let Ok(_) = verify(&log).await else {
                shut += 1;
                continue;
            };
            let now = export(&log).await;
            assert_eq!(now[..covered], lines[..covered], "byte {at} of {name}");
            healed += 1;
        }
    }
    assert!(shut > 10 && healed > 5, "{shut} stay shut, {healed} are as they were");
}

/// Would catch a record whose log or whose place in the chain is read where its line does not say it.
#[tokio::test]
async fn a_line_whose_fields_are_in_another_order_is_no_record() {
    let log = MemoryLog::new();
    let lines = export(&log).await;
    let line = &*lines[0];
    let record = AuditRecord::parse(line).unwrap();
    assert_eq!((record.log(), record.prev()), (log.id(), Digest::from_bytes([0; 32])));
    let inner = line.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
    let (first, rest) = inner.split_once(",\"seq\"").unwrap();
    assert!(AuditRecord::parse(&format!("{{\"seq\"{rest},{first}}}")).is_err());
    let (rest, prev) = inner.rsplit_once(",\"prev\"").unwrap();
    assert!(
        AuditRecord::parse(&format!("{{{},\"prev\"{prev},{}}}", first, &rest[first.len() + 1..]))
            .is_err()
    );
    assert!(AuditRecord::parse(&line.replacen("{\"v\"", "{ \"v\"", 1)).is_err());
}
