//! The call is dropped after every poll it can be dropped after: nothing starts later, and the last
//! event says how far it had come.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use guardrail::{Error, MemoryLog, MockApprover};
use guardrail_conformance::{Call, FaultyLog, Trouble, When};

use crate::support::{World, last_step, story};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const MILLI: Duration = Duration::from_millis(1);

/// A world in which every call of the log, the vote and the body take their time, so that there
/// are many polls.
async fn world(deploy: &str) -> World {
    let log = Arc::new(FaultyLog::new(MemoryLog::new()));
    let approver = MockApprover::approving().as_person("bob").after(10 * MILLI);
    let world =
        World::built(deploy, |builder| builder.audit_log(Arc::clone(&log)).approver(approver))
            .await
            .doing(async || {
                tokio::time::sleep(MILLI).await;
                tokio::time::sleep(MILLI).await;
                Ok(1)
            });
    for call in [Call::Append, Call::Stream] {
        for when in [When::Before, When::After] {
            log.always(call, when, Trouble::Delay(MILLI));
        }
    }
    world
}

/// Polls the call this often, then drops it. How it ended, if it had.
async fn polled(
    call: impl Future<Output = Result<u32, Error>>,
    polls: usize,
) -> Option<Result<u32, Error>> {
    let mut call = pin!(call);
    let mut left = polls;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match call.as_mut().poll(cx) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Drops the call after 0, 1, 2 polls and so on until it ends by itself; returns what the log
/// ended with each time, and how often the body had begun, without repetitions.
async fn dropped_after_every_poll(deploy: &str) -> Vec<(String, u32)> {
    let mut ends: Vec<(String, u32)> = Vec::new();
    for polls in 0..1000 {
        let world = world(deploy).await;
        let ended = polled(world.call(), polls).await;
        let runs = world.body.runs();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert_eq!(world.body.runs(), runs, "nothing starts later");
        assert!(world.log().open(None, 1).await.unwrap().is_empty(), "nothing stays open");
        let story = story(&**world.log()).await;
        let end = (last_step(&story).to_owned(), runs);
        if ends.last() != Some(&end) {
            ends.push(end);
        }
        if let Some(ended) = ended {
            assert_eq!(ended.ok(), (runs == 1).then_some(1));
            return ends;
        }
    }
    panic!("it never ends by itself");
}

fn check(ends: &[(String, u32)], expected: &[(&str, u32)]) {
    let ends: Vec<(&str, u32)> = ends.iter().map(|(end, runs)| (end.as_str(), *runs)).collect();
    assert_eq!(ends, expected);
}

#[tokio::test(start_paused = true)]
async fn an_asked_call() {
    let ends = dropped_after_every_poll(ASK).await;
    // Never polled; refused before it was on record; withdrawn; and so on.
    let expected = [
        ("", 0),
        ("requested", 0),
        ("withdrawn", 0),
        ("lapsed", 0),
        ("aborted", 0),
        ("unknown", 1),
        ("completed", 1),
    ];
    check(&ends, &expected);
}

#[tokio::test(start_paused = true)]
async fn an_allowed_call() {
    let ends = dropped_after_every_poll(r#"effect = "allow""#).await;
    let expected = [("", 0), ("requested", 0), ("aborted", 0), ("unknown", 1), ("completed", 1)];
    check(&ends, &expected);
}

#[tokio::test(start_paused = true)]
async fn a_refused_call() {
    let ends = dropped_after_every_poll(r#"effect = "deny""#).await;
    check(&ends, &[("", 0), ("requested", 0)]);
}
