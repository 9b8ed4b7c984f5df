use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
const fn deploy() -> Result<(), guardrail::Error> {
    Ok(())
}

fn main() {}
