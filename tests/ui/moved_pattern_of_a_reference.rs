use guardrail::requires_approval;

struct Tool;

#[async_trait::async_trait]
trait Act {
    async fn act(&self, pair: (u8, &'static u8)) -> Result<u8, guardrail::Error>;
}

#[async_trait::async_trait]
impl Act for Tool {
    #[requires_approval(policy = "prod-change")]
    async fn act(&self, (a, &b): (u8, &'static u8)) -> Result<u8, guardrail::Error> {
        Ok(a + b)
    }
}

fn main() {}
