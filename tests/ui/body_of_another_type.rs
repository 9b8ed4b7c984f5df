use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> Result<usize, guardrail::Error> {
    let size = plan.len();
    Ok(format!("{size}"))
}

fn main() {}
