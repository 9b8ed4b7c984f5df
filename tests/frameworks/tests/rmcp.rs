//! `#[requires_approval]` above and below `#[rmcp::tool]`: the gate holds, and the model reads why.
//! A client calls the server as an agent does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what must not happen")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use guardrail::{Error, Guardrail, MockApprover, requires_approval};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolRequestParams, CallToolResult, ErrorCode, ErrorData};
use rmcp::{ServerHandler, ServiceExt as _, schemars, tool, tool_handler, tool_router};
use serde::{Deserialize, Serialize};

/// What each tool takes.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
struct Plan {
    plan: String,
    replicas: u32,
}

/// A server whose tools are guarded.
#[derive(Clone)]
struct Server {
    guardrail: Guardrail,
    ran: Arc<AtomicUsize>,
}

impl Server {
    fn deploy(&self, plan: &Plan) -> String {
        self.ran.fetch_add(1, Ordering::SeqCst);
        format!("{} runs {} times", plan.plan, plan.replicas)
    }
}

#[tool_router]
impl Server {
    /// The gate is the outer attribute.
    #[requires_approval(policy = "deploy", guardrail = &self.guardrail)]
    #[tool(description = "Deploys a plan")]
    async fn above(&self, Parameters(plan): Parameters<Plan>) -> Result<String, Error> {
        Ok(self.deploy(&plan))
    }

    /// The gate is the inner attribute.
    #[tool(description = "Deploys a plan")]
    #[requires_approval(policy = "deploy", guardrail = &self.guardrail)]
    async fn below(&self, Parameters(plan): Parameters<Plan>) -> Result<String, Error> {
        Ok(self.deploy(&plan))
    }

    /// Its error is one of the protocol.
    #[tool(description = "Deploys a plan")]
    #[requires_approval(policy = "deploy", guardrail = &self.guardrail)]
    async fn protocol(&self, Parameters(plan): Parameters<Plan>) -> Result<String, ErrorData> {
        Ok(self.deploy(&plan))
    }
}

#[tool_handler]
impl ServerHandler for Server {}

/// What a client gets for one call of this tool.
async fn call(
    name: &'static str,
    approver: &MockApprover,
) -> (Result<CallToolResult, String>, usize) {
    let ran = Arc::new(AtomicUsize::new(0));
    let guardrail = Guardrail::for_tests(approver.clone());
    let server = Server { guardrail, ran: Arc::clone(&ran) };
    let (ours, theirs) = tokio::io::duplex(4096);
    let serving = tokio::spawn(async move { server.serve(ours).await.unwrap().waiting().await });
    let client = ().serve(theirs).await.unwrap();
    let arguments = serde_json::json!({ "plan": "7f3a", "replicas": 9 });
    let call =
        CallToolRequestParams::new(name).with_arguments(arguments.as_object().unwrap().clone());
    let called = client.call_tool(call).await.map_err(|error| error.to_string());
    client.cancel().await.unwrap();
    let _ended = serving.await.unwrap();
    (called, ran.load(Ordering::SeqCst))
}

fn text(result: &CallToolResult) -> &str {
    &result.content.first().and_then(|content| content.as_text()).unwrap().text
}

async fn an_approved_call_runs(name: &'static str) {
    let approver = MockApprover::approving();
    let (result, ran) = call(name, &approver).await;
    let result = result.unwrap();
    assert_eq!((text(&result), ran), ("7f3a runs 9 times", 1));
    assert_ne!(result.is_error, Some(true));
    let requests = approver.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.intent().action(), name);
    let plan = request.intent().arguments().get("plan").unwrap();
    assert_eq!(plan.canonical().as_str(), r#"{"plan":"7f3a","replicas":9}"#);
}

async fn a_denied_call_says_why(name: &'static str) {
    let (result, ran) = call(name, &MockApprover::denying("not on a friday")).await;
    let result = result.unwrap();
    assert_eq!((result.is_error, ran), (Some(true), 0));
    let read = text(&result);
    assert!(
        read.starts_with("denied by mock: not on a friday. The action was not performed."),
        "{read}"
    );
}

#[tokio::test]
async fn above_the_tool_attribute() {
    an_approved_call_runs("above").await;
    a_denied_call_says_why("above").await;
}

#[tokio::test]
async fn below_the_tool_attribute() {
    an_approved_call_runs("below").await;
    a_denied_call_says_why("below").await;
}

#[tokio::test]
async fn as_an_error_of_the_protocol() {
    an_approved_call_runs("protocol").await;
    let (result, ran) = call("protocol", &MockApprover::denying("not on a friday")).await;
    let error = result.unwrap_err();
    assert!(error.contains("denied by mock: not on a friday. The action was not"), "{error}");
    assert_eq!(ran, 0);
}

#[test]
fn refusals_and_failures_have_codes_of_their_own() {
    let failed = ErrorData::from(Error::NoGuardrail);
    assert_eq!(failed.code, ErrorCode::INTERNAL_ERROR);
    assert_eq!(failed.message, Error::NoGuardrail.to_string());
    let refused = ErrorData::from(Error::NoSuchRequest);
    assert_eq!(refused.code, ErrorCode::INTERNAL_ERROR);
}
