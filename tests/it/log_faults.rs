//! The log fails at every call it gets: the body ran once or not at all, and the log says so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guardrail::approver::{Approver, Error as ApproverError};
use guardrail::audit::Error as LogError;
use guardrail::{Door, Error, Identity, MemoryLog, MockApprover, RequestId, Review, Seen, Vote};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{World, last_step, story};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;
/// More calls than any one life of a request makes.
const MANY: u64 = 64;

type Log = Arc<FaultyLog<MemoryLog>>;

/// As bob approves: in the review itself, or by another door, of which the call and the review
/// hear through the log alone.
#[derive(Clone, Copy, Debug)]
enum By {
    Review,
    Door,
}

async fn world(deploy: &str, by: By) -> (World, Log) {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let mock = MockApprover::approving().as_person("bob").after(Duration::from_secs(1));
    let world = World::built(deploy, |builder| {
        let builder = builder.audit_log(Arc::clone(&log));
        match by {
            By::Review => builder.approver(mock),
            By::Door => builder.approver(Elsewhere::default()),
        }
    });
    (world.await, log)
}

/// Bob, who answers by another door a while after he was asked, and tries until the log takes it.
#[derive(Debug, Default)]
struct Elsewhere(Mutex<Option<Door>>);

impl Elsewhere {
    async fn answer(door: &Door, id: RequestId) -> Result<(), ApproverError> {
        let Some(review) = door.review(id).await? else { return Ok(()) };
        let nonce = review.show("").await?;
        let seen = Seen::whole(review.request().intent().digest(), nonce);
        review.cast(Vote::approve(Identity::person("bob"), seen)).await.map(|_| ())
    }
}

#[async_trait]
impl Approver for Elsewhere {
    fn channel(&self) -> &str {
        "elsewhere"
    }

    fn attach(&self, door: Door) {
        *self.0.lock().unwrap() = Some(door);
    }

    async fn review(&self, mut review: Review) -> Result<(), ApproverError> {
        let door = self.0.lock().unwrap().clone().unwrap();
        let id = review.id();
        let answering = async {
            loop {
                // Time is paused.
                tokio::time::sleep(Duration::from_secs(1)).await;
                if Self::answer(&door, id).await.is_ok() {
                    return std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            () = answering => Ok(()),
            settled = review.settled() => settled.map(|_| ()),
        }
    }
}

fn down() -> Trouble {
    Trouble::Error(LogError::storage("test log", "answer", "the disk is gone"))
}

/// What must hold however a call ended while the log was in trouble.
fn check(ended: &Result<u32, Error>, runs: u32, story: &[String], what: &str) {
    let last = last_step(story);
    let started = story.iter().any(|name| name == "started");
    match ended {
        Ok(_) => assert_eq!((runs, last), (1, "completed"), "{what}: {story:?}"),
        Err(Error::Unrecorded { .. }) => {
            assert_eq!(runs, 1, "{what}");
            assert!(matches!(last, "started" | "completed"), "{what}: {story:?}");
        }
        Err(error) => {
            assert_eq!(runs, 0, "{what}: {error:?}");
            let end = if started {
                &["aborted"][..]
            } else {
                &["withdrawn", "denied", "expired", "lapsed"]
            };
            assert!(story == ["requested"] || end.contains(&last), "{what}: {story:?}");
        }
    }
}

/// One call in a world whose log gets into this trouble; whether it came to it.
async fn live(deploy: &str, by: By, trouble: impl FnOnce(&Log) -> (Call, u64), what: &str) -> bool {
    let (world, log) = world(deploy, by).await;
    let (call, nth) = trouble(&log);
    let before = log.calls(call);
    let ended = tokio::time::timeout(Duration::from_secs(3600), world.call()).await;
    let ended = ended.unwrap_or_else(|_| panic!("{what}: it hangs"));
    let hit = log.calls(call) >= before + nth;
    // Whoever cleans up behind it is done, and nothing is left open.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    log.heal();
    let story = story(log.inner()).await;
    check(&ended, world.body.runs(), &story, what);
    if !matches!(ended, Err(Error::Unrecorded { .. })) {
        assert!(world.log().open(None, 1).await.unwrap().is_empty(), "{what}: {story:?}");
    }
    if !hit {
        assert!(ended.is_ok(), "{what}: nothing failed, and yet {ended:?}");
    }
    hit
}

async fn every_call_fails_once(deploy: &str, when: When, trouble: &Trouble) {
    every_call_fails_by(deploy, By::Review, when, trouble).await;
    every_call_fails_by(deploy, By::Door, when, trouble).await;
}

async fn every_call_fails_by(deploy: &str, by: By, when: When, trouble: &Trouble) {
    for call in [Call::Append, Call::Stream, Call::Changed] {
        let mut reached = 0;
        loop {
            let nth = reached + 1;
            let what = format!("{deploy}, {by:?}: {call:?} {nth} {when:?} {trouble:?}");
            let set = |log: &Log| {
                log.at(call, nth, when, trouble.clone());
                (call, nth)
            };
            if !live(deploy, by, set, &what).await {
                break;
            }
            reached = nth;
            assert!(reached < MANY, "{what}: there is no end of calls");
        }
        // The loop went through a whole life.
        let fewest = match (call, deploy, by) {
            (Call::Append, ASK, _) => 5,
            (Call::Append, _, _) => 2,
            (Call::Stream, ASK, By::Door) => 2,
            (Call::Changed, ASK, _) => 1,
            // What is done here is known without being read.
            _ => 0,
        };
        assert!(reached >= fewest, "{call:?}: {reached}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_at_every_call() {
    for deploy in [ASK, ALLOW] {
        for when in [When::Before, When::After] {
            every_call_fails_once(deploy, when, &down()).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_at_every_call() {
    for deploy in [ASK, ALLOW] {
        for when in [When::Before, When::After] {
            for wait in [Duration::from_millis(3), Duration::from_secs(3)] {
                every_call_fails_once(deploy, when, &Trouble::Delay(wait)).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hang_at_every_call() {
    for deploy in [ASK, ALLOW] {
        for when in [When::Before, When::After] {
            every_call_fails_once(deploy, when, &Trouble::Hang).await;
        }
    }
}

/// From the n-th append on the log is gone for good, until it is healed: the call ends, the body
/// ran once or not at all, and nothing says that it ended well which did not.
#[tokio::test(start_paused = true)]
async fn a_log_that_is_gone_from_one_append_on() {
    for deploy in [ASK, ALLOW] {
        for trouble in [down(), Trouble::Hang] {
            for when in [When::Before, When::After] {
                for nth in 1..=8 {
                    let (world, log) = world(deploy, By::Review).await;
                    for at in nth..nth + 10_000 {
                        log.at(Call::Append, at, when, trouble.clone());
                    }
                    let ended = tokio::time::timeout(Duration::from_secs(3600), world.call())
                        .await
                        .unwrap();
                    let story = story(log.inner()).await;
                    let what = format!("{nth} {when:?} {trouble:?} {ended:?} {story:?}");
                    match &ended {
                        Ok(_) => assert_eq!(world.body.runs(), 1, "{what}"),
                        Err(Error::Unrecorded { .. }) => assert_eq!(world.body.runs(), 1, "{what}"),
                        Err(_) => assert_eq!(world.body.runs(), 0, "{what}"),
                    }
                    if ended.is_ok() {
                        assert!(story.contains(&"completed".to_owned()), "{what}");
                    }
                }
            }
        }
    }
}
