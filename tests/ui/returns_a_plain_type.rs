use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> usize {
    plan.len()
}

fn main() {}
