use guardrail::requires_approval;

trait Act {
    #[requires_approval(policy = "prod-change")]
    async fn act(&self, plan: &str) -> Result<(), guardrail::Error>;
}

fn main() {}
