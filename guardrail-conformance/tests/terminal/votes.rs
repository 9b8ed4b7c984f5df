//! A person at the terminal says yes or no.

use guardrail_core::model::{AuditEvent, Choice};

use crate::bench::{Bench, word};
use crate::pty::Pty;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_approves_and_it_runs() {
    let bench = Bench::new().await;
    let before = format!("{:?}", bench.pty.modes());
    let call = bench.deploy("deploy");
    let screen = bench.pty.until_shows("y approve");
    for fact in ["waiting for approval", "risk: medium", "deploy", "version = 7", "deploy-bot"] {
        assert!(screen.contains(fact), "`{fact}` is missing:\n{screen}");
    }
    bench.approve();
    call.await.unwrap().unwrap();
    let steps = ["requested", "posted", "voted", "approved", "started", "completed"];
    assert!(bench.names().await.ends_with(&steps.map(str::to_owned)));
    let [vote] = &bench.votes().await[..] else { panic!("one vote") };
    assert_eq!(
        (vote.person.as_str(), vote.choice, &*vote.channel),
        ("alice", Choice::Approve, "terminal")
    );
    let screen = bench.pty.until_shows("approved by alice (terminal)");
    assert!(screen.starts_with("guardrail: deploy approved"), "{screen}");
    assert_eq!(screen.lines().count(), 1, "{screen}");
    assert!(!bench.pty.is_taken());
    assert_eq!(format!("{:?}", bench.pty.modes()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_denies_and_says_why() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("n deny");
    bench.pty.press("n");
    bench.pty.until_shows("Why not?");
    bench.pty.type_slowly("not on a friday");
    bench.pty.press("\r");
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("alice") && error.contains("not on a friday"), "{error}");
    bench.pty.until_shows("denied by alice: not on a friday");
    assert!(!bench.pty.is_taken());
    assert!(!bench.names().await.contains(&"started".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dangerous_action_takes_the_word_it_shows() {
    let bench = Bench::new().await;
    let call = bench.deploy("risky");
    bench.pty.until_shows("y approve");
    bench.pty.press("y");
    let screen = bench.pty.until_shows("HIGH risk");
    assert!(screen.contains(word()), "{screen}");
    bench.pty.press("\r");
    bench.pty.until_shows("another word");
    bench.pty.type_slowly("nonsense");
    bench.pty.press("\r");
    bench.pty.until_hides("nonsense");
    assert_eq!(bench.votes().await, []);
    bench.pty.type_slowly(word());
    bench.pty.press("\r");
    call.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_wants_reasons_gets_them() {
    let bench = Bench::new().await;
    let call = bench.deploy("reasons");
    bench.pty.until_shows("y approve");
    bench.pty.press("y");
    bench.pty.until_shows("why you approve");
    bench.pty.press("\r");
    bench.pty.until_shows("asks for a reason");
    bench.pty.type_slowly("plan checked");
    bench.pty.press("\r");
    bench.pty.until_shows("Enter approves");
    bench.pty.press("\r");
    call.await.unwrap().unwrap();
    assert_eq!(bench.votes().await[0].reason.as_deref(), Some("plan checked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_without_the_reason_its_policy_wants_is_not_sent() {
    let bench = Bench::new().await;
    let call = bench.deploy("reasons");
    bench.pty.until_shows("n deny");
    bench.pty.press("n");
    bench.pty.until_shows("Why not?");
    bench.pty.press("\r");
    bench.pty.until_shows("asks for a reason");
    assert!(!bench.names().await.contains(&"vote_refused".to_owned()));
    bench.pty.press("\x1b");
    bench.pty.until_shows("y approve");
    call.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_on_record_and_the_prompt_goes_on() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("c comment");
    bench.pty.press("c");
    bench.pty.until_shows("What do you want to say?");
    bench.pty.type_slowly("which cluster?");
    bench.pty.press("\r");
    bench.pty.until_shows("your comment is on record");
    let said = bench.records().await.iter().any(|record| {
        matches!(record.event(), AuditEvent::Commented { text, .. } if &**text == "which cluster?")
    });
    assert!(said);
    bench.approve();
    call.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_does_not_count_is_explained_and_the_prompt_goes() {
    let bench = Bench::at(Pty::new(), "carol").await;
    let call = bench.deploy("deploy");
    bench.approve();
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("no approver could be reached"), "{error}");
    bench.pty.until_shows("the policy does not ask this person");
    assert!(!bench.pty.is_taken());
    assert!(bench.names().await.contains(&"vote_refused".to_owned()));
    assert_eq!(bench.votes().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_the_directory_is_told_who_they_are_here() {
    let bench = Bench::at(Pty::new(), "mallory").await;
    let call = bench.deploy("deploy");
    assert!(bench.pty.until_shows("y approve").contains("asks mallory"));
    bench.approve();
    call.await.unwrap().unwrap_err();
    bench.pty.until_shows("mallory does not count: this account belongs to nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_approvals_gives_the_terminal_back_while_others_are_asked() {
    let bench = Bench::new().await;
    let call = bench.deploy("two");
    bench.approve();
    bench.pty.until_shows("your approval is on record, 1 of 2; it waits for others");
    assert!(!bench.pty.is_taken());
    bench.approve_elsewhere("bob").await;
    call.await.unwrap().unwrap();
    bench.pty.until_shows("approved by alice (terminal), bob (web)");
}
