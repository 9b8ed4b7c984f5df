use guardrail::requires_approval;

#[requires_approval(polcy = "prod-change", skip(plan), summary = 3, editable(_plan))]
const fn deploy(_plan: &str) {}

fn main() {}
