//! A secret's bytes appear in no output: not in the log, an error, a `Debug`, a request or tracing.

use std::sync::Arc;

use guardrail::{
    Context, Error, Identity, MockApprover, Secret, Sequence, Vote, requires_approval,
};
use serde::Serialize;

use crate::support::{Body, Captured, PEOPLE, World, cast, policies_of};

const ASK: &str = r#"approvers = ["person:mock", "group:sre"]"#;
/// Looks like nothing; only how it is captured hides it.
const PLAIN: &str = "correct-horse-battery";
/// Looks like what it is.
const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

#[requires_approval(policy = "deploy", redact(password), skip(body))]
async fn redacted(body: &Body, password: &str) -> Result<u32, Error> {
    let _ = password;
    body.run().await
}

#[derive(Debug, Serialize)]
struct Login {
    user: String,
    password: Secret<String>,
}

#[requires_approval(policy = "deploy", skip(body))]
async fn wrapped(body: &Body, login: Login) -> Result<u32, Error> {
    let _ = login;
    body.run().await
}

#[requires_approval(policy = "deploy", skip(body), debug(login))]
async fn debugged(body: &Body, login: Login) -> Result<u32, Error> {
    let _ = login;
    body.run().await
}

#[requires_approval(policy = "deploy", summary = "log in with {header}", skip(body))]
async fn lookalike(body: &Body, header: &str) -> Result<u32, Error> {
    let _ = header;
    body.run().await
}

fn login() -> Login {
    Login { user: "alice".to_owned(), password: Secret::new(PLAIN.to_owned()) }
}

/// Whatever a call of this leaves behind, the secret is not in it; and people still see that there
/// is something.
async fn check<F, C>(secret: &str, call: C)
where
    F: Future<Output = Result<u32, Error>>,
    C: Fn(Arc<Body>) -> F,
{
    let people = format!("{PEOPLE}\n[people.mock]\n");
    for approver in [MockApprover::approving(), MockApprover::denying(format!("not with {TOKEN}"))]
    {
        let captured = Captured::new();
        let world = World::built(r#"effect = "deny""#, |builder| {
            let builder = builder.policies(policies_of(&people, ASK));
            builder.audit_log(guardrail::MemoryLog::new()).approver(approver.clone())
        })
        .await;
        let context = Context::new().reason(format!("because {TOKEN}")).session(TOKEN);
        let ended = context.scope(world.guardrail.scope(call(Arc::clone(&world.body)))).await;
        let mut outputs = vec![format!("{ended:?}"), captured.said()];
        match &ended {
            // The denying mock shows its own script.
            Ok(_) => outputs.push(format!("{world:?}")),
            Err(error) => outputs.push(error.to_string()),
        }
        for request in approver.requests() {
            outputs.push(format!("{request:?}"));
            outputs.push(format!("{:?}", guardrail::view::open(&request, world.log().now())));
            assert_eq!(request.intent().arguments().len(), 2, "it is named, and hidden");
        }
        for record in world.log().read(Sequence::START, 100).await.unwrap() {
            outputs.push(record.line().to_owned());
            outputs.push(format!("{:?}", record.event()));
        }
        for output in outputs {
            for secret in [secret, TOKEN] {
                assert!(!output.contains(secret), "{secret} in {output}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_redacted_argument() {
    check(PLAIN, |body| async move { redacted(&body, PLAIN).await }).await;
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_an_argument() {
    check(PLAIN, |body| async move { wrapped(&body, login()).await }).await;
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_a_debugged_argument() {
    check(PLAIN, |body| async move { debugged(&body, login()).await }).await;
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_looks_like_a_credential() {
    check(TOKEN, |body| async move { lookalike(&body, &format!("Bearer {TOKEN}")).await }).await;
}

#[tokio::test(start_paused = true)]
async fn what_people_write() {
    let world = World::new(r#"approvers = ["group:sre"]"#).await;
    drop(world.spawn());
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    review.comment(Identity::person("bob"), &format!("use {TOKEN} instead")).await.unwrap();
    let vote = |seen| Vote::deny(Identity::person("bob"), seen).because(format!("no {TOKEN}"));
    let _counted = cast(&world, id, vote).await;
    for record in world.log().read(Sequence::START, 100).await.unwrap() {
        assert!(!record.line().contains(TOKEN), "{}", record.line());
    }
}

#[tokio::test(start_paused = true)]
async fn a_nonce_is_on_record_as_its_hash_only() {
    let world = World::new(r#"approvers = ["group:sre"]"#).await;
    drop(world.spawn());
    let id = world.pending().await;
    let review = world.guardrail.review(id, "web").await.unwrap();
    let nonce = review.show("").await.unwrap();
    assert!(!format!("{nonce:?} {review:?}").contains(&nonce.expose()));
    for record in world.log().read(Sequence::START, 100).await.unwrap() {
        assert!(!record.line().contains(&nonce.expose()));
    }
}
