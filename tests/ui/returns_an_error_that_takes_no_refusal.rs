use guardrail::requires_approval;

struct DeployError;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> Result<usize, DeployError> {
    Ok(plan.len())
}

fn main() {}
