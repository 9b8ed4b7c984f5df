//! Methods: every receiver, `Self`, traits.

use std::pin::Pin;
use std::sync::Arc;

use guardrail::requires_approval;
use serde::Serialize;

use super::{approved, check};

#[derive(Debug, PartialEq, Clone, Serialize)]
struct Account(u8);

type Outcome<T> = Result<T, String>;

impl Account {
    const NAME: &str = "close_account";

    #[requires_approval(policy = "p")]
    async fn by_value(self) -> Outcome<u8> {
        Ok(self.0)
    }

    #[requires_approval(policy = "p")]
    async fn by_mutable_value(mut self, by: u8) -> Outcome<u8> {
        self.0 += by;
        Ok(self.0)
    }

    #[requires_approval(policy = "p")]
    async fn by_reference(&self) -> Outcome<&u8> {
        Ok(&self.0)
    }

    #[requires_approval(policy = "p")]
    async fn by_mutable_reference(&mut self, by: u8) -> Outcome<&mut u8> {
        self.0 += by;
        Ok(&mut self.0)
    }

    #[requires_approval(policy = "p")]
    async fn by_arc(self: Arc<Self>) -> Outcome<u8> {
        Ok(self.0)
    }

    #[requires_approval(policy = "p")]
    async fn by_box(self: Box<Self>) -> Outcome<Self> {
        Ok(*self)
    }

    #[requires_approval(policy = "p")]
    async fn by_pin(mut self: Pin<&mut Self>) -> Outcome<u8> {
        self.0 += 1;
        Ok(self.0)
    }

    #[requires_approval(policy = "p")]
    async fn made_of(other: Self) -> Outcome<Self> {
        Ok(Self(other.0 + 1))
    }

    #[requires_approval(policy = "p", name = Self::NAME, debug(self), fields(id = self.0))]
    async fn close(&self) -> Outcome<()> {
        Ok(())
    }

    #[requires_approval(policy = "p", redact(self))]
    async fn hidden(&self) -> Outcome<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_receiver_works_and_is_named() {
    check(Account(1).by_value(), &Ok(1), "by_value(self: skipped)").await;
    let asked = "by_mutable_value(self: skipped, by: 2)";
    check(Account(1).by_mutable_value(2), &Ok(3), asked).await;
    check(Account(1).by_reference(), &Ok(&1), "by_reference(self: skipped)").await;
    let mut account = Account(1);
    let asked = "by_mutable_reference(self: skipped, by: 2)";
    check(account.by_mutable_reference(2), &Ok(&mut 3), asked).await;
    check(Arc::new(Account(1)).by_arc(), &Ok(1), "by_arc(self: skipped)").await;
    check(Box::new(Account(1)).by_box(), &Ok(Account(1)), "by_box(self: skipped)").await;
    check(Pin::new(&mut Account(1)).by_pin(), &Ok(2), "by_pin(self: skipped)").await;
    check(Account::made_of(Account(1)), &Ok(Account(2)), "made_of(other: 1)").await;
}

#[tokio::test]
async fn a_receiver_is_shown_where_that_is_said() {
    let asked = r#"close_account(self: debug "Account(7)", id: 7)"#;
    check(Account(7).close(), &Ok(()), asked).await;
    check(Account(7).hidden(), &Ok(()), "hidden(self: redacted)").await;
}

trait Act {
    type Out;

    async fn required(&self, by: u8) -> Outcome<Self::Out>;

    #[requires_approval(policy = "p", name = "provided", fields(of = self.of()))]
    async fn call(&self, by: u8) -> Outcome<u8> {
        Ok(by + self.of())
    }

    fn of(&self) -> u8;
}

impl Act for Account {
    type Out = u8;

    #[requires_approval(policy = "p")]
    async fn required(&self, by: u8) -> Outcome<Self::Out> {
        Ok(self.0 + by)
    }

    fn of(&self) -> u8 {
        self.0
    }
}

#[tokio::test]
async fn trait_methods_are_guarded_where_they_have_a_body() {
    check(Account(1).required(2), &Ok(3), "required(self: skipped, by: 2)").await;
    check(Account(1).call(2), &Ok(3), "provided(self: skipped, by: 2, of: 1)").await;
}

#[tokio::test]
async fn the_place_of_a_call_is_its_function() {
    let called = approved(Account(1).by_value()).await;
    let place = called.intent().place();
    assert_eq!(place.module(), module_path!());
    assert!(place.file().ends_with("methods.rs"), "{}", place.file());
    assert!(place.line() > 10 && place.line() < 40, "{}", place.line());
}
