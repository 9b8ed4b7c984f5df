//! What really happened is never called wrong: whatever the policies say, and however they change.

use guardrail::audit::{Inspector, inspect};
use guardrail::{Cast, Context, FileLog, Identity, PolicySet, Sequence, Vote, VoteRefusal};
use guardrail_conformance::When;
use guardrail_sql::SqliteLog;

use super::{counts, rejudge, told};
use crate::support::{
    PEOPLE, PausingLog, Place, World, approve, cast, deny, policies, policies_of, story,
};

const ASK: &str = r#"approvers = ["group:sre"]"#;

/// Held against these files, so much was judged, made under others, and not judged.
async fn judged(world: &World, files: &[PolicySet]) -> (u64, u64, u64) {
    inspect(&**world.log(), Inspector::new().complete()).await.unwrap();
    let records = world.log().read(Sequence::START, 100_000).await.unwrap();
    counts(&rejudge(&records, files).unwrap())
}

#[tokio::test(start_paused = true)]
async fn groups_people_quorums_reasons_and_a_known_requester() {
    let everything = "description = \"Deploys\"\nrisk = \"critical\"\napprovals = 2\n\
         approvers = [\"group:sre\", \"person:dave\"]\ntimeout = \"30d\"\ngrant_ttl = \"24h\"\n\
         retry = \"idempotent\"\nreason_required = [\"approve\", \"deny\"]\n\
         references = [{ title = \"CHG-7\", url = \"https://wiki.example.com/chg-7\" }]\n\
         controls = [\"SOC2:CC8.1\"]";
    let world = World::new(everything).await;
    let call =
        world.spawn_in(Context::new().on_behalf_of("alice").delegated_by("planner").key("k"));
    let id = world.pending().await;
    for identity in [Identity::new("slack", "T0CORP/U0BOB"), Identity::new("web", "dave")] {
        let own = approve(&world, id, "alice").await;
        assert!(matches!(own, Cast::Refused(_)), "{own:?}");
        let counted =
            cast(&world, id, |seen| Vote::approve(identity, seen).because("plan checked")).await;
        assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
    }
    assert_eq!(call.await.unwrap().unwrap(), 1);
    let refused = world.call().await;
    assert!(refused.is_err(), "it acts for nobody: {refused:?}");
    assert_eq!(judged(&world, &[world.guardrail.policies()]).await, (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_allowed_and_what_is_denied_by_people() {
    let (allow, ask) = (policies(r#"effect = "allow""#), policies(ASK));
    let world = World::new(r#"effect = "allow""#).await;
    assert_eq!(world.call().await.unwrap(), 1);
    world.guardrail.reload(ask.clone()).await.unwrap();
    let call = world.spawn();
    let id = world.pending().await;
    let _counted = deny(&world, id, "bob").await;
    assert!(call.await.unwrap().is_err());
    assert_eq!(judged(&world, &[allow.clone(), ask.clone()]).await, (2, 0, 0));
    assert_eq!(judged(&world, &[allow]).await, (1, 1, 0));
    assert_eq!(judged(&world, &[ask]).await, (1, 1, 0));
    assert_eq!(judged(&world, &[]).await, (0, 2, 0));
}

/// Bob is new: he votes on what was asked before he came, and is in no file of that time.
#[tokio::test(start_paused = true)]
async fn a_vote_by_a_directory_that_came_after_the_request() {
    let unlinked = PEOPLE.replace("web = \"bob\"\n", "");
    let (before, after) = (policies_of(&unlinked, ASK), policies(ASK));
    let world = World::new(ASK).await;
    world.guardrail.reload(before.clone()).await.unwrap();
    let call = world.spawn();
    let id = world.pending().await;
    world.guardrail.reload(after.clone()).await.unwrap();
    let bob = cast(&world, id, |seen| Vote::approve(Identity::new("web", "bob"), seen)).await;
    assert!(matches!(bob, Cast::Counted(_)), "{bob:?}");
    assert_eq!(call.await.unwrap().unwrap(), 1);
    assert_eq!(judged(&world, &[before.clone(), after]).await, (1, 0, 0));
    // Without the later file the vote cannot be judged. The start can: Bob was asked then as well.
    assert_eq!(judged(&world, &[before]).await, (1, 0, 1));
}

/// On record the new policies come before what was judged by the old.
#[tokio::test(start_paused = true)]
async fn policies_that_change_while_a_vote_is_written() {
    let log = PausingLog::new(guardrail::MemoryLog::new());
    let world = World::over(ASK, log.clone()).await;
    let before = world.guardrail.policies();
    let after = policies(r#"approvers = ["group:security"]"#);
    let call = world.spawn();
    let id = world.pending().await;
    let stop = log.stop(Place::Append("voted", When::Before));
    let voting = {
        let world = world.clone();
        tokio::spawn(async move { approve(&world, id, "bob").await })
    };
    stop.reached().await;
    world.guardrail.reload(after.clone()).await.unwrap();
    stop.open();
    let counted = voting.await.unwrap();
    assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
    assert!(call.await.unwrap().is_err(), "the policies have become tighter");
    assert_eq!(judged(&world, &[before, after]).await, (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_another_process_goes_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let (ask, two) = (policies(ASK), policies(&format!("{ASK}\napprovals = 2")));
    for deploy in [ASK, "approvers = [\"group:sre\"]\napprovals = 2", ASK] {
        let world = World::over(deploy, FileLog::open(folder.path()).await.unwrap()).await;
        let call = world.spawn();
        let id = world.pending().await;
        for person in ["alice", "bob"] {
            let _counted = approve(&world, id, person).await;
        }
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
    let world = World::over(ASK, FileLog::open(folder.path()).await.unwrap()).await;
    assert_eq!(judged(&world, &[ask.clone(), two]).await, (3, 0, 0));
    assert_eq!(judged(&world, &[ask]).await, (2, 1, 0));
}

/// A call that its policy would ask people about, refused because its key was used: not its policy's no.
#[tokio::test(start_paused = true)]
async fn a_refusal_for_another_reason_than_the_policies() {
    let (world, _) = told(ASK, Context::new().key("k"), &["bob"]).await;
    let guardrail = world.guardrail.clone();
    let other = guardrail::Intent::builder("deploy").policy("deploy").arg("workspace", "us-1");
    let other = Context::new().key("k").scope(async move { guardrail.authorize(other).await });
    assert!(other.await.is_err());
    let records = world.log().read(Sequence::START, 100).await.unwrap();
    assert_eq!(records.last().unwrap().event().name(), "requested");
    assert_eq!(judged(&world, &[world.guardrail.policies()]).await, (1, 0, 0));
}

/// Two processes of one log, with other versions of the file at the same time: asked in the one, voted on
/// in the other.
#[tokio::test]
async fn processes_at_the_same_time_under_versions_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.db");
    let unlinked = PEOPLE.replace("web = \"bob\"\n", "");
    let (here, there) = (policies_of(&unlinked, ASK), policies(ASK));
    let asks = World::over(ASK, SqliteLog::open(&file).await.unwrap()).await;
    asks.guardrail.reload(here.clone()).await.unwrap();
    let hears = World::over(ASK, SqliteLog::open(&file).await.unwrap()).await;
    let call = asks.spawn();
    let id = asks.pending().await;
    let bob = |seen| Vote::approve(Identity::new("web", "bob"), seen);
    assert_eq!(cast(&asks, id, bob).await, Cast::Refused(VoteRefusal::Unlinked));
    let counted = cast(&hears, id, bob).await;
    assert!(matches!(counted, Cast::Counted(_)), "{counted:?}");
    assert_eq!(call.await.unwrap().unwrap(), 1);
    assert_eq!(judged(&asks, &[here.clone(), there.clone()]).await, (1, 0, 0));
    assert_eq!(judged(&asks, &[there]).await, (0, 1, 0));
}

/// Everything that becomes of a request: expired, lapsed, gone, unknown, begun again, resolved.
#[tokio::test(start_paused = true)]
async fn whatever_becomes_of_it() {
    let retry = format!("{ASK}\ngrant_ttl = \"5m\"\nretry = \"idempotent\"");
    let world = World::new(&retry).await.doing(std::future::pending);
    let expires = world.spawn();
    assert!(expires.await.unwrap().is_err());
    let goes = world.spawn();
    let _asked = world.pending().await;
    goes.abort();
    world.until("withdrawn").await;
    let key = || Context::new().key("k");
    let mut call = world.spawn_in(key());
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    world.until("started").await;
    for again in [true, false] {
        call.abort();
        // Time is paused: when nothing more happens, it is on record.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        call = world.spawn_in(if again { key() } else { Context::new() });
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    call.abort();
    let bob = Identity::person("bob");
    let found = guardrail::Found::DidNotHappen;
    world.guardrail.resolve(id, 2, &bob, found, "I looked").await.unwrap();
    let said = story(&**world.log()).await;
    for step in ["expired", "withdrawn", "unknown", "retried", "resolved"] {
        assert!(said.iter().any(|it| it == step), "{step}: {said:?}");
    }
    assert_eq!(judged(&world, &[world.guardrail.policies()]).await, (4, 0, 0));
}
