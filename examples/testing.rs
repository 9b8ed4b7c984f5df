//! Teaches how to test a guarded function: a scripted approver, virtual time, and the log.

#![expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use std::time::Duration;

use guardrail::{Guardrail, MockApprover, Sequence, requires_approval};

/// The function under test.
#[requires_approval(policy = "refunds", summary = "refund {cents} cents of order {order}")]
async fn refund(order: &str, cents: u64) -> Result<u64, guardrail::Error> {
    let _ = order;
    Ok(cents)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Small refunds are approved after three seconds of virtual time, large ones denied.
    let approver = MockApprover::approving()
        .after(Duration::from_secs(3))
        .when(|request| {
            request.intent().arguments().read::<u64>("cents").is_ok_and(|c| c > 100_000)
        })
        .deny("too much");
    let guardrail = Guardrail::for_tests(approver.clone());

    let paid = guardrail.scope(refund("1042", 2_500)).await?;
    assert_eq!(paid, 2_500);

    let refused = guardrail.scope(refund("1043", 125_000)).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("too much")));

    assert_eq!(approver.requests().len(), 2);
    let records = guardrail.audit_log().read(Sequence::START, 100).await?;
    assert_eq!(records.last().map(|record| record.event().name()), Some("denied"));
    println!("one refund went through, one was denied, and the log has both");
    Ok(())
}
