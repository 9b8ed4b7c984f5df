//! Slack and a real terminal ask at the same time: alice clicks, bob presses keys.

use guardrail_core::approver::TerminalApprover;
use guardrail_core::audit::MemoryLog;
use guardrail_core::gate::Guardrail;
use guardrail_core::policy::PolicySet;
use guardrail_test_slack::Slack;

use crate::bed::{Bed, MODES, Mode, policies, seat};
use crate::pty::Pty;

/// Bob's terminal beside the Slack in which alice is.
async fn both(mode: Mode) -> (Bed, Pty) {
    let (slack, pty) = (Slack::start().await, Pty::sized(100, 60));
    let seated = seat(&slack, mode).await;
    let guardrail = Guardrail::builder()
        .agent("deploy-bot")
        .policies(PolicySet::parse(policies(&slack)).unwrap())
        .audit_log(MemoryLog::new())
        .approver(seated.approver)
        .approver(TerminalApprover::new().on(pty.device()).as_person("bob"))
        .build()
        .await
        .unwrap();
    let bed = Bed { slack, guardrail, road: seated.road };
    if mode == Mode::Socket {
        bed.slack.connected(1).await;
    }
    (bed, pty)
}

/// What bob does to approve what needs no word.
fn approve(pty: &Pty) {
    pty.until_shows("y approve");
    pty.press("y");
    pty.until_shows("Enter approves");
    pty.press("\r");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_them_gives_one_of_two_votes() {
    for mode in MODES {
        let (bed, pty) = both(mode).await;
        let call = bed.deploy("two");
        let message = bed.asked().await;
        pty.until_shows("approvals: 0 of 2");
        bed.hand("alice").click(&message, "Approve").await;
        let screen = pty.until_shows("approvals: 1 of 2");
        assert!(screen.contains("alice approves in Slack"), "{screen}");
        approve(&pty);
        call.await.unwrap().unwrap();
        pty.until_shows("approved");
        assert!(bed.closed().await.contains("bob"));
        bed.thread(&message, "bob approves, in the terminal").await;
        let votes = bed.votes().await;
        let votes: Vec<_> =
            votes.iter().map(|vote| (vote.person.as_str(), &*vote.channel)).collect();
        assert_eq!(votes, [("alice", "slack"), ("bob", "terminal")]);
        assert!(!pty.is_taken());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_of_them_decides_ends_the_other() {
    for mode in MODES {
        let (bed, pty) = both(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        pty.until_shows("y approve");
        bed.hand("alice").click(&message, "Approve").await;
        call.await.unwrap().unwrap();
        pty.until_shows("deploy approved by alice (slack)");
        assert!(!pty.is_taken());
        bed.closed().await;

        let (bed, pty) = both(mode).await;
        let call = bed.deploy("one");
        let message = bed.asked().await;
        pty.until_shows("y approve");
        approve(&pty);
        call.await.unwrap().unwrap();
        assert!(bed.closed().await.contains("bob"));
        // The old button does nothing any more.
        bed.hand("alice").click(&message, "Approve").await;
        bed.told("alice", "does not count").await;
        assert_eq!(bed.votes().await.len(), 1);
    }
}
