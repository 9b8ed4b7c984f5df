//! Parameters that are patterns: each name they bind is an argument.

use guardrail::requires_approval;
use serde::Serialize;

use super::check;

#[derive(Serialize)]
struct Point {
    x: u8,
    y: u8,
    label: &'static str,
}

#[derive(Serialize, Clone, Copy)]
struct Wrapper(u8);

#[expect(dead_code, reason = "one of them is made")]
enum Either {
    Left(u8),
    Right(u8),
}

type Outcome<T> = Result<T, String>;

#[requires_approval(policy = "p", skip(label), summary = "{x} {renamed}")]
async fn structs(Point { x, y: renamed, label }: Point) -> Outcome<u8> {
    let _ = label;
    Ok(x + renamed)
}

#[requires_approval(policy = "p")]
async fn tuples(
    &(ref first, mut second): &(String, u8),
    (a, (_, b)): (u8, (u8, u8)),
) -> Outcome<u8> {
    second += a + b;
    Ok(second + u8::try_from(first.len()).unwrap())
}

#[requires_approval(policy = "p")]
async fn bound_whole(whole @ Wrapper(inner): Wrapper, [first, .., last]: [u8; 4]) -> Outcome<u8> {
    Ok(whole.0 + inner + first + last)
}

#[requires_approval(policy = "p")]
async fn alternatives((Either::Left(either) | Either::Right(either)): Either) -> Outcome<u8> {
    Ok(either)
}

#[requires_approval(policy = "p")]
async fn names(r#type: u8, _unused: u8, _: Point, größe: u8) -> Outcome<u8> {
    Ok(r#type + größe)
}

#[requires_approval(policy = "p")]
async fn conditional(
    always: u8,
    #[cfg(test)] here: u8,
    #[cfg(not(test))] elsewhere: u8,
) -> Outcome<u8> {
    #[cfg(not(test))]
    let here = elsewhere;
    Ok(always + here)
}

#[tokio::test]
async fn every_name_a_pattern_binds_is_an_argument() {
    let point = Point { x: 1, y: 2, label: "home" };
    check(structs(point), &Ok(3), "structs(x: 1, renamed: 2, label: skipped)").await;
    let asked = r#"tuples(first: "ab", second: 1, a: 2, b: 4)"#;
    check(tuples(&("ab".into(), 1), (2, (3, 4))), &Ok(9), asked).await;
    let asked = "bound_whole(whole: 5, inner: 5, first: 1, last: 4)";
    check(bound_whole(Wrapper(5), [1, 2, 3, 4]), &Ok(15), asked).await;
    check(alternatives(Either::Right(3)), &Ok(3), "alternatives(either: 3)").await;
}

#[tokio::test]
async fn a_name_is_shown_as_people_write_it() {
    let point = Point { x: 1, y: 2, label: "home" };
    check(names(1, 2, point, 3), &Ok(4), "names(type: 1, _unused: 2, größe: 3)").await;
}

#[tokio::test]
async fn a_parameter_that_is_not_there_is_no_argument() {
    check(conditional(1, 2), &Ok(3), "conditional(always: 1, here: 2)").await;
}
