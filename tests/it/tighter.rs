//! Between the decision and the start everything is checked again: tighter blocks, looser never helps.

use std::time::Duration;

use guardrail::{Cast, Error, MemoryLog, PolicySet};
use guardrail_conformance::When;

use crate::support::{PEOPLE, PausingLog, Place, World, approve, policies, policies_of};

const BASE: &str = r#"approvers = ["group:sre"]"#;
const MINUTE: Duration = Duration::from_secs(60);

/// Every way in which the rules can get tighter under an approval by Bob, given after 10 minutes.
fn tightenings() -> Vec<(&'static str, PolicySet)> {
    let without_bob =
        PEOPLE.replace(r#"["alice", "bob", "carol", "gone"]"#, r#"["alice", "carol"]"#);
    let (before, after) = PEOPLE.split_once("[people.bob]").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let removed = format!("{before}{after}").replace(r#""bob", "#, "");
    let bob = |lines: &str| PEOPLE.replace("[people.bob]", &format!("[people.bob]\n{lines}"));
    let service = without_bob.replace("[people.bob]", "[people.bob]\nkind = \"service\"");
    vec![
        ("the policy now denies it", policies(r#"effect = "deny""#)),
        (
            "there is no policy",
            PolicySet::parse(format!("{PEOPLE}\n[policies.other]\n{BASE}\n")).unwrap(),
        ),
        ("`bob`, who approved, may no longer", PolicySet::empty()),
        ("more people", policies("approvers = [\"group:sre\"]\napprovals = 2")),
        ("other or more people", policies(r#"approvers = ["group:security"]"#)),
        ("a reason", policies(&format!("{BASE}\nreason_required = [\"approve\"]"))),
        ("less time", policies(&format!("{BASE}\ntimeout = \"5m\""))),
        ("lapses sooner", policies(&format!("{BASE}\ngrant_ttl = \"30s\""))),
        ("for whom the agent acts", policies(&format!("{BASE}\nrequester = \"required\""))),
        ("`bob`, who approved, may no longer", policies_of(&removed, BASE)),
        ("`bob`, who approved, may no longer", policies_of(&without_bob, BASE)),
        ("`bob`, who approved, may no longer", policies_of(&bob("active = false"), BASE)),
        ("`bob`, who approved, may no longer", policies_of(&service, BASE)),
        ("of the requesting side", policies_of(&bob("owns = [\"deploy-bot\"]"), BASE)),
    ]
}

const APPROVED: [&str; 4] = ["requested", "posted", "voted", "approved"];

/// The call is refused because of this, and the story ends like this.
async fn check(world: &World, ended: Result<u32, Error>, why: &str, end: &[&str]) {
    match ended {
        Err(Error::Lapsed { why: said, .. }) => assert!(said.contains(why), "{why}: {said}"),
        other => panic!("{why}: {other:?}"),
    }
    world.check(&[&APPROVED[..], end].concat(), 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_tightened_before_the_start_blocks() {
    for (why, tighter) in tightenings() {
        let log = PausingLog::new(MemoryLog::new());
        let world = World::over(BASE, log.clone()).await;
        let call = world.spawn();
        let id = world.pending().await;
        tokio::time::advance(10 * MINUTE).await;
        let stop = log.stop(Place::Changed);
        let _counted = approve(&world, id, "bob").await;
        tokio::time::advance(MINUTE).await;
        world.guardrail.reload(tighter).await.unwrap();
        stop.open();
        check(&world, call.await.unwrap(), why, &["lapsed"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_tightened_while_the_start_is_written_blocks() {
    for (why, tighter) in tightenings() {
        for when in [When::Before, When::After] {
            let log = PausingLog::new(MemoryLog::new());
            let world = World::over(BASE, log.clone()).await;
            let call = world.spawn();
            let id = world.pending().await;
            tokio::time::advance(10 * MINUTE).await;
            let changed = log.stop(Place::Changed);
            let stop = log.stop(Place::Append("started", when));
            let _counted = approve(&world, id, "bob").await;
            tokio::time::advance(MINUTE).await;
            changed.open();
            stop.reached().await;
            world.guardrail.reload(tighter.clone()).await.unwrap();
            stop.open();
            check(&world, call.await.unwrap(), why, &["started", "aborted"]).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_allowed_call_is_blocked_by_what_comes_while_it_is_written() {
    for tighter in [policies(BASE), policies(r#"effect = "deny""#), PolicySet::empty()] {
        for when in [When::Before, When::After] {
            let log = PausingLog::new(MemoryLog::new());
            let world = World::over(r#"effect = "allow""#, log.clone()).await;
            let stop = log.stop(Place::Append("started", when));
            let call = world.spawn();
            stop.reached().await;
            world.guardrail.reload(tighter.clone()).await.unwrap();
            stop.open();
            let ended = call.await.unwrap();
            assert!(matches!(ended, Err(Error::Lapsed { .. })), "{ended:?}");
            world.check(&["requested", "started", "aborted"], 0).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_looser_policy_never_helps_a_request_that_waits() {
    let two = "approvers = [\"group:sre\"]\napprovals = 2";
    for looser in [policies(r#"effect = "allow""#), policies(BASE)] {
        let world = World::new(two).await;
        let call = world.spawn();
        let id = world.pending().await;
        let first = approve(&world, id, "bob").await;
        world.guardrail.reload(looser).await.unwrap();
        tokio::time::advance(MINUTE).await;
        assert!(!call.is_finished(), "one of two is not enough");
        assert_eq!(world.body.runs(), 0);
        assert!(
            matches!(first, Cast::Counted(tally) if (tally.approvals, tally.required) == (1, 2))
        );
        // Dave is asked by nobody's snapshot.
        let _refused = approve(&world, id, "dave").await;
        assert_eq!(world.body.runs(), 0);
        let _counted = approve(&world, id, "carol").await;
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_snapshot_keeps_its_time() {
    let world = World::new(&format!("{BASE}\ntimeout = \"1m\"")).await;
    let call = world.spawn();
    world.pending().await;
    world.guardrail.reload(policies(&format!("{BASE}\ntimeout = \"1h\""))).await.unwrap();
    let before = world.log().now();
    let ended = call.await.unwrap();
    assert!(matches!(ended, Err(Error::Expired { .. })), "{ended:?}");
    assert!(world.log().now().since(before) <= MINUTE);
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_keeps_the_policies_in_force() {
    let world = World::new(r#"effect = "deny""#).await;
    let before = world.guardrail.policies().digest();
    for broken in ["[policies.deploy]\neffect = \"alow\"", "[policies", "effect = 1"] {
        assert!(PolicySet::parse(broken).is_err());
    }
    assert_eq!(world.guardrail.policies().digest(), before);
    assert!(matches!(world.call().await, Err(Error::Refused { .. })));
}

#[tokio::test(start_paused = true)]
async fn policies_that_cannot_be_put_on_record_do_not_come_into_force() {
    let log = std::sync::Arc::new(guardrail_conformance::FaultyLog::new(MemoryLog::new()));
    let world = World::over(r#"effect = "deny""#, log.clone()).await;
    let down = guardrail::audit::Error::storage("test log", "append", "the disk is gone");
    let trouble = guardrail_conformance::Trouble::Error(down);
    log.at(guardrail_conformance::Call::Append, 1, When::Before, trouble);
    let reloaded = world.guardrail.reload(policies(r#"effect = "allow""#)).await;
    assert!(matches!(reloaded, Err(Error::Unavailable { .. })), "{reloaded:?}");
    assert!(matches!(world.call().await, Err(Error::Refused { .. })));
}

#[tokio::test(start_paused = true)]
async fn of_two_reloads_the_last_on_record_is_in_force() {
    let log = PausingLog::new(MemoryLog::new());
    let world = World::over(BASE, log.clone()).await;
    let stop = log.stop(Place::Append("policy_loaded", When::After));
    let reload = |policies: PolicySet| {
        let guardrail = world.guardrail.clone();
        tokio::spawn(async move { guardrail.reload(policies).await })
    };
    let first = reload(policies(r#"effect = "deny""#));
    stop.reached().await;
    let second = reload(policies(r#"effect = "allow""#));
    tokio::time::advance(Duration::from_secs(1)).await;
    stop.open();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let log = world.log();
    let records = log.stream(guardrail::RequestId::LOG, guardrail::Version::START).await.unwrap();
    match records.last().unwrap().event() {
        guardrail::AuditEvent::PolicyLoaded { digest } => {
            assert_eq!(*digest, world.guardrail.policies().digest());
        }
        other => panic!("{other:?}"),
    }
}
