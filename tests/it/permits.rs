//! A permit is the only key to a body made by hand: used once, or on record as not used.

use std::time::Duration;

use guardrail::model::IntentBuilder;
use guardrail::{Context, Error, Intent, Permit};

use crate::support::{World, approve, deny};

const ASK: &str = r#"approvers = ["group:sre"]"#;
const ALLOW: &str = r#"effect = "allow""#;

fn asked() -> IntentBuilder {
    Intent::builder("refund").policy("deploy").arg("order", "1042").arg("cents", &125_000u64)
}

async fn allowed(world: &World) -> Permit {
    world.guardrail.authorize(asked()).await.unwrap()
}

/// The log of a permit ends like this.
async fn check(world: &World, end: &str) {
    world.until(end).await;
    world.check(&["requested", "started", end], 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_approved_intent_runs_with_its_values() {
    let world = World::new(ASK).await;
    let guardrail = world.guardrail.clone();
    let call = tokio::spawn(async move {
        let permit = guardrail.authorize(asked().build().unwrap()).await?;
        let order: String = permit.arg("order")?;
        let cents: u64 = permit.arg("cents")?;
        permit.run(async { Ok::<_, Error>((order, cents)) }).await
    });
    let id = world.pending().await;
    let _counted = approve(&world, id, "bob").await;
    assert_eq!(call.await.unwrap().unwrap(), ("1042".to_owned(), 125_000));
    world.check(&["requested", "posted", "voted", "approved", "started", "completed"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_denied_intent_gets_no_permit() {
    let world = World::new(ASK).await;
    let guardrail = world.guardrail.clone();
    let call = tokio::spawn(async move { guardrail.authorize(asked()).await.map(drop) });
    let id = world.pending().await;
    let _counted = deny(&world, id, "bob").await;
    assert!(matches!(call.await.unwrap(), Err(Error::Denied { .. })));
    world.check(&["requested", "posted", "voted", "denied"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_intent_that_cannot_be_built_is_refused_on_record() {
    let world = World::new(ALLOW).await;
    let wrong = [
        Intent::builder("refund"),
        Intent::builder("refund").policy("no\u{202e}such"),
        Intent::builder("").policy("deploy"),
        asked().arg("order", "1043"),
        asked().json(b"{\"a\":1,\"a\":2}"),
    ];
    let count = wrong.len();
    for intent in wrong {
        let error = world.guardrail.authorize(intent).await.unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
    }
    world.check(&vec!["requested"; count], 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_permit_is_aborted() {
    let world = World::new(ALLOW).await;
    drop(allowed(&world).await);
    check(&world, "aborted").await;
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_not_there_aborts() {
    for name in ["order", "nothing"] {
        let world = World::new(ALLOW).await;
        let permit = allowed(&world).await;
        let error = permit.arg::<u64>(name).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{error:?}");
        drop(permit);
        check(&world, "aborted").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_never_polled_is_aborted() {
    let world = World::new(ALLOW).await;
    let permit = allowed(&world).await;
    drop(permit.run(async { Ok::<_, Error>(()) }));
    check(&world, "aborted").await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_is_unknown() {
    let world = World::new(ALLOW).await;
    let permit = allowed(&world).await;
    let body = permit.run(std::future::pending::<Result<(), Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), body).await.is_err());
    check(&world, "unknown").await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_fails_or_panics_is_failed() {
    let world = World::new(ALLOW).await;
    let permit = allowed(&world).await;
    let ended = permit.run(async { Err::<(), _>(Error::NoGuardrail) }).await;
    assert!(matches!(ended, Err(Error::NoGuardrail)), "{ended:?}");
    check(&world, "failed").await;

    let world = World::new(ALLOW).await;
    let permit = allowed(&world).await;
    let body = permit.run(async {
        if true {
            panic!("the body exploded");
        }
        Ok::<(), Error>(())
    });
    assert!(tokio::spawn(body).await.unwrap_err().is_panic());
    check(&world, "failed").await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_authorization_is_withdrawn() {
    let world = World::new(ASK).await;
    let waits = tokio::time::timeout(Duration::from_secs(1), world.guardrail.authorize(asked()));
    assert!(waits.await.is_err());
    world.until("withdrawn").await;
    world.check(&["requested", "withdrawn"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn the_context_is_part_of_an_intent_made_by_hand() {
    let world = World::new(ASK).await;
    let guardrail = world.guardrail.clone();
    let context = Context::new().on_behalf_of("bob").key("k");
    let call = tokio::spawn(context.scope(async move { guardrail.authorize(asked()).await }));
    let id = world.pending().await;
    assert!(id.is_keyed());
    let own = approve(&world, id, "bob").await;
    assert_eq!(own, guardrail::Cast::Refused(guardrail::VoteRefusal::RequestingSide));
    call.abort();
}

#[test]
fn outside_of_a_runtime_there_is_no_permit() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new(ALLOW));
    let mut call = std::pin::pin!(world.guardrail.authorize(asked()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = call.as_mut().poll(&mut cx);
    assert!(matches!(&polled, std::task::Poll::Ready(Err(Error::NoRuntime))), "{polled:?}");
    runtime.block_on(world.check(&[], 0));
}
