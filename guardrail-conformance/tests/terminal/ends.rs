//! A prompt ends without its person: others decide, time is up, the call or the window goes.

use guardrail_core::model::Intent;

use crate::bench::Bench;
use crate::pty::Pty;

#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_goes_when_another_channel_decides() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.approve_elsewhere("bob").await;
    call.await.unwrap().unwrap();
    let screen = bench.pty.until_shows("deploy approved by bob (web)");
    assert_eq!(screen.lines().count(), 1, "{screen}");
    assert!(!bench.pty.is_taken());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_elsewhere_that_does_not_decide_is_shown() {
    let bench = Bench::new().await;
    let call = bench.deploy("two");
    assert!(bench.pty.until_shows("y approve").contains("approvals: 0 of 2"));
    bench.approve_elsewhere("bob").await;
    let screen = bench.pty.until_shows("approvals: 1 of 2");
    assert!(screen.contains("bob approves on the web"), "{screen}");
    // It made the sheet longer than the window, or not: all of it was seen.
    bench.approve();
    call.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn time_runs_down_and_then_it_is_refused() {
    let bench = Bench::new().await;
    let call = bench.deploy("short");
    let mut left = 7;
    for _ in 0..2 {
        // A busy machine may skip a second, not all of them.
        bench.pty.until("fewer seconds left", |screen| {
            let screen = screen.contents();
            let lower =
                (1..left).rev().find(|n| screen.contains(&format!("0:0{n} left, then refused")));
            lower.is_some_and(|lower| {
                left = lower;
                true
            })
        });
    }
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("nobody answered within 6 s"), "{error}");
    bench.pty.until_shows("refused: nobody decided in time");
    assert!(!bench.pty.is_taken());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_goes_away_takes_its_prompt_with_it() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    call.abort();
    bench.pty.until_shows("withdrawn: the call went away");
    assert!(!bench.pty.is_taken());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_asked_one_after_the_other() {
    let bench = Bench::new().await;
    let first = bench.call(Intent::builder("first").policy("deploy"));
    bench.pty.until_shows("first");
    let second = bench.call(Intent::builder("second").policy("deploy"));
    let screen = bench.pty.until_shows("1 of 2 waiting");
    assert!(!screen.contains("second"), "{screen}");
    bench.approve();
    first.await.unwrap().unwrap();
    let screen = bench.pty.until_shows("action: second");
    assert!(!screen.contains("1 of 2"), "{screen}");
    bench.approve();
    second.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_while_it_waits_in_line_is_never_asked() {
    let bench = Bench::new().await;
    let first = bench.call(Intent::builder("first").policy("short"));
    bench.pty.until_shows("first");
    let second = bench.call(Intent::builder("second").policy("deploy"));
    bench.pty.until_shows("1 of 2 waiting");
    second.abort();
    bench.pty.until_hides("1 of 2 waiting");
    first.await.unwrap().unwrap_err();
    let screen = bench.pty.until_shows("nobody decided in time");
    assert!(!screen.contains("second"), "{screen}");
}

#[test]
fn a_runtime_that_ends_gives_the_terminal_back() {
    let pty = Pty::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::at(pty, "alice"));
    let entered = runtime.enter();
    let _call = bench.deploy("deploy");
    drop(entered);
    bench.pty.until_shows("y approve");
    assert!(bench.pty.is_taken());
    drop(runtime);
    bench.pty.until("the screen of before", |screen| !screen.alternate_screen());
    assert!(!bench.pty.is_taken());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_closed_is_left() {
    let Bench { pty, guardrail } = Bench::new().await;
    let call = {
        let guardrail = guardrail.clone();
        tokio::spawn(async move {
            guardrail.authorize(Intent::builder("deploy").policy("deploy")).await.map(drop)
        })
    };
    pty.until_shows("y approve");
    pty.close();
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("no approver could be reached"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_terminal_is_left_at_once() {
    use guardrail_core::approver::TerminalApprover;
    use guardrail_core::audit::MemoryLog;
    use guardrail_core::gate::Guardrail;
    use guardrail_core::policy::PolicySet;
    for device in ["/dev/null", "/dev/no such device"] {
        let guardrail = Guardrail::builder()
            .policies(
                PolicySet::parse("[people.a]\n[policies.p]\napprovers = [\"person:a\"]").unwrap(),
            )
            .audit_log(MemoryLog::new())
            .approver(TerminalApprover::new().on(device))
            .build()
            .await
            .unwrap();
        let error = guardrail.authorize(Intent::builder("x").policy("p")).await.unwrap_err();
        assert!(error.to_string().contains("no approver could be reached"), "{error}");
    }
}
