use guardrail::requires_approval;

macro_rules! pair {
    ($a:ident) => {
        ($a, _)
    };
}

#[requires_approval(policy = "prod-change")]
async fn deploy(pair!(plan): (String, u8)) -> Result<usize, guardrail::Error> {
    Ok(plan.len())
}

fn main() {}
