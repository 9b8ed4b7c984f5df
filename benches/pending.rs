//! Ten thousand requests that wait for a person: the heap each costs, and the CPU time to resolve
//! them.

#![expect(clippy::expect_used, reason = "a bench that cannot run says so")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]

use std::alloc::System;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use guardrail::desk::Limits;
use guardrail::{
    Error, Guardrail, Identity, MemoryLog, MockApprover, PolicySet, Seen, Vote, requires_approval,
};
use rustix::time::{ClockId, clock_gettime};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: usize = 10_000;
const WORKSPACE: &str = "production-europe-west-1-cluster-7";
const PLAN: &str = "9c1f8a77e2d04b5590aa71c3fe8812d46b03";
const NOTE: &str = "scale the ingress controllers to nine replicas";

const POLICIES: &str = "\
[people.alice]
slack = \"T0CORP/U012ABC\"

[policies.call]
approvers = [\"person:alice\"]
";

#[requires_approval(policy = "call")]
async fn guarded(
    workspace: &str,
    plan: &str,
    note: &str,
    count: u64,
    force: bool,
) -> Result<u64, Error> {
    let _ = (workspace, plan, note, force);
    Ok(count)
}

/// A guardrail whose one approver is told of everything and says nothing.
struct Bed {
    runtime: Runtime,
    guardrail: Guardrail,
    approver: MockApprover,
}

/// Calls that wait for their decision.
struct Waiting {
    calls: Vec<JoinHandle<Result<u64, Error>>>,
    /// Bytes of heap of all of them together, without the tasks that called.
    heap: usize,
}

impl Bed {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let approver = MockApprover::silent();
        let mut limits = Limits::default();
        limits.pending_per_agent = REQUESTS;
        let guardrail = runtime.block_on(async {
            Guardrail::builder()
                .policies(PolicySet::parse(POLICIES).expect("it parses"))
                .audit_log(MemoryLog::new())
                .approver(approver.clone())
                .limits(limits)
                .build()
                .await
                .expect("it builds")
        });
        Self { runtime, guardrail, approver }
    }

    fn wait(&self) -> Waiting {
        self.runtime.block_on(async {
            let calls = (0..REQUESTS).map(|_| {
                let guardrail = self.guardrail.clone();
                tokio::spawn(async move {
                    guardrail.scope(guarded(WORKSPACE, PLAN, NOTE, 9, false)).await
                })
            });
            let calls: Vec<_> = calls.collect();
            // The tasks are there, and none has begun: what comes now is for the requests.
            let region = Region::new(HEAP);
            while self.approver.requests().len() < REQUESTS {
                tokio::task::yield_now().await;
            }
            // The approver itself remembers what it was asked; nothing of that is a copy.
            let change = region.change();
            Waiting { calls, heap: change.bytes_allocated - change.bytes_deallocated }
        })
    }

    /// Votes for each, lets each body run, and says how much CPU time that took.
    fn resolve(&self, waiting: Waiting) -> Duration {
        let requests = self.approver.requests();
        self.runtime.block_on(async {
            let began = cpu();
            for request in &requests {
                let review =
                    self.guardrail.review(request.id(), "bench").await.expect("it is there");
                let nonce = review.show("").await.expect("it is shown");
                let seen = Seen::whole(request.intent().digest(), nonce);
                let vote = Vote::approve(Identity::person("alice"), seen);
                let _counted = review.cast(vote).await.expect("it is cast");
            }
            for call in waiting.calls {
                assert_eq!(call.await.expect("it ends").expect("it runs"), 9);
            }
            cpu() - began
        })
    }
}

/// CPU time of this process.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("it has not gone back")
}

fn pending(c: &mut Criterion) {
    let waiting = Bed::new().wait();
    println!(
        "pending: {} bytes of heap for each of {REQUESTS} waiting requests (bar: 3072)",
        waiting.heap / REQUESTS
    );
    drop(waiting);
    let mut group = c.benchmark_group("pending");
    group.sample_size(10);
    group.bench_function("resolve-10000", |b| {
        b.iter_custom(|rounds| {
            let one = |_| {
                let bed = Bed::new();
                let waiting = bed.wait();
                bed.resolve(waiting)
            };
            (0..rounds).map(one).sum()
        });
    });
    group.finish();
}

criterion_group!(benches, pending);
criterion_main!(benches);
