use guardrail::requires_approval;

struct Tool;

impl Tool {
    #[requires_approval(policy = "prod-change")]
    async fn run(&self) -> Result<(), guardrail::Error> {
        Ok(())
    }
}

fn main() {}
