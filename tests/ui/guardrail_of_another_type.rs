use guardrail::requires_approval;

#[requires_approval(policy = "prod-change", guardrail = plan)]
async fn deploy(plan: &str) -> Result<usize, guardrail::Error> {
    Ok(plan.len())
}

fn main() {}
