//! The log fails at every call it gets: the body ran once or not at all, and the log says so.

use std::sync::Arc;
use std::time::Duration;

use guardrail::audit::Error as LogError;
use guardrail::{Error, MemoryLog, MockApprover};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{World, last_step, story};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;
/// More calls than any one life of a request makes.
const MANY: u64 = 64;

type Log = Arc<FaultyLog<MemoryLog>>;

async fn world(deploy: &str) -> (World, Log) {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let approver = MockApprover::approving().as_person("bob").after(Duration::from_secs(1));
    let world =
        World::built(deploy, |builder| builder.audit_log(Arc::clone(&log)).approver(approver))
            .await;
    (world, log)
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
async fn live(deploy: &str, trouble: impl FnOnce(&Log) -> (Call, u64), what: &str) -> bool {
    let (world, log) = world(deploy).await;
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
    for call in [Call::Append, Call::Stream, Call::Changed] {
        let mut reached = 0;
        loop {
            let nth = reached + 1;
            let what = format!("{deploy}: {call:?} {nth} {when:?} {trouble:?}");
            let set = |log: &Log| {
                log.at(call, nth, when, trouble.clone());
                (call, nth)
            };
            if !live(deploy, set, &what).await {
                break;
            }
            reached = nth;
            assert!(reached < MANY, "{what}: there is no end of calls");
        }
        // The loop went through a whole life.
        let fewest = match (call, deploy) {
            (Call::Append, ASK) => 5,
            (Call::Append, _) => 2,
            (_, ASK) => 1,
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
                    let (world, log) = world(deploy).await;
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
