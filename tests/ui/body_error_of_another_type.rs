use guardrail::requires_approval;

struct DeployError;

impl From<guardrail::Error> for DeployError {
    fn from(_: guardrail::Error) -> Self {
        Self
    }
}

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> Result<usize, DeployError> {
    let size: usize = plan.parse()?;
    Ok(size)
}

fn main() {}
