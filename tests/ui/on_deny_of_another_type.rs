use guardrail::requires_approval;

#[requires_approval(policy = "prod-change", on_deny = refused)]
async fn deploy(plan: &str) -> Option<usize> {
    Some(plan.len())
}

fn refused(_: guardrail::Error) -> usize {
    0
}

fn main() {}
