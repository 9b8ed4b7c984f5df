use guardrail::requires_approval;

#[tokio::test]
#[requires_approval(policy = "prod-change")]
async fn test() -> Result<(), guardrail::Error> {
    Ok(())
}

fn main() {}
