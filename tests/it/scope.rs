//! Guardrail and context of a task tree: they add up, in whatever order they are written.

use guardrail::{Context, Error, Guardrail, InContext, MockApprover, requires_approval};

#[requires_approval(policy = "any")]
async fn deed() -> Result<(), Error> {
    Ok(())
}

fn said(approver: &MockApprover) -> (Option<String>, Option<String>) {
    let request = approver.requests().pop().unwrap();
    let actor = request.intent().actor();
    let person = actor.on_behalf_of().map(|person| person.as_str().to_owned());
    (person, actor.session().map(str::to_owned))
}

#[tokio::test(start_paused = true)]
async fn a_context_is_not_lost_on_the_way_to_its_guardrail() {
    let approver = MockApprover::approving();
    let guardrail = Guardrail::for_tests(approver.clone());
    let alice = || Context::new().on_behalf_of("alice");
    let known = (Some("alice".to_owned()), None);
    guardrail.scope(alice().scope(deed())).await.unwrap();
    assert_eq!(said(&approver), known);
    alice().scope(guardrail.scope(deed())).await.unwrap();
    assert_eq!(said(&approver), known);
}

#[tokio::test(start_paused = true)]
async fn an_inner_context_adds_to_the_one_it_is_polled_in() {
    let approver = MockApprover::approving();
    let guardrail = Guardrail::for_tests(approver.clone());
    let inner = Context::new().session("run-42").scope(deed());
    let outer = Context::new().on_behalf_of("alice").session("run-41").scope(inner);
    guardrail.scope(outer).await.unwrap();
    assert_eq!(said(&approver), (Some("alice".to_owned()), Some("run-42".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_takes_along_what_was_in_scope_where_it_was_made() {
    let approver = MockApprover::approving();
    let guardrail = Guardrail::for_tests(approver.clone());
    let made = async { deed().in_context() };
    let task = Context::new().on_behalf_of("alice").scope(guardrail.scope(made)).await;
    tokio::spawn(Context::new().on_behalf_of("bob").scope(task)).await.unwrap().unwrap();
    assert_eq!(said(&approver), (Some("alice".to_owned()), None));
    assert!(matches!(deed().await, Err(Error::NoGuardrail)));
}
