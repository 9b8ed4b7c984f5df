use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> Option<usize> {
    Some(plan.len())
}

fn main() {}
