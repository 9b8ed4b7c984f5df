//! Calls with one key come and go at every point, in two processes, on both sides of every answer of
//! the log: it runs at most once, where it may be repeated never twice at a time, and nothing is left
//! before people that nobody waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use guardrail::model::RETRIES;
use guardrail::{AuditLog, Context, Error};
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use super::{UnevenLog, turns, vote};
use crate::support::{End, Scripted, World, story};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;
const RETRY: &str = "approvers = [\"group:sre\"]\ngrant_ttl = \"5m\"\nretry = \"idempotent\"";

fn one() -> Context {
    Context::new().key("one")
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// One more call comes, in this process.
    Comes(usize),
    /// One of those that are there goes.
    Goes(usize),
    /// A person approves or denies, if there is something to decide.
    Decides(bool),
    /// All others have this many turns.
    Turns(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::bool::weighted(0.25).prop_map(|second| Step::Comes(usize::from(second))),
        3 => any::<usize>().prop_map(Step::Goes),
        1 => prop::bool::weighted(0.8).prop_map(Step::Decides),
        4 => (1..12_u8).prop_map(Step::Turns),
    ]
}

/// How many bodies run now, and how many did at a time.
#[derive(Debug, Default)]
struct Running {
    now: AtomicU32,
    most: AtomicU32,
}

/// A body that runs.
struct Runs(Arc<Running>);

impl Runs {
    fn begin(running: &Arc<Running>) -> Self {
        let now = running.now.fetch_add(1, Ordering::SeqCst) + 1;
        running.most.fetch_max(now, Ordering::SeqCst);
        Self(Arc::clone(running))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One of the processes on a log. Its body takes this many turns.
async fn process(
    policy: &str,
    log: &Arc<UnevenLog>,
    asked: &Scripted,
    long: u8,
    running: &Arc<Running>,
) -> World {
    let (running, log, asked) = (Arc::clone(running), Arc::clone(log), asked.clone());
    let world = World::built(policy, |builder| builder.audit_log(log).approver(asked)).await;
    world.doing(move || {
        let running = Arc::clone(&running);
        async move {
            let _runs = Runs::begin(&running);
            turns(long).await;
            Ok(1)
        }
    })
}

async fn play(policy: &str, steps: Vec<Step>, pauses: Vec<u8>, long: u8) {
    let log = Arc::new(UnevenLog::new(pauses));
    let (running, asked) = (Arc::default(), Scripted::new("desk", End::Stay));
    let worlds = [
        process(policy, &log, &asked, long, &running).await,
        process(policy, &log, &asked, long, &running).await,
    ];
    let mut calls: Vec<JoinHandle<Result<u32, Error>>> = vec![];
    for step in steps {
        match step {
            Step::Comes(process) => {
                calls.push(worlds[process].spawn_in(one()));
            }
            Step::Goes(which) if !calls.is_empty() => {
                let which = which % calls.len();
                calls.swap_remove(which).abort();
            }
            Step::Goes(_) => {}
            Step::Decides(approves) => {
                drop(tokio::spawn(vote(worlds[0].clone(), 0, "bob", approves)))
            }
            Step::Turns(times) => turns(times).await,
        }
    }
    let stay = calls.pop();
    for call in calls {
        call.abort();
    }
    // Time is paused: all that can happen does, and the approval has not expired.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let open = log.open(None, 2).await.unwrap();
    if let Some(stay) = stay {
        assert_eq!(stay.is_finished(), open.is_empty(), "one waits exactly as long as it is open");
        assert_eq!(open.is_empty(), asked.under_way() == 0, "somebody is asked as long as it is");
        stay.abort();
        // Paused as well.
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let open = log.open(None, 2).await.unwrap();
    assert_eq!(open, [], "nobody waits for it");
    let most = if policy == RETRY { 1 + RETRIES } else { 1 };
    let runs = worlds[0].body.runs() + worlds[1].body.runs();
    assert!(runs <= most, "it ran {runs} times");
    assert!(running.most.load(Ordering::SeqCst) <= 1, "two bodies at a time");
    // It verifies, and every life in it is legal.
    let _story = story(&*log).await;
}

proptest! {
    #[test]
    fn whoever_goes_last_leaves_nothing_open(
        policy in prop::sample::select(vec![ASK, ASK, RETRY, RETRY, ALLOW]),
        steps in prop::collection::vec(step(), 1..24),
        pauses in prop::collection::vec(0..6_u8, 1..16),
        long in 0..12_u8,
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(play(policy, steps, pauses, long));
    }
}
