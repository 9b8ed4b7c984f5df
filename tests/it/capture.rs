//! What cannot be shown is refused before anyone is asked, within bounds of time, memory and stack.

use std::time::Duration;

use guardrail::model::Captured;
use guardrail::{AuditEvent, Error, Sequence, Verdict, requires_approval};
use rustix::time::{ClockId, clock_gettime};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use crate::support::{Body, World};

/// Asks nobody, so that only the capture can refuse.
const ALLOW: &str = r#"effect = "allow""#;

#[requires_approval(policy = "deploy", skip(body))]
async fn write<T: Serialize>(body: &Body, content: T) -> Result<u32, Error> {
    let _ = content;
    body.run().await
}

/// The call is refused, on record, and the record says what could not be shown.
async fn check<T: Serialize>(content: T, why: &str) {
    let world = World::new(ALLOW).await;
    let before = spent();
    let error = world.guardrail.scope(write(&world.body, content)).await.unwrap_err();
    let spent = spent().saturating_sub(before);
    assert!(spent < Duration::from_secs(5), "bounded: {spent:?}");
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
    assert!(error.to_string().contains(why), "{error}");
    assert!(error.to_string().len() < 2000, "bounded");
    world.check(&["requested"], 0).await;
    let records = world.log().read(Sequence::START, 10).await.unwrap();
    let record = records.last().unwrap();
    assert!(record.line().len() < 10_000, "bounded: {}", record.line().len());
    let AuditEvent::Requested(requested) = record.event() else { panic!("{record:?}") };
    assert!(matches!(&requested.verdict, Verdict::Deny { reason } if reason.contains(why)));
    let argument = requested.intent.arguments().get("content").unwrap();
    assert_eq!(argument.captured(), Captured::Unshowable);
}

/// What this thread has cost a processor so far, however busy the machine is.
fn spent() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("the handle is closed"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_fails_to_serialise() {
    check(Fails, "the handle is closed").await;
}

/// Fails in the middle of a list, behind much that went well.
struct FailsLate;

impl Serialize for FailsLate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for number in 0..1000 {
            list.serialize_element(&number)?;
        }
        list.serialize_element(&Fails)?;
        list.end()
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_fails_late() {
    check(FailsLate, "the handle is closed").await;
}

#[tokio::test(start_paused = true)]
async fn an_argument_of_ten_megabytes() {
    check("x".repeat(10 * 1024 * 1024), "bytes").await;
    check(vec![7u8; 10 * 1024 * 1024], "").await;
}

/// A list in a list in a list.
struct Deep(u32);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(1))?;
        if self.0 > 0 {
            list.serialize_element(&Self(self.0 - 1))?;
        }
        list.end()
    }
}

#[tokio::test(start_paused = true)]
async fn a_depth_of_twenty_thousand() {
    check(Deep(20_000), "deep").await;
}

/// A list that never ends.
struct Endless;

impl Serialize for Endless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        loop {
            list.serialize_element("and on")?;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_without_end() {
    check(Endless, "").await;
}

#[tokio::test(start_paused = true)]
async fn a_value_that_panics() {
    struct Panics;
    impl Serialize for Panics {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("the value is cursed")
        }
    }
    let world = World::new(ALLOW).await;
    let inside = world.clone();
    let call =
        tokio::spawn(async move { inside.guardrail.scope(write(&inside.body, Panics)).await });
    assert!(call.await.unwrap_err().is_panic());
    world.check(&[], 0).await;
}

/// Can be shown once.
struct PanicsLater(std::sync::atomic::AtomicBool);

impl Serialize for PanicsLater {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen = self.0.swap(true, std::sync::atomic::Ordering::SeqCst);
        assert!(!seen, "the value is cursed");
        serializer.serialize_unit()
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_panics_when_it_is_looked_at_again() {
    let world = World::new(ALLOW).await;
    let inside = world.clone();
    let call = tokio::spawn(async move {
        inside.guardrail.scope(write(&inside.body, PanicsLater(false.into()))).await
    });
    assert!(call.await.unwrap_err().is_panic());
    world.until("aborted").await;
    world.check(&["requested", "started", "aborted"], 0).await;
}
