use guardrail::requires_approval;

struct Deploy;

#[requires_approval(policy = "prod-change")]
impl Deploy {
    async fn deploy(&self) -> Result<(), guardrail::Error> {
        Ok(())
    }
}

fn main() {}
