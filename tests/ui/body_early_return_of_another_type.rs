use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> Result<usize, guardrail::Error> {
    if plan.is_empty() {
        return 0;
    }
    Ok(plan.len())
}

fn main() {}
