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
    #[expect(clippy::async_yields_async, reason = "made in scope, polled elsewhere")]
    let made = async { deed().in_context() };
    let task = Context::new().on_behalf_of("alice").scope(guardrail.scope(made)).await;
    tokio::spawn(Context::new().on_behalf_of("bob").scope(task)).await.unwrap().unwrap();
    assert_eq!(said(&approver), (Some("alice".to_owned()), None));
    assert!(matches!(deed().await, Err(Error::NoGuardrail)));
}

#[tokio::test(start_paused = true)]
async fn two_scopes_keep_to_themselves() {
    let (outer, inner) = (MockApprover::approving(), MockApprover::denying("no"));
    let (outside, inside) =
        (Guardrail::for_tests(outer.clone()), Guardrail::for_tests(inner.clone()));
    outside
        .scope(async {
            deed().await.unwrap();
            assert!(matches!(inside.scope(deed()).await, Err(Error::Denied { .. })));
            deed().await.unwrap();
        })
        .await;
    assert_eq!((outer.requests().len(), inner.requests().len()), (2, 1));
    let (one, two) = tokio::join!(outside.scope(deed()), inside.scope(deed()));
    assert!(one.is_ok() && matches!(two, Err(Error::Denied { .. })));
    assert_eq!((outer.requests().len(), inner.requests().len()), (3, 2));
}

/// What is installed is installed for good, so this test runs in a process of its own: it starts
/// itself again.
#[test]
fn a_guardrail_is_installed_once_a_process() {
    const ALONE: &str = "GUARDRAIL_TEST_ALONE";
    let name = "scope::a_guardrail_is_installed_once_a_process";
    if std::env::var_os(ALONE).is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        let ran = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{ran:?}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (first, second) = (MockApprover::approving(), MockApprover::denying("no"));
        assert!(matches!(deed().await, Err(Error::NoGuardrail)));
        Guardrail::for_tests(first.clone()).install().unwrap();
        let other = Guardrail::for_tests(second.clone());
        let error = other.install().unwrap_err().to_string();
        assert!(error.contains("already installed") && error.contains("`scope`"), "{error}");
        deed().await.unwrap();
        // A spawned task meets it without being told.
        tokio::spawn(deed()).await.unwrap().unwrap();
        // A scope is nearer than what is installed.
        assert!(matches!(other.scope(deed()).await, Err(Error::Denied { .. })));
        assert_eq!((first.requests().len(), second.requests().len()), (2, 1));
    });
}
