//! What comes from the keyboard and is no answer.

use guardrail_core::model::Choice;

use crate::bench::{Bench, Call, word};

/// The request is still asked, and a person who now says no is the one who decides.
async fn nothing_was_decided(bench: &Bench, call: Call) {
    assert_eq!(bench.votes().await, []);
    bench.pty.until_shows("n deny");
    bench.pty.press("n");
    bench.pty.until_shows("Why not?");
    bench.pty.press("\r");
    call.await.unwrap().unwrap_err();
    let [vote] = &bench.votes().await[..] else { panic!("one vote") };
    assert_eq!(vote.choice, Choice::Deny);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_typed_before_the_prompt_approve_nothing() {
    let bench = Bench::new().await;
    bench.pty.press("y\ry\r");
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_typed_while_the_prompt_appears_approve_nothing() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("keys do not count yet");
    bench.pty.press("y");
    bench.pty.press("\r");
    let screen = bench.pty.until_shows("y approve");
    assert!(!screen.contains("Enter approves"), "{screen}");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_text_approves_nothing() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.pty.press("\x1b[200~y\r\x1b[201~");
    bench.pty.until_shows("pasted text means nothing here");
    bench.pty.until_hides("keys do not count yet");
    bench.pty.press("y");
    bench.pty.until_shows("Enter approves");
    bench.pty.press("\x1b[200~\r\x1b[201~");
    bench.pty.until_shows("came all at once");
    bench.pty.until_hides("keys do not count yet");
    bench.pty.press("\x1b");
    bench.pty.until_shows("y approve");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_keys_approves_nothing() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.pty.press("y\r");
    bench.pty.until_shows("several keys at once mean nothing here");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_word_is_not_typed() {
    let bench = Bench::new().await;
    let call = bench.deploy("risky");
    bench.pty.until_shows("y approve");
    bench.pty.press("y");
    bench.pty.until_shows("Type  ");
    for paste in [format!("\x1b[200~{}\x1b[201~", word()), word().to_owned()] {
        bench.pty.press(&paste);
        let screen = bench.pty.until_shows("keys do not count yet");
        assert!(screen.contains("came all at once"), "{screen}");
        bench.pty.until_shows("Type  ");
    }
    bench.pty.press("\r");
    bench.pty.until_shows("another word");
    bench.pty.press("\x1b");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_enter_takes_the_approval_back() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.pty.press("y");
    bench.pty.until_shows("Enter approves");
    bench.pty.press("x");
    bench.pty.until_shows("nothing was approved");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_and_sequences_of_a_terminal_are_no_keys() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    // A title report, a mouse in the old encoding, a function key of the Linux console, Alt-y.
    for reply in ["\x1b]ly\x1b\\", "\x1b[My!!", "\x1b[[y", "\x1by"] {
        bench.pty.until_shows("y approve");
        bench.pty.press(reply);
        // The keys below come after it, and show that it is read.
        bench.pty.press("c");
        let screen = bench.pty.until("an answer to c", |screen| {
            let shown = screen.contents();
            assert!(!shown.contains("Enter approves"), "{reply:?} was taken for a key:\n{shown}");
            shown.contains("What do you want") || shown.contains("keys do not count yet")
        });
        if screen.contains("What do you want") {
            bench.pty.press("\x1b");
        }
    }
    bench.pty.until_shows("y approve");
    nothing_was_decided(&bench, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_and_approves_nothing() {
    let bench = Bench::new().await;
    let call = bench.deploy("deploy");
    bench.pty.until_shows("y approve");
    bench.pty.press("y");
    bench.pty.until_shows("Enter approves");
    bench.pty.press("\x03");
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("no approver could be reached"), "{error}");
    bench.pty.until_shows("left with Ctrl-C");
    assert!(!bench.pty.is_taken());
    assert_eq!(bench.votes().await, []);
}
