//! What was approved is what runs: an argument that changes while people look at it stops the call.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use guardrail::{Error, requires_approval};
use serde::{Serialize, Serializer};

use crate::support::{Body, World, approve};

const ASK: &str = r#"approvers = ["group:sre"]"#;

#[requires_approval(policy = "deploy", skip(body))]
async fn pay(body: &Body, cents: Arc<AtomicU64>) -> Result<u32, Error> {
    let _ = cents;
    body.run().await
}

#[requires_approval(policy = "deploy", skip(body))]
async fn send(body: &Body, lines: Arc<Mutex<Vec<String>>>) -> Result<u32, Error> {
    let _ = lines;
    body.run().await
}

#[requires_approval(policy = "deploy", skip(body))]
async fn tip(body: &Body, cents: Rc<Cell<u64>>) -> Result<u32, Error> {
    let _ = cents;
    body.run().await
}

#[requires_approval(policy = "deploy", skip(body, account), resource = format!("account/{}", account.get()))]
async fn close(body: &Body, account: Rc<Cell<u64>>) -> Result<u32, Error> {
    let _ = account;
    body.run().await
}

#[requires_approval(policy = "deploy", skip(body, cents), fields(amount = cents.load(Ordering::SeqCst)))]
async fn refund(body: &Body, cents: Arc<AtomicU64>) -> Result<u32, Error> {
    let _ = cents;
    body.run().await
}

/// The call is made, `change` runs while it waits, and then it is approved.
async fn check<F: Future<Output = Result<u32, Error>>>(
    call: impl FnOnce(Arc<Body>) -> F,
    change: impl FnOnce(),
    is_same: bool,
) {
    let world = World::new(ASK).await;
    let call = world.guardrail.scope(call(Arc::clone(&world.body)));
    let others = async {
        let id = world.pending().await;
        change();
        let _counted = approve(&world, id, "bob").await;
    };
    let (ended, ()) = tokio::join!(call, others);
    let approved = ["requested", "posted", "voted", "approved", "started"];
    if is_same {
        assert_eq!(ended.unwrap(), 1);
        world.check(&[&approved[..], &["completed"]].concat(), 1).await;
    } else {
        assert!(matches!(ended, Err(Error::IntentChanged { .. })), "{ended:?}");
        world.check(&[&approved[..], &["aborted"]].concat(), 0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_atomic_that_changes_stops_the_call() {
    for (later, is_same) in [(1, true), (2, false), (100, false)] {
        let cents = Arc::new(AtomicU64::new(1));
        let given = Arc::clone(&cents);
        let call = |body: Arc<Body>| async move { pay(&body, given).await };
        check(call, || cents.store(later, Ordering::SeqCst), is_same).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_mutex_that_changes_stops_the_call() {
    let lines = Arc::new(Mutex::new(vec!["to: alice".to_owned()]));
    let given = Arc::clone(&lines);
    let call = |body: Arc<Body>| async move { send(&body, given).await };
    check(call, || lines.lock().unwrap().push("bcc: mallory".to_owned()), false).await;
}

#[tokio::test(start_paused = true)]
async fn a_mutex_that_can_no_longer_be_read_stops_the_call() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let given = Arc::clone(&lines);
    let call = |body: Arc<Body>| async move { send(&body, given).await };
    let poison = || {
        let poisoned = std::thread::spawn(move || {
            let _guard = lines.lock().unwrap();
            panic!("while it was held");
        });
        assert!(poisoned.join().is_err());
    };
    check(call, poison, false).await;
}

#[tokio::test(start_paused = true)]
async fn a_cell_that_changes_stops_the_call() {
    let cents = Rc::new(Cell::new(1));
    let given = Rc::clone(&cents);
    let call = |body: Arc<Body>| async move { tip(&body, given).await };
    check(call, || cents.set(2), false).await;
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_changes_stops_the_call() {
    let account = Rc::new(Cell::new(1));
    let given = Rc::clone(&account);
    let call = |body: Arc<Body>| async move { close(&body, given).await };
    check(call, || account.set(2), false).await;
}

#[tokio::test(start_paused = true)]
async fn a_field_that_changes_stops_the_call() {
    let cents = Arc::new(AtomicU64::new(1));
    let given = Arc::clone(&cents);
    let call = |body: Arc<Body>| async move { refund(&body, given).await };
    check(call, || cents.store(2, Ordering::SeqCst), false).await;
}

/// Shows one value to people and another to whoever looks again.
struct TwoFaced(Cell<bool>);

impl Serialize for TwoFaced {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.replace(true) { "/etc/passwd" } else { "/tmp/a" })
    }
}

#[requires_approval(policy = "deploy", skip(body))]
async fn delete(body: &Body, path: TwoFaced) -> Result<u32, Error> {
    let _ = path;
    body.run().await
}

#[tokio::test(start_paused = true)]
async fn a_value_with_two_faces_stops_the_call() {
    let call = |body: Arc<Body>| async move { delete(&body, TwoFaced(Cell::new(false))).await };
    check(call, || {}, false).await;
}
