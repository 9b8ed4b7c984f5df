//! What a refusal becomes, and what a body that was refused has done: nothing.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use guardrail::{Error, MockApprover, requires_approval};
use serde::Serialize;

use super::{approved, called, denied};

static RUNS: AtomicU8 = AtomicU8::new(0);

#[requires_approval(policy = "p")]
async fn counted() -> Result<u8, Error> {
    Ok(RUNS.fetch_add(1, Ordering::SeqCst))
}

#[tokio::test]
async fn a_denied_body_does_not_run() {
    let called = denied(counted()).await;
    assert!(matches!(called.value, Err(Error::Denied { .. })), "{:?}", called.value);
    assert_eq!(called.events.last().unwrap(), "denied");
    assert_eq!(RUNS.load(Ordering::SeqCst), 0);
}

#[requires_approval(policy = "p")]
async fn as_string() -> Result<(), String> {
    Ok(())
}

#[requires_approval(policy = "p")]
async fn as_io() -> std::io::Result<()> {
    Ok(())
}

#[requires_approval(policy = "p")]
async fn as_boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

#[derive(Debug)]
enum Own {
    Refused(Error),
    Failed,
}

#[requires_approval(policy = "p", err = Own::Refused)]
async fn mapped(fail: bool) -> Result<u8, Own> {
    if fail { Err(Own::Failed) } else { Ok(1) }
}

#[requires_approval(policy = "p", on_deny = nothing)]
async fn optional(value: u8) -> Option<u8> {
    Some(value)
}

fn nothing<T>(_: Error) -> Option<T> {
    None
}

#[requires_approval(policy = "p", on_deny = drop, skip(ran))]
async fn unit(ran: &Cell<bool>) {
    ran.set(true);
}

#[requires_approval(policy = "p", on_deny = empty)]
async fn opaque(count: u8) -> impl Iterator<Item = u8> {
    0..count
}

fn empty(_: Error) -> std::ops::Range<u8> {
    0..0
}

#[tokio::test]
async fn a_refusal_becomes_what_the_function_returns() {
    assert!(denied(as_string()).await.value.unwrap_err().contains("not today"));
    let error = denied(as_io()).await.value.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
    let error = denied(as_boxed()).await.value.unwrap_err();
    assert!(error.downcast_ref::<Error>().is_some());
    assert!(matches!(denied(mapped(false)).await.value, Err(Own::Refused(Error::Denied { .. }))));
    assert_eq!(denied(optional(3)).await.value, None);
    let ran = Cell::new(false);
    let () = denied(unit(&ran)).await.value;
    assert!(!ran.get());
    assert_eq!(denied(opaque(3)).await.value.count(), 0);
}

#[tokio::test]
async fn without_a_refusal_the_value_is_the_body_s() {
    assert!(matches!(approved(mapped(true)).await.value, Err(Own::Failed)));
    assert!(matches!(approved(mapped(false)).await.value, Ok(1)));
    assert_eq!(approved(optional(3)).await.value, Some(3));
    let ran = Cell::new(false);
    let () = approved(unit(&ran)).await.value;
    assert!(ran.get());
    assert_eq!(approved(opaque(3)).await.value.count(), 3);
}

#[tokio::test]
async fn an_error_of_the_body_is_a_failure_and_anything_else_a_good_end() {
    assert_eq!(approved(mapped(true)).await.events.last().unwrap(), "failed");
    assert_eq!(approved(mapped(false)).await.events.last().unwrap(), "completed");
    assert_eq!(approved(optional(3)).await.events.last().unwrap(), "completed");
}

/// A value that can be changed while people look at it.
#[derive(Clone, Default)]
struct Shared(Arc<AtomicU8>);

impl Serialize for Shared {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0.load(Ordering::SeqCst))
    }
}

static CHANGED: AtomicU8 = AtomicU8::new(0);

#[requires_approval(policy = "p")]
async fn pays(cents: Shared) -> Result<u8, Error> {
    CHANGED.fetch_add(1, Ordering::SeqCst);
    Ok(cents.0.load(Ordering::SeqCst))
}

#[requires_approval(policy = "p", skip_all, fields(cents = cents.0.load(Ordering::SeqCst)))]
async fn pays_field(cents: Shared) -> Result<u8, Error> {
    CHANGED.fetch_add(1, Ordering::SeqCst);
    Ok(cents.0.load(Ordering::SeqCst))
}

#[requires_approval(policy = "p", skip(cents), name = format!("pay-{}", cents.0.load(Ordering::SeqCst)))]
async fn named(cents: Shared) -> Result<u8, Error> {
    CHANGED.fetch_add(1, Ordering::SeqCst);
    Ok(cents.0.load(Ordering::SeqCst))
}

#[requires_approval(policy = "p", skip(cents), resource = cents.0.load(Ordering::SeqCst))]
async fn resource(cents: Shared) -> Result<u8, Error> {
    CHANGED.fetch_add(1, Ordering::SeqCst);
    Ok(cents.0.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_value_that_changes_while_people_look_does_not_run() {
    let cents = Shared::default();
    for call in 0..4 {
        let at_the_vote = cents.clone();
        let changing = MockApprover::approving().when(move |_| {
            at_the_vote.0.fetch_add(1, Ordering::SeqCst);
            false
        });
        let approver = changing.deny("never");
        let called = match call {
            0 => called(approver, pays(cents.clone())).await,
            1 => called(approver, pays_field(cents.clone())).await,
            2 => called(approver, named(cents.clone())).await,
            _ => called(approver, resource(cents.clone())).await,
        };
        assert!(matches!(called.value, Err(Error::IntentChanged { .. })), "{call}");
        assert_eq!(called.events.last().unwrap(), "aborted", "{call}");
    }
    assert_eq!(CHANGED.load(Ordering::SeqCst), 0);
}
