use guardrail::requires_approval;

struct Client;

#[requires_approval(policy = "prod-change")]
async fn deploy(client: &Client, plan: &str) -> Result<usize, guardrail::Error> {
    let Client = client;
    Ok(plan.len())
}

fn main() {}
