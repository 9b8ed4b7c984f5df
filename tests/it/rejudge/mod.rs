//! A log held against the policy files it was made under: each lie is found, and nothing else is.

mod honest;
mod lies;

use std::sync::Arc;

use guardrail::desk::{Misjudged, Rejudge, RejudgeError, Rejudged};
use guardrail::{AuditEvent, AuditRecord, Context, PolicySet, Sequence};

use crate::support::{Told, World, approve};

/// What comes of holding these records against these files.
fn rejudge(records: &[Arc<AuditRecord>], files: &[PolicySet]) -> Result<Rejudged, RejudgeError> {
    let mut rejudge = Rejudge::by(files.iter().cloned());
    for record in records {
        // As it is read: what a line does not keep, is not judged by.
        rejudge.push(&AuditRecord::parse(record.line()).unwrap())?;
    }
    Ok(rejudge.so_far().clone())
}

/// Without its policies nothing is wrong with it; with them it is this, at the first event of this name.
fn check(lie: &Told, files: &[PolicySet], at: &str, why: Misjudged) {
    let alone = lie.inspect();
    assert!(alone.is_ok(), "{alone:?}");
    let found = rejudge(&lie.seal(), files).map_err(|error| (error.sequence, error.why));
    assert_eq!(found, Err((lie.sequence(at), why)));
}

/// What a log says of a call in this context, approved by these people, that ran.
async fn told(deploy: &str, context: Context, people: &[&str]) -> (World, Told) {
    let world = World::new(deploy).await;
    let call = world.spawn_in(context);
    let id = world.pending().await;
    for person in people {
        let _counted = approve(&world, id, person).await;
    }
    assert_eq!(call.await.unwrap().unwrap(), 1);
    let told = Told::of(&**world.log()).await;
    (world, told)
}

/// How many requests were judged, and made under other policies; how many votes and starts were not.
fn counts(rejudged: &Rejudged) -> (u64, u64, u64) {
    let sum = |counts: &std::collections::BTreeMap<_, u64>| counts.values().sum();
    (sum(&rejudged.requests), sum(&rejudged.others), rejudged.unjudged)
}

#[tokio::test(start_paused = true)]
async fn an_error_names_the_record_and_says_what_the_policies_say() {
    let (world, told) = told(r#"approvers = ["group:sre"]"#, Context::new(), &["bob"]).await;
    let files = [world.guardrail.policies()];
    let lie = told.voted(|vote| vote.identity = guardrail::Identity::person("gone"));
    let error = rejudge(&lie.seal(), &files).unwrap_err();
    assert_eq!(error.sequence, Sequence::new(5));
    assert_eq!(
        error.to_string(),
        "record 5 is not what the policies say that it was made under: the vote does not count: \
         this person is not active"
    );
}

/// Would catch memory that grows with the log.
#[tokio::test(start_paused = true)]
async fn what_is_over_is_forgotten() {
    let (world, told) = told(r#"approvers = ["group:sre"]"#, Context::new(), &["bob"]).await;
    let id = told.events.last().unwrap().0.to_string();
    let unknown = AuditEvent::Unknown { why: "gone".into() };
    for told in [told.clone(), told.without(&["completed"]).then("started", &[unknown])] {
        let mut rejudge = Rejudge::by([world.guardrail.policies()]);
        let mut kept = vec![];
        for record in told.seal() {
            rejudge.push(&record).unwrap();
            kept.push(format!("{rejudge:?}").contains(&id));
        }
        assert_eq!(kept, [false, false, true, true, true, true, true, false]);
    }
}
