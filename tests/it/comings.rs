//! Calls with one key come and go at every point, on both sides of every answer of the log: it runs
//! at most once, and nothing is left before people that nobody waits for.

use std::time::Duration;

use guardrail::{Cast, Context, Error, Identity, Seen, Vote};
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::task::JoinHandle;

use crate::support::{UnevenLog, World};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// One more call comes.
    Comes,
    /// One of those that are there goes.
    Goes(usize),
    /// A person approves or denies, if there is something to decide.
    Decides(bool),
    /// All others have this many turns.
    Turns(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Comes),
        3 => any::<usize>().prop_map(Step::Goes),
        1 => prop::bool::weighted(0.8).prop_map(Step::Decides),
        4 => (1..12_u8).prop_map(Step::Turns),
    ]
}

async fn turns(times: u8) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// A person votes on what is open. Where it is not any more, that is refused.
async fn decide(world: World, approves: bool) -> Option<Cast> {
    let id = *world.log().open(None, 1).await.ok()?.first()?;
    let review = world.guardrail.review(id, "web").await.ok()?;
    let seen = Seen::whole(review.request().intent().digest(), review.show("").await.ok()?);
    let bob = Identity::person("bob");
    let vote = if approves { Vote::approve(bob, seen) } else { Vote::deny(bob, seen) };
    review.cast(vote).await.ok()
}

async fn play(policy: &str, steps: Vec<Step>, pauses: Vec<u8>, long: u8) {
    let world = World::over(policy, UnevenLog::new(pauses)).await.doing(move || async move {
        turns(long).await;
        Ok(1)
    });
    let mut calls: Vec<JoinHandle<Result<u32, Error>>> = vec![];
    for step in steps {
        match step {
            Step::Comes => calls.push(world.spawn_in(Context::new().key("one"))),
            Step::Goes(which) if !calls.is_empty() => {
                let which = which % calls.len();
                calls.swap_remove(which).abort();
            }
            Step::Goes(_) => {}
            Step::Decides(approves) => drop(tokio::spawn(decide(world.clone(), approves))),
            Step::Turns(times) => turns(times).await,
        }
    }
    let stay = calls.pop();
    for call in calls {
        call.abort();
    }
    // Time is paused: all that can happen does, and the approval has not expired.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let open = world.log().open(None, 2).await.unwrap();
    if let Some(stay) = stay {
        assert_eq!(stay.is_finished(), open.is_empty(), "one waits exactly as long as it is open");
        stay.abort();
        // Paused as well.
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let open = world.log().open(None, 2).await.unwrap();
    assert_eq!(open, [], "nobody waits for it");
    assert!(world.body.runs() <= 1, "it ran {} times", world.body.runs());
}

proptest! {
    #[test]
    fn whoever_goes_last_leaves_nothing_open(
        ask in prop::bool::weighted(0.8),
        steps in prop::collection::vec(step(), 1..24),
        pauses in prop::collection::vec(0..6_u8, 1..16),
        long in 0..12_u8,
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(play(if ask { ASK } else { ALLOW }, steps, pauses, long));
    }
}
