use guardrail::requires_approval;

#[requires_approval(policy = "prod-change", preview = show)]
async fn deploy(plan: &str) -> Result<usize, guardrail::Error> {
    Ok(plan.len())
}

fn show(_: guardrail::Arguments) -> String {
    String::new()
}

fn main() {}
