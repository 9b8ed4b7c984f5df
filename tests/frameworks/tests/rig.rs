//! `#[requires_approval]` above and below `#[rig_tool]`: the gate holds, and the model reads why.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what must not happen")]

use std::sync::atomic::{AtomicUsize, Ordering};

use guardrail::{Error, Guardrail, MockApprover, requires_approval};
use rig_core::rig_tool;
use rig_core::tool::{ErasedTool, ToolContext, ToolErrorKind, ToolExecutionError, ToolResult};

static RAN_ABOVE: AtomicUsize = AtomicUsize::new(0);
static RAN_BELOW: AtomicUsize = AtomicUsize::new(0);

/// The gate is the outer attribute.
#[requires_approval(policy = "deploy")]
#[rig_tool(description = "Deploys a plan")]
async fn deploy_above(plan: String, replicas: u32) -> Result<String, ToolExecutionError> {
    RAN_ABOVE.fetch_add(1, Ordering::SeqCst);
    Ok(format!("{plan} runs {replicas} times"))
}

/// The gate is the inner attribute.
#[rig_tool(description = "Deploys a plan")]
#[requires_approval(policy = "deploy")]
async fn deploy_below(plan: String, replicas: u32) -> Result<String, ToolExecutionError> {
    RAN_BELOW.fetch_add(1, Ordering::SeqCst);
    Ok(format!("{plan} runs {replicas} times"))
}

/// Its error is the refusal itself.
#[rig_tool(description = "Deploys a plan")]
#[requires_approval(policy = "deploy")]
async fn deploy_typed(plan: String) -> Result<String, Error> {
    Ok(plan)
}

const ARGS: &str = r#"{"plan":"7f3a","replicas":9}"#;

/// What the model reads of one call, as an agent makes it.
async fn call(tool: &dyn ErasedTool, approver: &MockApprover) -> ToolResult {
    let guardrail = Guardrail::for_tests(approver.clone());
    let mut context = ToolContext::new();
    guardrail.scope(tool.execute(ARGS.to_owned(), &mut context)).await
}

async fn an_approved_call_runs(tool: &dyn ErasedTool, ran: &AtomicUsize) {
    let approver = MockApprover::approving();
    let before = ran.load(Ordering::SeqCst);
    let result = call(tool, &approver).await;
    assert_eq!(result.output().as_text(), Some("7f3a runs 9 times"));
    assert_eq!(ran.load(Ordering::SeqCst), before + 1);
    let requests = approver.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    let arguments = request.intent().arguments();
    assert_eq!(arguments.read::<String>("plan").unwrap(), "7f3a");
    assert_eq!(arguments.read::<u32>("replicas").unwrap(), 9);
}

async fn a_denied_call_says_why(tool: &dyn ErasedTool, ran: &AtomicUsize) {
    let approver = MockApprover::denying("not on a friday");
    let before = ran.load(Ordering::SeqCst);
    let result = call(tool, &approver).await;
    assert_eq!(ran.load(Ordering::SeqCst), before);
    let read = result.output().as_text().unwrap();
    assert!(
        read.starts_with("denied by mock: not on a friday. The action was not performed."),
        "{read}"
    );
    let error = result.refusal().unwrap();
    assert_eq!(error.kind(), ToolErrorKind::PermissionDenied);
    assert!(matches!(error.downcast_ref(), Some(Error::Denied { .. })));
}

#[tokio::test]
async fn above_the_tool_attribute() {
    an_approved_call_runs(&DeployAbove, &RAN_ABOVE).await;
    a_denied_call_says_why(&DeployAbove, &RAN_ABOVE).await;
}

#[tokio::test]
async fn below_the_tool_attribute() {
    an_approved_call_runs(&DeployBelow, &RAN_BELOW).await;
    a_denied_call_says_why(&DeployBelow, &RAN_BELOW).await;
}

#[tokio::test]
async fn what_runs_again_or_may_have_run_is_no_refusal() {
    let late: ToolExecutionError = Error::NoGuardrail.into();
    assert!(!late.is_refusal());
    assert_eq!(late.kind(), ToolErrorKind::Other);
    assert_eq!(late.retryable(), Some(false));
    assert_eq!(late.model_feedback(), Some(&*Error::NoGuardrail.to_string()));
}

/// rig hides the text of errors it does not know; so a tool should return rig's own.
#[tokio::test]
async fn an_error_of_ours_refuses_without_its_text() {
    let result = call(&DeployTyped, &MockApprover::denying("not on a friday")).await;
    assert!(result.error().unwrap().is::<Error>());
    assert_eq!(result.output().as_text(), Some("the tool failed"));
}
