//! What nobody knows is listed for people, and resolved by one of them, once; nothing runs on it.

use std::time::Duration;

use guardrail::desk::Error as DeskError;
use guardrail::view::{FactKind, Limits, characters, facts};
use guardrail::{AuditEvent, Context, Error, Found, Identity, RequestId, Sequence, State};

use crate::support::World;

const ALLOW: &str = r#"effect = "allow""#;
const SECRET: &str = "ghp_012345678901234567890123456789abcdef";

/// A call of this key that goes away while its body runs.
async fn lose(world: &World, key: &str) -> RequestId {
    let before = world.guardrail.unknowns(100).await.unwrap().len();
    let call = world.spawn_in(Context::new().key(key));
    // A sleep in virtual time: the body has begun when nothing more happens.
    tokio::time::sleep(Duration::from_secs(1)).await;
    call.abort();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let unknown = world.guardrail.unknowns(100).await.unwrap();
    assert_eq!(unknown.len(), before + 1);
    unknown.last().unwrap().id()
}

async fn resolve(world: &World, id: RequestId, who: &str, why: &str) -> Result<State, DeskError> {
    let by = Identity::person(who);
    let resolved = world.guardrail.resolve(id, 1, &by, Found::DidNotHappen, why).await;
    resolved.map(|request| request.recorded_state())
}

async fn world() -> World {
    World::new(ALLOW).await.doing(std::future::pending)
}

#[tokio::test(start_paused = true)]
async fn it_is_listed_until_a_person_resolves_it() {
    let world = world().await;
    let (one, two) = (lose(&world, "1").await, lose(&world, "2").await);
    let listed = |limit| {
        let guardrail = world.guardrail.clone();
        async move {
            let all = guardrail.unknowns(limit).await.unwrap();
            all.iter().map(|request| request.id()).collect::<Vec<_>>()
        }
    };
    assert_eq!(listed(100).await, [one, two]);
    assert_eq!(listed(1).await, [one]);
    assert_eq!(resolve(&world, one, "bob", "I looked").await.unwrap(), State::Resolved);
    assert_eq!(listed(100).await, [two]);
}

#[tokio::test(start_paused = true)]
async fn it_is_resolved_once_and_nothing_runs_on_it() {
    let world = world().await;
    let id = lose(&world, "1").await;
    let by = |who| Identity::person(who);
    let (bob, carol) = (by("bob"), by("carol"));
    let (one, two) = tokio::join!(
        world.guardrail.resolve(id, 1, &bob, Found::DidNotHappen, "I looked"),
        world.guardrail.resolve(id, 1, &carol, Found::Happened, "I looked too"),
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    let again = resolve(&world, id, "bob", "again").await;
    assert!(
        matches!(again, Err(DeskError::NotUnknown { state: State::Resolved, .. })),
        "{again:?}"
    );
    let call = world.spawn_in(Context::new().key("1")).await.unwrap();
    assert!(matches!(call, Err(Error::Resolved { request, .. }) if request == id), "{call:?}");
    world.check(&["requested", "started", "unknown", "resolved"], 1).await;
}

#[tokio::test(start_paused = true)]
async fn only_what_is_unknown_is_resolved() {
    let world = world().await;
    let call = world.spawn();
    world.until("started").await;
    let id = world.log().open(None, 1).await.unwrap()[0];
    let running = resolve(&world, id, "bob", "I looked").await;
    assert!(matches!(running, Err(DeskError::NotUnknown { state: State::Started, .. })));
    let nobody = RequestId::parse("0192d3a4-0000-7000-8000-000000000000").unwrap();
    assert!(matches!(resolve(&world, nobody, "bob", "x").await, Err(DeskError::NotFound)));
    call.abort();
}

#[tokio::test(start_paused = true)]
async fn only_a_known_person_resolves_it_and_says_why() {
    let world = world().await;
    let id = lose(&world, "1").await;
    for who in ["gone", "deploy-bot", "mallory"] {
        let refused = resolve(&world, id, who, "I looked").await;
        assert!(matches!(refused, Err(DeskError::NoPerson(_))), "{who}: {refused:?}");
    }
    let silent = resolve(&world, id, "bob", " \n").await;
    assert!(matches!(silent, Err(DeskError::NoReason)), "{silent:?}");
    world.check(&["requested", "started", "unknown"], 1).await;
}

#[tokio::test(start_paused = true)]
async fn what_they_say_is_bounded_masked_and_shown_safely() {
    let world = world().await;
    let id = lose(&world, "1").await;
    let why = format!("a\u{1b}[31m\u{202e}\n{SECRET} {}", "x".repeat(100_000));
    resolve(&world, id, "bob", &why).await.unwrap();
    let records = world.log().read(Sequence::START, 100).await.unwrap();
    let last = records.last().unwrap();
    assert!(!last.line().contains(SECRET) && last.line().len() < 10_000);
    let AuditEvent::Resolved(resolved) = last.event() else { panic!("{last:?}") };
    assert_eq!((resolved.by.as_str(), resolved.found), ("bob", Found::DidNotHappen));
    let request = world.guardrail.review(id, "web").await.unwrap().request().clone();
    let limits = Limits::new(2_000, 10_000, characters);
    let shown = facts(&request, last.time(), &limits);
    let decision = shown.get(FactKind::Decision).unwrap().text();
    assert!(decision.starts_with("bob says it did not happen: "), "{decision}");
    assert!(decision.contains("U+202E") && !decision.contains('\u{1b}'), "{decision}");
}
