//! Other attributes above and below.

use std::future::Future;

use async_trait::async_trait;
use guardrail::requires_approval;
use serde::Serialize;

use super::{approved, check, denied};

type Outcome<T> = Result<T, String>;

#[derive(Serialize)]
struct Pair {
    a: u8,
    b: String,
}

struct Tool(u8);

#[async_trait]
trait Act: Send + Sync {
    type Error;

    async fn plain(&self, count: u8, text: &str) -> Outcome<String>;
    async fn taken_apart(&self, pair: Pair, both: (u8, u8), _: u8) -> Outcome<String>;
    async fn own_error(self: Box<Self>, by: u8) -> Result<u8, Self::Error>;
    async fn generic<T: Serialize + Send + Sync>(&mut self, value: T) -> Outcome<T>
    where
        Self: Sized;

    #[requires_approval(policy = "p")]
    async fn provided(&self, mut count: u8) -> Outcome<u8> {
        count += 1;
        Ok(count)
    }
}

#[async_trait]
impl Act for Tool {
    type Error = std::io::Error;

    #[requires_approval(policy = "p", summary = "{text} {count}", fields(id = self.0))]
    async fn plain(&self, mut count: u8, text: &str) -> Outcome<String> {
        count += self.0;
        Ok(format!("{text}{count}"))
    }

    #[requires_approval(policy = "p", summary = "pair of {a}", redact(b), key = y + 1, skip(x))]
    async fn taken_apart(
        &self,
        Pair { a, mut b }: Pair,
        (x, y): (u8, u8),
        _: u8,
    ) -> Outcome<String> {
        b.push('!');
        Ok(format!("{a}{b}{x}{y}"))
    }

    #[requires_approval(policy = "p")]
    async fn own_error(self: Box<Self>, by: u8) -> Result<u8, Self::Error> {
        Ok(self.0 + by)
    }

    #[requires_approval(policy = "p")]
    async fn generic<T: Serialize + Send + Sync>(&mut self, value: T) -> Outcome<T> {
        self.0 += 1;
        Ok(value)
    }
}

#[tokio::test]
async fn methods_below_async_trait_show_the_names_the_user_gave() {
    let tool = Tool(1);
    let called = approved(tool.plain(2, "t")).await;
    assert_eq!(called.asked(), r#"plain(self: skipped, count: 2, text: "t", id: 1)"#);
    assert_eq!(called.intent().summary(), Some("t 2"));
    assert_eq!(called.value, Ok("t3".to_owned()));
    let called = approved(tool.taken_apart(Pair { a: 1, b: "b".into() }, (2, 3), 4)).await;
    assert_eq!(called.asked(), "taken_apart(self: skipped, a: 1, b: redacted, x: skipped, y: 3)");
    assert_eq!(called.intent().summary(), Some("pair of 1"));
    assert_eq!(called.intent().key(), Some("4"));
    assert_eq!(called.value, Ok("1b!23".to_owned()));
    let called = approved(Box::new(Tool(1)).own_error(2)).await;
    assert_eq!(called.value.unwrap(), 3);
    check(Tool(1).generic(5), &Ok(5), "generic(self: skipped, value: 5)").await;
    check(tool.provided(5), &Ok(6), "provided(self: skipped, count: 5)").await;
}

#[tokio::test]
async fn a_refusal_becomes_the_error_of_the_trait() {
    let error = denied(Box::new(Tool(1)).own_error(2)).await.value.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
}

#[requires_approval(policy = "p")]
#[tracing::instrument(skip_all, err)]
async fn gate_in_the_span(x: u8) -> Outcome<u8> {
    Ok(x)
}

#[tracing::instrument(ret)]
#[requires_approval(policy = "p")]
async fn gate_around_the_span(x: u8) -> Outcome<u8> {
    Ok(x)
}

#[requires_approval(policy = "p")]
#[tracing::instrument]
fn future_in_the_span(x: u8) -> std::pin::Pin<Box<dyn Future<Output = Outcome<u8>> + Send>> {
    Box::pin(async move { Ok(x) })
}

#[tokio::test]
async fn instrument_stands_above_or_below() {
    check(gate_in_the_span(1), &Ok(1), "gate_in_the_span(x: 1)").await;
    check(gate_around_the_span(1), &Ok(1), "gate_around_the_span(x: 1)").await;
    check(future_in_the_span(1), &Ok(1), "future_in_the_span(x: 1)").await;
}

/// Documented, deprecated, and still guarded.
#[must_use = "it says what became of it"]
#[inline]
#[requires_approval(policy = "p")]
#[cfg_attr(all(), doc = "More.")]
async fn decorated(x: u8) -> Outcome<u8> {
    Ok(x)
}

#[tokio::test]
async fn plain_attributes_stay() {
    check(decorated(1), &Ok(1), "decorated(x: 1)").await;
}

#[requires_approval(policy = "p")]
#[tokio::main(flavor = "current_thread")]
async fn synchronous_outside(x: u8) -> Outcome<u8> {
    Ok(x)
}

#[test]
fn above_tokio_main_the_guard_is_inside() {
    // Nothing is installed here, so a guarded call is refused.
    assert!(synchronous_outside(1).unwrap_err().contains("no guardrail is installed"));
}
