use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
async fn deploy(plan: &str) -> impl Iterator<Item = char> {
    plan.chars()
}

fn main() {}
