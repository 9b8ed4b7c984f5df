use guardrail::requires_approval;

#[derive(serde::Serialize)]
struct Order {
    id: String,
}

#[requires_approval(policy = "refunds", summary = "refund order {order.id}")]
async fn refund(order: &Order) -> Result<(), guardrail::Error> {
    println!("{}", order.id);
    Ok(())
}

fn main() {}
