use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn déployer() -> Result<(), guardrail::Error> {
    Ok(())
}

fn main() {}
