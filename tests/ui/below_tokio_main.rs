use guardrail::requires_approval;

#[tokio::main]
#[requires_approval(policy = "prod-change")]
async fn main() -> Result<(), guardrail::Error> {
    Ok(())
}
