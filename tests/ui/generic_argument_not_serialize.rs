use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy<T: Send>(plan: T) -> Result<T, guardrail::Error> {
    Ok(plan)
}

fn main() {}
