//! What the arguments of the attribute put into the intent.

use guardrail::{Arguments, Guardrail, MockApprover, requires_approval};
use serde::Serialize;

use super::{approved, called, check};

type Outcome<T = ()> = Result<T, String>;

#[derive(Debug, Clone, Serialize)]
struct Order {
    id: u32,
}

#[requires_approval(
    policy = "refunds",
    name = "shop:refund",
    summary = "refund {cents:>width$} to {order:?}, {{sic}}",
    resource = "order/{cents}",
    reason = why,
    preview = ledger,
    key = "{cents}-{why}",
    skip(client),
    fields(account = order.id + 1, cents = cents.abs(), pin = "1234"),
    debug(order),
    redact(token, pin)
)]
async fn refund(
    client: &dyn Fn() -> u8,
    order: Order,
    cents: i64,
    token: &str,
    why: &str,
    width: usize,
) -> Outcome<u8> {
    let _ = (order, cents, token, why, width);
    Ok(client())
}

async fn ledger(arguments: Arguments) -> Result<String, std::io::Error> {
    let cents: i64 = arguments.read("cents").map_err(std::io::Error::other)?;
    Ok(format!("- {cents}"))
}

#[tokio::test]
async fn everything_the_attribute_says_is_in_the_intent() {
    let called = approved(refund(&|| 7, Order { id: 3 }, -12, "s3cr3t", "broken", 4)).await;
    assert_eq!(called.value, Ok(7));
    let asked = "shop:refund(client: skipped, order: debug \"Order { id: 3 }\", token: redacted, \
                 why: \"broken\", width: 4, account: 4, cents: 12, pin: redacted)";
    assert_eq!(called.asked(), asked);
    let intent = called.intent();
    assert_eq!(intent.policy().as_str(), "refunds");
    assert_eq!(intent.summary(), Some("refund  -12 to Order { id: 3 }, {sic}"));
    assert_eq!(intent.resource(), Some("order/-12"));
    assert_eq!(intent.reason(), Some("broken"));
    assert_eq!(intent.key(), Some("-12-broken"));
    assert_eq!(intent.preview().unwrap().text(), "- 12");
}

#[requires_approval(policy = "p", skip_all, debug(order), fields(size = list.len()))]
async fn skips_all(order: Order, list: &[u8], rest: u8) -> Outcome {
    let _ = (order, list, rest);
    Ok(())
}

#[tokio::test]
async fn skip_all_leaves_what_is_named_elsewhere() {
    let asked =
        "skips_all(order: debug \"Order { id: 1 }\", list: skipped, rest: skipped, size: 2)";
    check(skips_all(Order { id: 1 }, &[1, 2], 3), &Ok(()), asked).await;
}

const ACTION: &str = "named-by-a-const";

#[requires_approval(policy = "p", name = ACTION, resource = format!("db/{x}"), key = x)]
async fn expressions(x: u8) -> Outcome {
    let _ = x;
    Ok(())
}

#[tokio::test]
async fn expressions_may_stand_where_literals_do() {
    let called = approved(expressions(3)).await;
    assert_eq!(called.asked(), "named-by-a-const(x: 3)");
    assert_eq!(called.intent().resource(), Some("db/3"));
    assert_eq!(called.intent().key(), Some("3"));
}

struct Tool {
    guardrail: Guardrail,
}

impl Tool {
    #[requires_approval(policy = "p", guardrail = self.guardrail)]
    async fn act(&self) -> Outcome {
        Ok(())
    }
}

#[tokio::test]
async fn a_guardrail_given_by_name_wins_over_the_one_in_scope() {
    let (own, scoped) = (MockApprover::approving(), MockApprover::denying("no"));
    let tool = Tool { guardrail: Guardrail::for_tests(own.clone()) };
    assert_eq!(called(scoped.clone(), tool.act()).await.value, Ok(()));
    assert_eq!((own.requests().len(), scoped.requests().len()), (1, 0));
}

struct Broken;

impl Serialize for Broken {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("broken inside"))
    }
}

#[requires_approval(policy = "p")]
async fn unshowable(broken: Broken) -> Outcome {
    let _ = broken;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_before_anyone_is_asked() {
    let approver = MockApprover::approving();
    let called = called(approver.clone(), unshowable(Broken)).await;
    assert!(called.value.unwrap_err().contains("broken inside"));
    assert_eq!(approver.requests().len(), 0);
    assert_eq!(called.events, ["requested"]);
}
