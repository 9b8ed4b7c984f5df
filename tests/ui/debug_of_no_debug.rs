use guardrail::requires_approval;

struct Client;

#[requires_approval(policy = "prod-change", debug(client))]
async fn deploy(client: &Client) -> Result<(), guardrail::Error> {
    let Client = client;
    Ok(())
}

fn main() {}
