//! The path of one call, end to end.

use guardrail::{Guardrail, MockApprover, Sequence, requires_approval};

#[requires_approval(policy = "refunds", summary = "refund {order}")]
async fn refund(order: &str, cents: u64) -> Result<u64, guardrail::Error> {
    let _ = order;
    Ok(cents)
}

async fn names(guardrail: &Guardrail) -> Vec<String> {
    let records = guardrail.audit_log().read(Sequence::START, 100).await.unwrap();
    records.iter().map(|record| record.event().name().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_approved_call_runs_once_and_every_step_is_on_record() {
    let approver = MockApprover::approving();
    let guardrail = Guardrail::for_tests(approver.clone());
    let paid = guardrail.scope(async { refund("1042", 125_000).await }).await;
    assert_eq!(paid.unwrap(), 125_000);
    assert_eq!(approver.requests().len(), 1);
    for r in guardrail.audit_log().read(Sequence::START, 100).await.unwrap() {
        println!("{}", r.line());
    }
    assert_eq!(
        names(&guardrail).await,
        ["opened", "requested", "posted", "voted", "approved", "started", "completed"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_does_not_run() {
    let guardrail = Guardrail::for_tests(MockApprover::denying("not today"));
    let error = guardrail.scope(refund("1042", 125_000)).await.unwrap_err();
    println!("{error}");
    assert_eq!(names(&guardrail).await, ["opened", "requested", "posted", "voted", "denied"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_nobody_answers_expires() {
    let guardrail = Guardrail::for_tests(MockApprover::silent());
    let error = guardrail.scope(refund("1042", 125_000)).await.unwrap_err();
    println!("{error}");
    assert_eq!(names(&guardrail).await, ["opened", "requested", "expired"]);
}
