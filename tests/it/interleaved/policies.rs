//! People vote at every point, and the policies change at every point: no body begins that the policies
//! in force at that moment, held against the votes on record, would not let begin.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guardrail::audit::{Inspector, inspect};
use guardrail::desk::Rejudge;
use guardrail::{ApprovalRequest, AuditLog, Error, Intent, RequestId, Sequence};
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use super::{UnevenLog, turns, vote};
use crate::support::{World, policies, story};

/// A policy, and whether it lets a body begin that these people have approved.
type Rule = (&'static str, fn(&BTreeSet<String>) -> bool);

const RULES: [Rule; 6] = [
    (r#"approvers = ["group:sre"]"#, |people| of_sre(people) >= 1),
    ("approvers = [\"group:sre\"]\napprovals = 2", |people| of_sre(people) >= 2),
    (r#"approvers = ["group:security"]"#, |people| people.contains("dave")),
    ("approvers = [\"person:bob\", \"person:dave\"]\ntimeout = \"10m\"", |people| {
        people.contains("bob") || people.contains("dave")
    }),
    (r#"effect = "deny""#, |_| false),
    (r#"effect = "allow""#, |_| true),
];

fn of_sre(people: &BTreeSet<String>) -> usize {
    ["alice", "bob", "carol"].iter().filter(|person| people.contains(**person)).count()
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Calls,
    /// The call goes away.
    Goes(usize),
    /// This person votes on one of the requests that are open.
    Votes(&'static str, bool, usize),
    /// This rule is to be in force.
    Rules(usize),
    /// All others have this many turns.
    Turns(u8),
    /// This many minutes pass.
    Minutes(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let people = vec!["alice", "bob", "bob", "carol", "dave", "gone", "deploy-bot"];
    let vote = (prop::sample::select(people), prop::bool::weighted(0.9), 0..3_usize);
    prop_oneof![
        3 => Just(Step::Calls),
        1 => any::<usize>().prop_map(Step::Goes),
        8 => vote.prop_map(|(person, approves, which)| Step::Votes(person, approves, which)),
        3 => (0..RULES.len()).prop_map(Step::Rules),
        6 => (1..24_u8).prop_map(Step::Turns),
        1 => (1..12_u64).prop_map(Step::Minutes),
    ]
}

/// The rules that may be in force: one is, another may be about to be.
type InForce = Arc<Mutex<(usize, Option<usize>)>>;

/// Puts one rule after the other in force.
async fn rule(world: World, mut next: tokio::sync::mpsc::Receiver<usize>, in_force: InForce) {
    while let Some(rule) = next.recv().await {
        in_force.lock().unwrap().1 = Some(rule);
        if world.guardrail.reload(policies(RULES[rule].0)).await.is_ok() {
            *in_force.lock().unwrap() = (rule, None);
        }
    }
}

/// The bodies that began, each with the rules of its moment.
type Began = Arc<Mutex<Vec<(u64, usize, Option<usize>)>>>;

fn call(world: &World, n: u64, in_force: &InForce, began: &Began) -> JoinHandle<Result<(), Error>> {
    let (guardrail, in_force) = (world.guardrail.clone(), Arc::clone(in_force));
    let began = Arc::clone(began);
    let intent = Intent::builder("deploy").policy("deploy").arg("n", &n);
    tokio::spawn(async move {
        let body = async {
            let (now, next) = *in_force.lock().unwrap();
            began.lock().unwrap().push((n, now, next));
            Ok(())
        };
        guardrail.authorize(intent).await?.run(body).await
    })
}

async fn play(first: usize, steps: Vec<Step>, pauses: Vec<u8>) {
    let log = Arc::new(UnevenLog::new(pauses));
    let world = World::over(RULES[first].0, Arc::clone(&log)).await;
    let (in_force, began) = (InForce::new(Mutex::new((first, None))), Began::default());
    let (rules, next) = tokio::sync::mpsc::channel(64);
    tokio::spawn(rule(world.clone(), next, Arc::clone(&in_force)));
    let mut calls = vec![];
    for (n, step) in (0..).zip(steps) {
        match step {
            Step::Calls => calls.push(call(&world, n, &in_force, &began)),
            Step::Goes(which) if !calls.is_empty() => {
                let which = which % calls.len();
                calls.swap_remove(which).abort();
            }
            Step::Goes(_) => {}
            Step::Votes(person, approves, which) => {
                drop(tokio::spawn(vote(world.clone(), which, person, approves)));
            }
            Step::Rules(rule) => rules.send(rule).await.unwrap(),
            Step::Turns(times) => turns(times).await,
            // Also while something is under way: the log hangs for so long.
            Step::Minutes(minutes) => {
                tokio::time::advance(Duration::from_secs(60 * minutes)).await;
            }
        }
    }
    // Time is paused: everything ends, at the latest when its time is over.
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    let began = began.lock().unwrap().clone();
    check(&log, &began).await;
}

/// Holds what began against what is on record.
async fn check(log: &Arc<UnevenLog>, began: &[(u64, usize, Option<usize>)]) {
    let requests = requests(log).await;
    for (n, now, next) in began {
        let of_it = |request: &&ApprovalRequest| {
            request.intent().arguments().read::<u64>("n").unwrap() == *n
        };
        let request = requests.iter().find(of_it).unwrap();
        let people: BTreeSet<String> = request.approvers().map(|p| p.as_str().to_owned()).collect();
        let lets = |rule: usize| RULES[rule].1(&people);
        assert!(lets(*now) || next.is_some_and(lets), "{people:?} under {now} or {next:?}");
        let asked = request.requirement().is_some();
        assert!(!asked || !people.is_empty(), "people were asked, and none has approved");
    }
    let inspected = inspect(&**log, Inspector::new().complete()).await;
    assert!(inspected.is_ok(), "{inspected:?}");
    rejudged(log, &RULES).await;
    rejudged(log, &RULES[..3]).await;
    let story = story(&**log).await;
    let count = |name: &str| story.iter().filter(|step| *step == name).count();
    assert_eq!(count("started") - count("aborted"), began.len(), "{story:?}");
    assert_eq!(log.open(None, 1).await.unwrap(), []);
}

/// Held against these rules, nothing that really happened is called wrong.
async fn rejudged(log: &Arc<UnevenLog>, rules: &[Rule]) {
    let mut rejudge = Rejudge::by(rules.iter().map(|rule| policies(rule.0)));
    for record in log.read(Sequence::START, 100_000).await.unwrap() {
        rejudge.push(&record).unwrap();
    }
    let rejudged = rejudge.so_far();
    if rules.len() == RULES.len() {
        assert_eq!((rejudged.others.len(), rejudged.unjudged), (0, 0), "{rejudged:?}");
    }
}

async fn requests(log: &Arc<UnevenLog>) -> Vec<ApprovalRequest> {
    let records = log.read(Sequence::START, 100_000).await.unwrap();
    let ids: BTreeSet<RequestId> = records.iter().map(|record| record.id()).collect();
    let fold = |id: &RequestId| {
        let mut events = records.iter().filter(|record| record.id() == *id);
        let first = events.next()?;
        let mut request = ApprovalRequest::first(*id, first.time(), first.event()).ok()?;
        events.for_each(|record| request.apply(record.time(), record.event()).unwrap());
        Some(request)
    };
    ids.iter().filter(|id| **id != RequestId::LOG).filter_map(fold).collect()
}

proptest! {
    #[test]
    fn nothing_begins_that_the_policies_in_force_do_not_let_begin(
        first in 0..RULES.len(),
        steps in prop::collection::vec(step(), 1..40),
        pauses in prop::collection::vec(0..6_u8, 1..16),
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(play(first, steps, pauses));
    }
}
