use guardrail::requires_approval;

#[requires_approval(policy = "prod change")]
async fn deploy(plan: &str, token: &str) -> Result<(), guardrail::Error> {
    println!("{plan} {token}");
    Ok(())
}

fn main() {}
