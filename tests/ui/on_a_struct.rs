use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
struct Deploy {
    plan: String,
}

fn main() {}
