use guardrail::requires_approval;

#[requires_approval(policy = "prod-change", fields(size = plan.len(), size = 3))]
async fn deploy(plan: &str, token: &str) -> Result<(), guardrail::Error> {
    println!("{plan} {token}");
    Ok(())
}

fn main() {}
