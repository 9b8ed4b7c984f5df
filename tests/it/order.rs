//! What is durable before what: asked, decided, started, begun.

use std::sync::Arc;
use std::time::Duration;

use guardrail::{AuditLog, MemoryLog, MockApprover};
use guardrail_conformance::When;

use crate::support::{ForgingLog, PausingLog, Place, World, approve, story};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_start_is_on_record_when_the_body_begins() {
    for (deploy, expected) in [
        (ASK, &["requested", "posted", "voted", "approved", "started"][..]),
        (ALLOW, &["requested", "started"][..]),
    ] {
        let log = Arc::new(MemoryLog::new());
        let seen = Arc::clone(&log);
        let world = World::over(deploy, log).await.doing(move || {
            let log = Arc::clone(&seen);
            async move {
                let story = story(&*log).await;
                Ok(u32::try_from(story.len()).unwrap())
            }
        });
        let call = world.spawn();
        if deploy == ASK {
            let id = world.pending().await;
            let _counted = approve(&world, id, "bob").await;
        }
        let seen = call.await.unwrap().unwrap() as usize;
        assert_eq!(story(&**world.log()).await[..seen], *expected);
        assert_eq!(world.body.runs(), 1);
    }
}

/// While this append is under way, before or after it has happened, the body has not begun.
#[tokio::test(start_paused = true)]
async fn nothing_begins_while_its_record_is_written() {
    for deploy in [ASK, ALLOW] {
        for event in ["requested", "approved", "started"] {
            for when in [When::Before, When::After] {
                let log = PausingLog::new(MemoryLog::new());
                let approver = MockApprover::approving().as_person("bob");
                let world = World::built(deploy, |builder| {
                    builder.audit_log(log.clone()).approver(approver.clone())
                })
                .await;
                // What is approved on record may start, whether its voter has heard of it or not.
                if event == "approved" && (deploy == ALLOW || when == When::After) {
                    continue;
                }
                let stop = log.stop(Place::Append(event, when));
                let call = world.spawn();
                stop.reached().await;
                tokio::time::sleep(SECOND).await;
                assert_eq!(world.body.runs(), 0, "{event} {when:?}");
                if event == "requested" {
                    assert!(
                        approver.requests().is_empty(),
                        "nobody is told of what is not on record"
                    );
                }
                stop.open();
                assert_eq!(call.await.unwrap().unwrap(), 1);
                assert_eq!(world.body.runs(), 1);
            }
        }
    }
}

/// The lines of a log are shown like this; then the approval is not enough, for this reason.
async fn check_forged(forge: fn(&str) -> String, why: &str) {
    let world = World::over(ASK, ForgingLog::new(forge)).await;
    let call = world.spawn();
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    review.comment(guardrail::Identity::person("carol"), "looks odd").await.unwrap();
    let _counted = approve(&world, id, "bob").await;
    match call.await.unwrap() {
        Err(guardrail::Error::Lapsed { why: said, .. }) => assert!(said.contains(why), "{said}"),
        other => panic!("{other:?}"),
    }
    let story = ["requested", "commented", "posted", "voted", "approved", "lapsed"];
    world.check(&story, 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_event_of_an_unknown_name_blocks_the_start() {
    check_forged(|line| line.replace(r#""name":"commented""#, r#""name":"frozen""#), "`frozen`")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_vote_on_another_digest_on_record_blocks_the_start() {
    let forge = |line: &str| {
        let Some((head, tail)) = line.split_once(r#""choice":"approve","#) else {
            return line.to_owned();
        };
        let (before, digest) = tail.split_once(r#""digest":""#).unwrap();
        let other = "0".repeat(64);
        format!(r#"{head}"choice":"approve",{before}"digest":"{other}{}"#, digest.split_at(64).1)
    };
    check_forged(forge, "not cast on the whole of this intent").await;
}

#[tokio::test(start_paused = true)]
async fn a_vote_on_a_part_on_record_blocks_the_start() {
    let forge = |line: &str| line.replace(r#""whole":true"#, r#""whole":false"#);
    check_forged(forge, "not cast on the whole of this intent").await;
}

#[tokio::test(start_paused = true)]
async fn records_are_gap_free_and_a_prefix_of_later_ones() {
    let world = World::new(ALLOW).await;
    let mut lines: Vec<String> = Vec::new();
    for calls in 1..=5u32 {
        assert_eq!(world.call().await.unwrap(), 1);
        let records = world.log().read(guardrail::Sequence::START, 1000).await.unwrap();
        let now: Vec<String> = records.iter().map(|record| record.line().to_owned()).collect();
        assert_eq!(now[..lines.len()], lines[..], "what stood there stands there");
        for (at, record) in records.iter().enumerate() {
            assert_eq!(record.sequence().get(), at as u64 + 1);
        }
        // Opened and loaded, then three for each call.
        assert_eq!(now.len(), 2 + 3 * calls as usize);
        lines = now;
    }
}
