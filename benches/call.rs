//! One guarded call in memory, beside the least that anything like it must do.

#![expect(clippy::expect_used, reason = "a bench that cannot run says so")]

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use guardrail::{Guardrail, MemoryLog, MockApprover, PolicySet, requires_approval};
use sha2::{Digest as _, Sha256};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

/// Five arguments, 200 bytes as JSON in all.
#[derive(serde::Serialize)]
struct Five<'a> {
    workspace: &'a str,
    plan: &'a str,
    reason: &'a str,
    count: u64,
    force: bool,
}

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

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Serialise, hash, and ask a task that answers at once.
fn floor(c: &mut Criterion) {
    let runtime = runtime();
    let (ask, mut asked) = mpsc::channel::<([u8; 32], oneshot::Sender<bool>)>(16);
    runtime.spawn(async move {
        while let Some((_, answer)) = asked.recv().await {
            let _ = answer.send(true);
        }
    });
    c.bench_function("call/floor", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let five =
                    Five { workspace: WORKSPACE, plan: PLAN, reason: NOTE, count: 9, force: false };
                let json = serde_json::to_vec(&five).expect("it serialises");
                let (answer, answered) = oneshot::channel();
                ask.send((Sha256::digest(&json).into(), answer)).await.expect("the task is there");
                assert!(answered.await.expect("it answers"));
            });
        });
    });
}

fn allow(c: &mut Criterion) {
    let runtime = runtime();
    let guardrail = || {
        runtime.block_on(async {
            let policies = "[policies.call]\neffect = \"allow\"\n";
            Guardrail::builder()
                .policies(PolicySet::parse(policies).expect("it parses"))
                .audit_log(MemoryLog::new())
                .build()
                .await
                .expect("it builds")
        })
    };
    bench(c, "call/allow", &runtime, guardrail);
}

fn approved(c: &mut Criterion) {
    let runtime = runtime();
    let guardrail = || runtime.block_on(async { Guardrail::for_tests(MockApprover::approving()) });
    bench(c, "call/mock-approved", &runtime, guardrail);
}

/// Most calls on one log: a log in memory keeps all of them, and takes a few million records.
const CALLS: u64 = 10_000;

fn bench(c: &mut Criterion, name: &str, runtime: &Runtime, make: impl Fn() -> Guardrail) {
    c.bench_function(name, |b| {
        b.iter_custom(|calls| {
            let mut took = Duration::ZERO;
            let mut left = calls;
            let mut before = None;
            while left > 0 {
                // Made while the last one is there: it keeps the allocator from giving all memory
                // back, which each log would then pay the system for anew, or not, by chance.
                let guardrail = make();
                drop(before.replace(guardrail.clone()));
                let now = left.min(CALLS);
                let began = Instant::now();
                for _ in 0..now {
                    let call = guardrail.scope(guarded(WORKSPACE, PLAN, NOTE, 9, false));
                    assert_eq!(runtime.block_on(call).expect("it runs"), 9);
                }
                took += began.elapsed();
                left -= now;
            }
            took
        });
    });
}

criterion_group!(benches, floor, allow, approved);
criterion_main!(benches);
