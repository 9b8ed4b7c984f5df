use guardrail::requires_approval;

enum DeployError {
    Refused(String),
}

#[requires_approval(policy = "prod-change", err = DeployError::Refused)]
async fn deploy(plan: &str) -> Result<usize, DeployError> {
    Ok(plan.len())
}

fn main() {}
