use guardrail::requires_approval;

#[requires_approval(policy = "prod-change")]
fn deploy(plan: &str) -> impl Future<Output = Result<usize, guardrail::Error>> + 'static {
    let size = plan.len();
    async move { Ok(size) }
}

fn main() {}
