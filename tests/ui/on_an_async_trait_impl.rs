use guardrail::requires_approval;

#[async_trait::async_trait]
trait Act {
    async fn act(&self) -> Result<(), guardrail::Error>;
}

struct Deploy;

#[requires_approval(policy = "prod-change")]
#[async_trait::async_trait]
impl Act for Deploy {
    async fn act(&self) -> Result<(), guardrail::Error> {
        Ok(())
    }
}

fn main() {}
