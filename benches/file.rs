//! One guarded call on a log in a file, beside two bare appends of the same bytes, each synced.
//!
//! Both are done in turn in every round, so that a disk that slows down slows both.

#![expect(clippy::expect_used, reason = "a bench that cannot run says so")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use guardrail::{FileLog, Guardrail, PolicySet, Sequence, requires_approval};
use tokio::runtime::{Builder, Runtime};

const WORKSPACE: &str = "production-europe-west-1-cluster-7";
const PLAN: &str = "9c1f8a77e2d04b5590aa71c3fe8812d46b03";
const NOTE: &str = "scale the ingress controllers to nine replicas";

#[requires_approval(policy = "call")]
async fn guarded(
    workspace: &str,
    plan: &str,
    note: &str,
    count: u64,
    force: bool,
) -> Result<u64, guardrail::Error> {
    let _ = (workspace, plan, note, force);
    Ok(count)
}

/// A guardrail on a file, and a bare file on the same disk.
struct Bed {
    runtime: Runtime,
    guardrail: Guardrail,
    bare: File,
    /// What the two appends of one call write.
    appends: [Vec<u8>; 2],
    _folder: tempfile::TempDir,
}

/// How long each took, over some rounds.
struct Took {
    floor: Duration,
    allow: Duration,
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let guardrail = runtime.block_on(async {
            let policies = "[policies.call]\neffect = \"allow\"\n";
            Guardrail::builder()
                .policies(PolicySet::parse(policies).expect("it parses"))
                .audit_log(FileLog::open(folder.path().join("audit")).await.expect("it opens"))
                .build()
                .await
                .expect("it builds")
        });
        let mut bare = OpenOptions::new();
        let bare =
            bare.append(true).create(true).open(folder.path().join("bare")).expect("it opens");
        let appends = [Vec::new(), Vec::new()];
        let mut bed = Self { runtime, guardrail, bare, appends, _folder: folder };
        bed.appends = bed.written();
        bed
    }

    fn call(&self) {
        let call = self.guardrail.scope(guarded(WORKSPACE, PLAN, NOTE, 9, false));
        assert_eq!(self.runtime.block_on(call).expect("it runs"), 9);
    }

    /// The lines one call writes: its request and its start at once, then its outcome.
    fn written(&self) -> [Vec<u8>; 2] {
        self.call();
        let log = self.guardrail.audit_log();
        let all = self.runtime.block_on(log.read(Sequence::START, 64)).expect("it reads");
        let mut lines = all.iter().rev().map(|record| format!("{}\n", record.line()));
        let outcome = lines.next().expect("an outcome");
        let started = lines.next().expect("a start");
        let requested = lines.next().expect("a request");
        [(requested + &started).into_bytes(), outcome.into_bytes()]
    }

    fn rounds(&mut self, rounds: u64) -> Took {
        let mut took = Took { floor: Duration::ZERO, allow: Duration::ZERO };
        for _ in 0..rounds {
            let began = Instant::now();
            for lines in &self.appends {
                self.bare.write_all(lines).expect("it writes");
                self.bare.sync_data().expect("it syncs");
            }
            took.floor += began.elapsed();
            let began = Instant::now();
            self.call();
            took.allow += began.elapsed();
        }
        took
    }
}

fn file(c: &mut Criterion) {
    let mut bed = Bed::new();
    let mut group = c.benchmark_group("file");
    group.sample_size(30);
    group.bench_function("floor", |b| b.iter_custom(|rounds| bed.rounds(rounds).floor));
    group.bench_function("allow", |b| b.iter_custom(|rounds| bed.rounds(rounds).allow));
    group.finish();
    let took = bed.rounds(1000);
    let ratio = took.allow.as_secs_f64() / took.floor.as_secs_f64();
    println!(
        "file: allow is {ratio:.2} x two bare appends + fdatasync, in 1000 turns of each (bar: 1.3 x)"
    );
}

criterion_group!(benches, file);
criterion_main!(benches);
