//! What `#[requires_approval]` makes of functions of every shape, run through the gate.
//!
//! Compiled a second time in edition 2021, by `tests/editions/edition_2021`.

mod attributes;
mod captured;
mod drops;
mod futures;
mod hygiene;
mod methods;
mod patterns;
mod refusals;
mod shapes;
mod size;

use std::fmt::{Debug, Write as _};
use std::future::Future;

use guardrail::model::Captured;
use guardrail::{ApprovalRequest, AuditLog, Guardrail, Intent, MockApprover, RequestId, Sequence};

/// What came of one guarded call.
pub(crate) struct Called<T> {
    pub(crate) value: T,
    requests: Vec<ApprovalRequest>,
    pub(crate) events: Vec<String>,
}

/// Makes one call that a person approves.
pub(crate) async fn approved<T>(call: impl Future<Output = T>) -> Called<T> {
    called(MockApprover::approving(), call).await
}

/// Makes one call that a person denies.
pub(crate) async fn denied<T>(call: impl Future<Output = T>) -> Called<T> {
    called(MockApprover::denying("not today"), call).await
}

/// Makes one call that this approver answers.
pub(crate) async fn called<T>(approver: MockApprover, call: impl Future<Output = T>) -> Called<T> {
    let guardrail = Guardrail::for_tests(approver.clone());
    let value = guardrail.scope(call).await;
    let log: &dyn AuditLog = &**guardrail.audit_log();
    let records = log.read(Sequence::START, 100).await.unwrap();
    let of_requests = records.iter().filter(|record| record.id() != RequestId::LOG);
    let events = of_requests.map(|record| record.event().name().to_owned()).collect();
    Called { value, requests: approver.requests(), events }
}

/// Makes one approved call, and compares what came back and what the person was asked.
#[track_caller]
pub(crate) fn check<'a, T: Debug + PartialEq, F: Future<Output = T>>(
    call: F,
    value: &'a T,
    asked: &'a str,
) -> impl Future<Output = ()> + use<'a, T, F> {
    let at = std::panic::Location::caller();
    async move {
        let called = approved(call).await;
        assert_eq!(called.asked(), asked, "asked at {at}");
        assert_eq!(&called.value, value, "value at {at}");
        assert_eq!(called.events.last().map(String::as_str), Some("completed"), "at {at}");
    }
}

impl<T> Called<T> {
    /// The intent the person was asked about.
    #[track_caller]
    pub(crate) fn intent(&self) -> &Intent {
        let [request] = self.requests.as_slice() else { panic!("{:?}", self.requests) };
        request.intent()
    }

    /// Action and arguments as one line: `deploy(plan: "p", client: skipped)`.
    #[track_caller]
    pub(crate) fn asked(&self) -> String {
        let intent = self.intent();
        let mut asked = format!("{}(", intent.action());
        for (index, argument) in intent.arguments().iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(asked, "{comma}{}: ", argument.name());
            let _ = match argument.captured() {
                Captured::Value => write!(asked, "{}", argument.canonical().as_str()),
                Captured::Debug => write!(asked, "debug {}", argument.canonical().as_str()),
                Captured::Redacted => write!(asked, "redacted"),
                Captured::Skipped => write!(asked, "skipped"),
                other => write!(asked, "{other:?}"),
            };
        }
        asked + ")"
    }
}
