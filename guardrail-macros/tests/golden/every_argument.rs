#[requires_approval(
    policy = "refunds",
    name = "shop:refund",
    summary = "refund {cents} to {order:?}",
    resource = "order/{order}",
    reason = why,
    preview = preview::ledger,
    key = "{order}-{cents}",
    skip(client),
    fields(account = self.account.id, cents = cents.abs(), pin = self.pin),
    debug(order),
    redact(token, pin),
    err = RefundError::Refused,
    guardrail = self.guardrail,
    crate = shop::guardrail,
)]
async fn refund(&self, client: &Client, order: Order, cents: i64, token: Token, why: &str) -> Result<(), RefundError> {
    client.pay(order, cents).await
}
