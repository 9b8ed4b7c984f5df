//! Windows and what fits into them: nothing is approved that was not on the screen.

use guardrail_core::model::Intent;

use crate::bench::{Bench, Call};
use crate::pty::Pty;

/// A value longer than any window, with something at its end.
fn long(bench: &Bench) -> Call {
    let command = format!("echo ok # {}; rm -rf /", "A".repeat(4_000));
    bench.call(Intent::builder("run").policy("deploy").arg("command", &command))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_value_must_be_opened_and_paged_to_its_end() {
    let bench = Bench::new().await;
    let call = long(&bench);
    let screen = bench.pty.until_shows("o open all, then y");
    for part in ["echo ok", "; rm -rf /", "characters left out", "sha256"] {
        assert!(screen.contains(part), "`{part}` is missing:\n{screen}");
    }
    bench.pty.press("y");
    bench.pty.until_shows("a value is cut here");
    bench.pty.press("o");
    bench.pty.until_shows("space more, then y");
    bench.pty.press("y");
    bench.pty.until_shows("see all of it first");
    assert!(bench.read_on() >= 3);
    bench.approve();
    call.await.unwrap().unwrap();
    assert!(bench.votes().await[0].whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_to_the_end_is_not_reading() {
    let bench = Bench::new().await;
    let call = long(&bench);
    bench.pty.until_shows("o open all");
    bench.pty.press("o");
    bench.pty.until_shows("space more, then y");
    bench.pty.press("\x1b[F");
    let screen = bench.pty.until_shows("approvals: 0 of 1");
    assert!(!screen.contains("y approve"), "{screen}");
    bench.pty.press("y");
    bench.pty.until_shows("see all of it first");
    call.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_value_may_be_denied_unopened() {
    let bench = Bench::new().await;
    let call = long(&bench);
    bench.pty.until_shows("o open all");
    bench.pty.press("n");
    bench.pty.until_shows("Why not?");
    bench.pty.press("\r");
    call.await.unwrap().unwrap_err();
    assert!(!bench.votes().await[0].whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_values_are_seen_to_the_last() {
    let bench = Bench::new().await;
    let intent = (0..40).fold(Intent::builder("run").policy("deploy"), |intent, n| {
        intent.arg(format!("option_{n:02}"), &n)
    });
    let call = bench.call(intent);
    bench.pty.until_shows("space more, then y");
    bench.read_on();
    bench.approve();
    call.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_changes_is_painted_anew() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.pty.resize(120, 40);
    let screen = bench.pty.until("a wide title", |screen| {
        screen.rows(0, 120).next().is_some_and(|title| title.ends_with("then refused "))
    });
    assert!(screen.contains("version = 7"), "{screen}");
    bench.pty.resize(40, 8);
    bench.pty.until_shows("make this window larger");
    bench.pty.press("y");
    bench.pty.press("\r");
    bench.pty.resize(80, 24);
    let screen = bench.pty.until_shows("y approve");
    assert!(!screen.contains("Enter approves"), "{screen}");
    assert_eq!(bench.votes().await, []);
    bench.approve();
    call.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_window_hides_what_was_not_seen_yet() {
    let bench = Bench::at(Pty::sized(80, 12), "alice").await;
    let call = bench.deploy("deploy");
    let screen = bench.pty.until_shows("space more, then y");
    assert!(screen.contains("1 to 7 of"), "{screen}");
    bench.pty.resize(80, 40);
    bench.pty.until_shows("y approve");
    bench.approve();
    call.await.unwrap().unwrap();
}

impl Bench {
    /// Turns pages until it may be approved; returns how many.
    fn read_on(&self) -> usize {
        for page in 0..30 {
            let before = position(&self.pty.screen());
            if self.pty.screen().contains("y approve") {
                return page;
            }
            self.pty.press(" ");
            self.pty.until("the next page", |screen| {
                let screen = screen.contents();
                position(&screen) != before || screen.contains("y approve")
            });
        }
        panic!("there is no end of it");
    }
}

/// The row that says where in the sheet one is.
fn position(screen: &str) -> String {
    screen.lines().find(|line| line.starts_with("──")).unwrap_or_default().to_owned()
}
