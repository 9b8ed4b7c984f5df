//! A crate without a prelude, with modules that have the names of crates, and a greedy trait.
#![no_implicit_prelude]
#![expect(clippy::panic, reason = "tests may fail loudly")]

use ::guardrail::{Guardrail, MockApprover, requires_approval};
use ::std::option::Option::Some;
use ::std::result::Result::Ok;
use ::std::{assert_eq, panic};
use ::tokio::runtime::Builder;

mod core {}
mod std {}
mod guardrail {}

/// Has methods of the names that expanded code calls, for every type.
#[expect(dead_code, reason = "they only must not be in the way")]
trait Greedy {
    fn check(&self) {}
    fn guarded(&self) {}
    fn succeeded(&self) {}
}

impl<T> Greedy for T {}

type Outcome<T> = ::std::result::Result<T, ::std::string::String>;

#[requires_approval(policy = "p", summary = "keep {what}", fields(next = what + 1), key = what)]
async fn keep(what: u8) -> Outcome<u8> {
    ::std::result::Result::Ok(what)
}

#[requires_approval(policy = "p")]
fn boxed(
    what: u8,
) -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = Outcome<u8>>>> {
    ::std::boxed::Box::pin(async move { ::std::result::Result::Ok(what) })
}

#[requires_approval(policy = "p")]
fn opaque(what: u8) -> impl ::std::future::Future<Output = Outcome<u8>> {
    async move { ::std::result::Result::Ok(what) }
}

#[requires_approval(policy = "p", on_deny = nothing)]
async fn option(what: u8) -> ::std::option::Option<u8> {
    ::std::option::Option::Some(what)
}

fn nothing(_: ::guardrail::Error) -> ::std::option::Option<u8> {
    ::std::option::Option::None
}

#[test]
fn guarded_functions_ask_and_run() {
    let runtime = Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { panic!("no runtime") };
    runtime.block_on(async {
        let guardrail = Guardrail::for_tests(MockApprover::approving());
        assert_eq!(guardrail.scope(keep(1)).await, Ok(1));
        assert_eq!(guardrail.scope(boxed(1)).await, Ok(1));
        assert_eq!(guardrail.scope(opaque(1)).await, Ok(1));
        assert_eq!(guardrail.scope(option(1)).await, Some(1));
    });
}
