//! Functions that return a future: all of the body is guarded, what it does at once included.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};

use guardrail::requires_approval;

use super::{approved, check, denied};

type Outcome<T> = Result<T, String>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[requires_approval(policy = "p")]
fn boxed<'a>(
    list: &'a mut Vec<u8>,
    add: u8,
) -> Pin<Box<dyn Future<Output = Outcome<usize>> + Send + 'a>> {
    list.push(add);
    Box::pin(async move {
        list.push(add + 1);
        Ok(list.len())
    })
}

#[requires_approval(policy = "p")]
fn alias<'a>(text: &'a str) -> BoxFuture<'a, Outcome<usize>> {
    Box::pin(async { Ok(text.len()) })
}

#[requires_approval(policy = "p")]
fn early(count: u8) -> Pin<Box<dyn Future<Output = Outcome<u8>>>> {
    if count > 2 {
        return Box::pin(std::future::ready(Ok(2)));
    }
    Box::pin(async move { Ok(count) })
}

#[requires_approval(policy = "p")]
fn opaque(mut list: Vec<u8>) -> impl Future<Output = Outcome<Vec<u8>>> + Send + 'static {
    list.push(9);
    async move { Ok(list) }
}

struct Account(u8);

impl Account {
    #[requires_approval(policy = "p")]
    fn method(&self, by: u8) -> impl Future<Output = Outcome<u8>> + use<'_> {
        std::future::ready(Ok(self.0 + by))
    }

    #[requires_approval(policy = "p", skip(deed))]
    fn not_send<'a>(
        &'a self,
        deed: &'a dyn Fn() -> u8,
    ) -> Pin<Box<dyn Future<Output = Outcome<u8>> + 'a>> {
        let done = deed();
        Box::pin(async move { Ok(done + self.0) })
    }
}

#[tokio::test]
async fn functions_that_return_a_future_are_guarded() {
    let mut list = vec![];
    check(boxed(&mut list, 3), &Ok(2), "boxed(list: [], add: 3)").await;
    check(alias("abc"), &Ok(3), r#"alias(text: "abc")"#).await;
    check(early(1), &Ok(1), "early(count: 1)").await;
    check(early(7), &Ok(2), "early(count: 7)").await;
    check(opaque(vec![1]), &Ok(vec![1, 9]), "opaque(list: [1])").await;
    check(Account(1).method(2), &Ok(3), "method(self: skipped, by: 2)").await;
    let asked = "not_send(self: skipped, deed: skipped)";
    check(Account(1).not_send(&|| 4), &Ok(5), asked).await;
}

static BEGUN: AtomicU8 = AtomicU8::new(0);

#[requires_approval(policy = "p")]
fn acts_at_once(by: u8) -> impl Future<Output = Outcome<u8>> {
    let begun = BEGUN.fetch_add(by, Ordering::SeqCst);
    async move { Ok(begun) }
}

#[tokio::test]
async fn what_a_body_does_before_its_future_waits_for_the_approval() {
    let call = acts_at_once(1);
    assert_eq!(BEGUN.load(Ordering::SeqCst), 0, "nothing happens before the first poll");
    assert!(denied(call).await.value.unwrap_err().contains("not today"));
    assert_eq!(BEGUN.load(Ordering::SeqCst), 0, "nothing happens after a refusal");
    assert_eq!(approved(acts_at_once(1)).await.value, Ok(0));
    assert_eq!(BEGUN.load(Ordering::SeqCst), 1);
}
