//! The log in files: how fast it verifies and appends beside the bare disk, and whether a log of a
//! million records costs more memory or time to open than a short one.
//!
//! `GUARDRAIL_LONG` sets how many records the long log has; 1,000,000 without it. Behind `--`,
//! `verify`, `single`, `many` and `long` run these parts alone.

#![expect(clippy::expect_used, reason = "a bench that cannot run says so")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]
#![expect(clippy::indexing_slicing, reason = "a bench that overreaches fails")]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guardrail::audit::seal::Sealer;
use guardrail::audit::{Append, AuditLog, FileLog, Verifier};
use guardrail::clock::{Clock as _, SystemClock, SystemEntropy};
use guardrail::{AuditEvent, Digest, RequestId, Sequence, Verdict};
use guardrail_conformance::events;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

const IN_FLIGHT: usize = 64;
const APPENDS: usize = 25_600;
/// Stretches of the appends, medians of which are compared.
const STRETCHES: usize = 20;
const VERIFIED: usize = 200_000;

/// The life of a request that needs nobody: two appends, three records.
struct Life {
    id: RequestId,
    begin: Vec<AuditEvent>,
    end: Vec<AuditEvent>,
}

impl Life {
    fn new(clock: &SystemClock) -> Self {
        let requested = events::requested(Verdict::Allow).expect("a request");
        // A sample of a start would build the intent again, only to have its digest.
        let digest = match &requested {
            AuditEvent::Requested(request) => request.intent.digest(),
            _ => Digest::of(b"intent"),
        };
        Self {
            id: RequestId::random(clock.now(), &SystemEntropy).expect("an id"),
            begin: vec![requested, AuditEvent::Started { digest, call: None }],
            end: vec![AuditEvent::Completed],
        }
    }
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).expect("a time"),
        u32::try_from(time.tv_nsec).expect("a time"),
    )
}

/// Bytes of this process in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("a process");
    let pages = text.split(' ').nth(1).expect("a column");
    pages.parse::<usize>().expect("a number") * 4096
}

fn rate(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("a count")) / took.as_secs_f64()
}

/// The lines of a log, for whoever needs nothing but lines.
fn lines(count: usize) -> Vec<String> {
    let clock = SystemClock::new();
    let id = guardrail::model::LogId::random(clock.now(), &SystemEntropy).expect("an id");
    let mut end = Sealer::new(id);
    let mut lines = Vec::with_capacity(count);
    let opened = AuditEvent::Opened {
        host: "localhost".into(),
        pid: std::process::id(),
        boot: None,
        version: env!("CARGO_PKG_VERSION").into(),
    };
    let first = end.append(RequestId::LOG, guardrail::Version::START, clock.now(), &[opened]);
    lines.extend(first.expect("it seals").iter().map(|record| record.line().to_owned()));
    while lines.len() < count {
        let life = Life::new(&clock);
        let mut version = guardrail::Version::START;
        for events in [&life.begin, &life.end] {
            let records = end.append(life.id, version, clock.now(), events).expect("it seals");
            version = records.last().map_or(version, |record| record.version());
            lines.extend(records.iter().map(|record| record.line().to_owned()));
        }
    }
    lines
}

fn verify() {
    let lines = lines(VERIFIED);
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let mut verifier = Verifier::new();
        for line in &lines {
            verifier.push(line).expect("it verifies");
        }
        best = best.min(began.elapsed());
    }
    println!(
        "verify: {:.0} records/s on one core, {} bytes a record, best of 3 (bar: 200,000)",
        rate(lines.len(), best),
        bytes / lines.len()
    );
}

/// The two appends of a life, as bytes.
fn bytes() -> [Vec<u8>; 2] {
    let lines = lines(4);
    [format!("{}\n{}\n", lines[1], lines[2]).into_bytes(), format!("{}\n", lines[3]).into_bytes()]
}

fn bare(folder: &Path) -> File {
    OpenOptions::new().append(true).create(true).open(folder.join("bare")).expect("it opens")
}

fn single(runtime: &Runtime, folder: &Path) {
    const LIVES: usize = 300;
    let clock = SystemClock::new();
    let log = runtime.block_on(FileLog::open(folder.join("single"))).expect("it opens");
    let (mut bare, bytes) = (bare(folder), bytes());
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    // In turns, so that a disk that slows down slows both.
    for _ in 0..LIVES {
        let life = Life::new(&clock);
        let began = Instant::now();
        runtime.block_on(live(&log, life));
        ours += began.elapsed();
        let began = Instant::now();
        for bytes in &bytes {
            bare.write_all(bytes).expect("it writes");
            bare.sync_data().expect("it syncs");
        }
        theirs += began.elapsed();
    }
    report("one caller", 2 * LIVES, ours, theirs);
    runtime.block_on(log.close());
}

