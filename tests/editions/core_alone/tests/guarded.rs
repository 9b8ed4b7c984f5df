//! A crate that uses the core and the attribute without the facade, and says so in an option.

use guardrail_core::gate::Guardrail;
use guardrail_core::testing::MockApprover;
use guardrail_macros::requires_approval;

#[requires_approval(policy = "p", crate = guardrail_core, on_deny = nothing)]
async fn keep(what: String) -> Option<String> {
    Some(what)
}

fn nothing(_: guardrail_core::gate::Error) -> Option<String> {
    None
}

#[tokio::test]
async fn a_guarded_function_asks_and_runs() {
    let guardrail = Guardrail::for_tests(MockApprover::approving());
    assert_eq!(guardrail.scope(keep("it".into())).await.as_deref(), Some("it"));
    let guardrail = Guardrail::for_tests(MockApprover::denying("no"));
    assert_eq!(guardrail.scope(keep("it".into())).await, None);
}
