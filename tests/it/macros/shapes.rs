//! Free functions: generics, lifetimes, return types, bodies.

use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;

use guardrail::requires_approval;
use serde::Serialize;

use super::check;

type Outcome<T = ()> = Result<T, String>;

#[requires_approval(policy = "p")]
async fn generic<T: Serialize + Clone, const N: usize>(
    array: [T; N],
    rest: &[T],
    label: impl Serialize + Display,
) -> Outcome<(Vec<T>, String)>
where
    [T; N]: Serialize,
{
    let mut all = array.to_vec();
    all.extend_from_slice(rest);
    Ok((all, label.to_string()))
}

#[requires_approval(policy = "p")]
async fn lifetimes<'a, 'b: 'a>(first: &'a str, second: &'b str) -> Outcome<&'a str> {
    Ok(if first.is_empty() { second } else { first })
}

#[requires_approval(policy = "p")]
async fn mutable(mut count: u8, list: &mut Vec<u8>, mut text: String) -> Outcome<String> {
    count += 1;
    list.push(count);
    text.push('!');
    Ok(text)
}

#[requires_approval(policy = "p")]
async fn no_arguments() -> Outcome<u8> {
    Ok(7)
}

#[tokio::test]
async fn arguments_of_every_kind_are_shown_and_arrive() {
    let all = Ok((vec![1, 2, 3], "x".to_owned()));
    check(generic([1, 2], &[3], "x"), &all, r#"generic(array: [1,2], rest: [3], label: "x")"#)
        .await;
    check(lifetimes("", "b"), &Ok("b"), r#"lifetimes(first: "", second: "b")"#).await;
    let mut list = vec![1];
    let asked = r#"mutable(count: 1, list: [1], text: "x")"#;
    check(mutable(1, &mut list, "x".into()), &Ok("x!".to_owned()), asked).await;
    assert_eq!(list, [1, 2]);
    check(no_arguments(), &Ok(7), "no_arguments()").await;
}

#[requires_approval(policy = "p")]
async fn result_of_an_impl_trait(count: u8) -> Outcome<impl Iterator<Item = u8>> {
    Ok(0..count)
}

#[requires_approval(policy = "p")]
async fn boxed_value(count: u8) -> Outcome<Box<dyn Display>> {
    if count == 0 {
        return Ok(Box::new("none"));
    }
    Ok(Box::new(count))
}

#[requires_approval(policy = "p")]
async fn collected(list: Vec<u8>) -> Outcome<Vec<u16>> {
    list.iter().map(|item| Ok(u16::from(*item))).collect()
}

#[requires_approval(policy = "p")]
async fn inferred(bits: u8) -> Outcome<u64> {
    let one = 1;
    Ok(one << bits)
}

#[requires_approval(policy = "p")]
async fn questions(text: &str) -> std::io::Result<u8> {
    let number = text.parse().map_err(std::io::Error::other)?;
    Ok(number)
}

#[requires_approval(policy = "p")]
async fn diverges(count: u8) -> Outcome<u8> {
    panic!("{count}")
}

#[tokio::test]
async fn a_body_is_typed_as_if_it_were_not_guarded() {
    let numbers = super::approved(result_of_an_impl_trait(3)).await.value;
    assert_eq!(numbers.unwrap().collect::<Vec<_>>(), [0, 1, 2]);
    let shown = super::approved(boxed_value(3)).await.value;
    assert_eq!(shown.unwrap().to_string(), "3");
    check(collected(vec![1, 2]), &Ok(vec![1, 2]), "collected(list: [1,2])").await;
    check(inferred(40), &Ok(1 << 40), "inferred(bits: 40)").await;
    assert_eq!(super::approved(questions("3")).await.value.unwrap(), 3);
    let failed = super::approved(questions("x")).await;
    assert!(failed.value.is_err());
    assert_eq!(failed.events.last().unwrap(), "failed");
}

#[tokio::test]
async fn a_panic_in_a_body_goes_through() {
    let task = tokio::spawn(async { super::approved(diverges(3)).await.value });
    assert!(task.await.unwrap_err().is_panic());
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[requires_approval(policy = "p", skip(cell))]
async fn waits_with_a_cell(cell: &mut Cell<u8>, next: u8) -> Outcome {
    cell.set(next);
    tokio::task::yield_now().await;
    cell.set(next + 1);
    Ok(())
}

#[requires_approval(policy = "p", debug(count))]
async fn waits_with_an_rc(count: Rc<u8>) -> Outcome<Rc<u8>> {
    tokio::task::yield_now().await;
    Ok(count)
}

#[tokio::test]
async fn a_future_is_send_where_the_plain_one_is_and_may_be_not() {
    let mut cell = Cell::new(0);
    let asked = "waits_with_a_cell(cell: skipped, next: 4)";
    check(is_send(waits_with_a_cell(&mut cell, 4)), &Ok(()), asked).await;
    assert_eq!(cell.get(), 5);
    let asked = r#"waits_with_an_rc(count: debug "3")"#;
    check(waits_with_an_rc(Rc::new(3)), &Ok(Rc::new(3)), asked).await;
}
