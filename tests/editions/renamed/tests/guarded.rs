//! A crate that calls the facade `approvals`: `crate = path` tells the attribute.

use approvals::requires_approval;
use approvals::{Guardrail, MockApprover};

#[requires_approval(policy = "p", summary = "keep {what}", crate = ::approvals)]
async fn keep(what: String) -> Result<String, approvals::Error> {
    Ok(what)
}

#[tokio::test]
async fn a_guarded_function_asks_and_runs() {
    let approver = MockApprover::approving();
    let guardrail = Guardrail::for_tests(approver.clone());
    assert_eq!(guardrail.scope(keep("it".into())).await.ok().as_deref(), Some("it"));
    assert_eq!(approver.requests().len(), 1);
}
