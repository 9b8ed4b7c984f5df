use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
fn deploy(plan: &str) -> Result<(), guardrail::Error> {
    println!("{plan}");
    Ok(())
}

fn main() {}
