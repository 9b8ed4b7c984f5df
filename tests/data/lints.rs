//! One function of each shape: `cargo xtask test lints` runs every clippy lint on it, with the attribute and without.
#![expect(dead_code)]
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[derive(Debug)]
struct Error;
impl From<guardrail::Error> for Error {
    fn from(_: guardrail::Error) -> Self {
        Self
    }
}
impl Error {
    fn refused(error: guardrail::Error) -> Self {
        Self::from(error)
    }
}

type Outcome<T> = Result<T, Error>;
#[derive(Debug, serde::Serialize)]
struct Order {
    id: u32,
    items: Vec<String>,
}

#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn plain(workspace: &str, plan: String, count: u32) -> Outcome<usize> {
    let total = workspace.len() + plan.len();
    tick().await;
    Ok(total + count as usize)
}
async fn tick() {}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn one_expression(count: u32) -> Outcome<u32> {
    Ok(count)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn unused_parameter(count: u32) -> Outcome<u32> {
    Ok(1)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn underscore(_count: u32, mut unused_mut: u32) -> Outcome<u32> {
    Ok(unused_mut)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn underscore_used(_count: u32) -> Outcome<u32> {
    Ok(_count)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn reborrow(items: &mut Vec<String>, order: &Order) -> Outcome<()> {
    items.push(order.items[0].clone());
    return Ok(());
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn destructured(Order { id, items: list }: Order, (a, _): (u8, u8)) -> Outcome<u32> {
    Ok(id + list.len() as u32 + u32::from(a))
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn question(text: &str) -> Outcome<u32> {
    let n: u32 = text.parse().map_err(|_| Error)?;
    Ok(n)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn diverges(count: u32) -> Outcome<u32> {
    panic!("{count}")
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn generic<T: serde::Serialize + Clone, const N: usize>(
    array: [T; N],
    show: impl Display + serde::Serialize,
) -> Outcome<String>
where
    [T; N]: serde::Serialize,
{
    let n = array.len();
    Ok(format!("{} {}", n, show))
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
fn boxed<'a>(list: &'a mut Vec<u8>) -> Pin<Box<dyn Future<Output = Outcome<usize>> + Send + 'a>> {
    list.push(1);
    Box::pin(async move { Ok(list.len()) })
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
fn opaque(list: Vec<u8>) -> impl Future<Output = Outcome<usize>> + Send {
    async move { Ok(list.len()) }
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p", on_deny = refused))]
async fn option(count: u32) -> Option<u32> {
    Some(count)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p", on_deny = refused, skip(client)))]
async fn option_of_an_iterator(client: &(), mut count: u32) -> Option<impl Iterator<Item = u32>> {
    count += 1;
    Some(0..count)
}
/// # Safety
/// `pointer` points to a number.
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p", skip(pointer)))]
async unsafe fn unsafe_function(pointer: *const u32) -> Outcome<u32> {
    // SAFETY: the caller says so.
    Ok(unsafe { *pointer })
}
fn refused<T, E>(_: E) -> Option<T> {
    None
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p", err = Error::refused, fields(size = count), summary = "x {count}"))]
async fn mapped(count: u32) -> Outcome<u32> {
    Ok(count)
}
struct Account {
    id: u32,
}
impl Account {
    #[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p", fields(id = self.id)))]
    pub async fn close(&self, reason: &str) -> Outcome<u32> {
        drop(reason);
        Ok(self.id)
    }
    #[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
    pub async fn rename(&mut self, id: u32) -> Outcome<&Self> {
        self.id = id;
        Ok(self)
    }
    #[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
    pub async fn shared(self: Arc<Self>, id: u32) -> Outcome<Self> {
        Ok(Self { id: self.id + id })
    }
}
#[async_trait::async_trait]
trait Act {
    async fn act(&self, order: Order, pair: (u8, u8)) -> Outcome<u8>;
}
#[async_trait::async_trait]
impl Act for Account {
    #[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
    async fn act(&self, Order { id, .. }: Order, (a, b): (u8, u8)) -> Outcome<u8> {
        Ok(a + b + id as u8)
    }
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn many_lints(list: Vec<u32>) -> Outcome<u32> {
    let first = list[0];
    println!("{first}");
    dbg!(first);
    if first == 3 {
        panic!("no");
    }
    if first == 4 {
        todo!();
    }
    let second = list.get(1).unwrap();
    let third = Some(second).clone();
    let fourth = { third };
    unimplemented!("{:?} {}", fourth, second)
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn braces(first: u32) -> Outcome<u32> {
    Ok({ first })
}
const DONE: Outcome<u32> = Ok(1);
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn word(_first: u32) -> Outcome<u32> {
    DONE
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn panics2(_first: u32) -> Outcome<u32> {
    let x = 1;
    panic!("{x}")
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn panics3(_first: u32) -> Outcome<u32> {
    panic!("x")
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn panics4(_first: u32) -> Outcome<u32> {
    panic!("x");
}
#[cfg_attr(feature = "guarded", guardrail::requires_approval(policy = "p"))]
async fn panics5(_first: u32) -> Outcome<u32> {
    todo!("x")
}
