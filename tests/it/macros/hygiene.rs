//! Names of the user's and names of the expansion do not meet; macros may write guarded functions.

use guardrail::requires_approval;

use super::check;

type Outcome<T> = Result<T, String>;

/// Methods of these names for every type, by reference: none may catch a call of the expansion.
trait Everywhere {
    fn check(&self) -> u8 {
        1
    }
    fn guarded(&self) -> u8 {
        2
    }
    fn succeeded(&self) -> u8 {
        3
    }
}

impl<T> Everywhere for T {}

#[expect(non_upper_case_globals, reason = "a pattern of this name would mean the static")]
static out: u8 = 1;

#[requires_approval(policy = "p")]
async fn same_names(call: u8, seal: u8, error: u8, body: u8, private: u8) -> Outcome<u8> {
    #[derive(Debug, PartialEq)]
    enum Result {
        Err,
    }
    struct Body(Result);
    mod guardrail {
        pub(super) const ONE: u8 = 1;
    }
    let own = Body(Result::Err);
    assert_eq!(own.0, Result::Err);
    Ok(call
        + seal
        + error
        + body
        + private
        + out
        + guardrail::ONE
        + 0.check()
        + 0.guarded()
        + 0.succeeded())
}

#[tokio::test]
async fn names_of_the_expansion_do_not_meet_those_of_the_user() {
    let asked = "same_names(call: 1, seal: 2, error: 3, body: 4, private: 5)";
    check(same_names(1, 2, 3, 4, 5), &Ok(23), asked).await;
}

macro_rules! guarded {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block) => {
        $(#[$meta])*
        #[requires_approval(policy = "p")]
        $vis async fn $name($($arg: $ty),*) -> $out $body
    };
}

guarded! {
    /// Made.
    pub(super) fn made(x: u8, y: &str) -> Outcome<usize> { Ok(usize::from(x) + y.len()) }
}

macro_rules! parts {
    ($name:ident, $policy:literal, $summary:literal, $x:ident: $ty:ty, $value:expr) => {
        #[requires_approval(policy = $policy, summary = $summary, fields(next = $value), key = $x)]
        async fn $name($x: $ty) -> Outcome<$ty> {
            Ok($value)
        }
    };
}

parts!(of_parts, "p", "next to {x}", x: u8, x + 1);

macro_rules! own_names {
    ($($statement:tt)*) => {
        #[requires_approval(policy = "p", redact(token), skip(count))]
        async fn own_names(token: &str, count: u8) -> Outcome<usize> {
            $($statement)*
            Ok(token.len() + usize::from(count))
        }
    };
}

own_names!(let _token = 3;);

#[tokio::test]
async fn macros_write_guarded_functions() {
    check(made(1, "ab"), &Ok(3), r#"made(x: 1, y: "ab")"#).await;
    let called = super::approved(of_parts(1)).await;
    assert_eq!(called.asked(), "of_parts(x: 1, next: 2)");
    assert_eq!(called.intent().summary(), Some("next to 1"));
    assert_eq!(called.intent().key(), Some("1"));
    check(own_names("ab", 1), &Ok(3), "own_names(token: redacted, count: skipped)").await;
}

#[deny(unused_variables)]
#[requires_approval(policy = "p")]
async fn lints_of_the_body(x: u8) -> Outcome<u8> {
    #![expect(unused_variables, reason = "this is what is tried")]
    let unused = 1;
    Ok(x)
}

#[deny(unused_braces)]
#[requires_approval(policy = "p")]
async fn one_expression(x: u8) -> Outcome<u8> {
    Ok(x)
}

#[tokio::test]
async fn attributes_at_the_top_of_a_body_are_for_all_of_it() {
    check(lints_of_the_body(1), &Ok(1), "lints_of_the_body(x: 1)").await;
    check(one_expression(1), &Ok(1), "one_expression(x: 1)").await;
}