fn many(runtime: &Runtime, folder: &Path) {
    let log = Arc::new(runtime.block_on(FileLog::open(folder.join("many"))).expect("it opens"));
    let (mut bare, bytes) = (bare(folder), bytes());
    // As many bytes, in batches of 64 appends, each batch synced.
    let batch: Vec<u8> = (0..IN_FLIGHT / 2).flat_map(|_| bytes.concat()).collect();
    let (mut ours, mut theirs, mut used) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that a disk that slows down slows both.
    for _ in 0..STRETCHES {
        let (began, before) = (Instant::now(), cpu());
        runtime.block_on(crowd(&log, APPENDS / STRETCHES / 2));
        ours.push(began.elapsed());
        used.push(cpu().saturating_sub(before));
        let began = Instant::now();
        for _ in 0..APPENDS / STRETCHES / IN_FLIGHT {
            bare.write_all(&batch).expect("it writes");
            bare.sync_data().expect("it syncs");
        }
        theirs.push(began.elapsed());
    }
    let (ours, theirs, used) = (median(ours), median(theirs), median(used));
    report("64 in flight, beside batches of 64", APPENDS / STRETCHES, ours, theirs);
    let calls = u32::try_from(APPENDS / STRETCHES / 2).expect("a count");
    println!("file log, 64 in flight: {:.1?} CPU a call of two appends (bar: 20 us)", used / calls);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn report(what: &str, appends: usize, ours: Duration, theirs: Duration) {
    println!(
        "file log, {what}: {:.0} appends/s, bare {:.0}: {:.0} % (bar: 60 %)",
        rate(appends, ours),
        rate(appends, theirs),
        100.0 * theirs.as_secs_f64() / ours.as_secs_f64()
    );
}

async fn live(log: &FileLog, life: Life) {
    let begin = Append::new(life.id, guardrail::Version::START, life.begin);
    let begun = log.append(&begin).await.expect("it appends");
    let version = begun.records.last().expect("a record").version();
    log.append(&Append::new(life.id, version, life.end)).await.expect("it appends");
}

/// So many lives, 64 at once.
async fn crowd(log: &Arc<FileLog>, lives: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let log = Arc::clone(log);
        tasks.spawn(async move {
            let clock = SystemClock::new();
            for _ in 0..lives / IN_FLIGHT {
                live(&log, Life::new(&clock)).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic");
    }
}

/// Memory and the time to open at a tenth of the length, and at the whole.
fn long(runtime: &Runtime, folder: &Path) {
    let records = std::env::var("GUARDRAIL_LONG").ok().and_then(|text| text.parse().ok());
    let records: usize = records.unwrap_or(1_000_000);
    let path = folder.join("long");
    for part in [records / 10, records - records / 10] {
        let log = Arc::new(runtime.block_on(FileLog::open(&path)).expect("it opens"));
        runtime.block_on(crowd(&log, part / 3));
        runtime.block_on(Arc::into_inner(log).expect("the only one").close());
        let before = resident();
        let began = Instant::now();
        let log = runtime.block_on(FileLog::open(&path)).expect("it opens");
        let took = began.elapsed();
        let held = resident().saturating_sub(before);
        let last = runtime.block_on(log.append(&Append::new(
            Life::new(&SystemClock::new()).id,
            guardrail::Version::START,
            vec![events::asked().expect("an event")],
        )));
        let last =
            last.expect("it appends").records.first().map_or(Sequence::START, |r| r.sequence());
        println!(
            "file log of {last} records: opens in {took:.1?}; {} KiB more in memory, {} MiB in all",
            held / 1024,
            resident() / 1024 / 1024
        );
        runtime.block_on(log.close());
    }
}

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let runtime = Runtime::new().expect("a runtime");
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_asked = |part: &str| asked.is_empty() || asked.iter().any(|asked| asked == part);
    if is_asked("verify") {
        verify();
    }
    if is_asked("single") {
        single(&runtime, folder.path());
    }
    if is_asked("many") {
        many(&runtime, folder.path());
    }
    if is_asked("long") {
        long(&runtime, folder.path());
    }
}
