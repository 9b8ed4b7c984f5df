//! What keys mean to a prompt, and when they mean nothing.

use std::time::Duration;

use super::person::{ASKED, Person, deploy, request, word};
use crate::approver::terminal::card::Card;
use crate::approver::terminal::keys::Key;
use crate::approver::terminal::prompt::{Act, Stage};
use crate::model::{Choice, Intent, IntentBuilder};

const YES: Act = Act::Vote { choice: Choice::Approve, reason: None };
const NO: Act = Act::Vote { choice: Choice::Deny, reason: None };

#[test]
fn y_and_enter_approve() {
    let mut person = Person::before(deploy("plain"));
    assert_eq!(person.types("y"), None);
    assert!(person.screen.contains("Enter approves deploy"), "{}", person.screen);
    assert_eq!(person.types("\n"), Some(YES));
    assert_eq!(person.prompt.stage, Stage::Busy);
    assert_eq!(person.types("y\ny\n"), None, "one answer is enough");
}

#[test]
fn n_and_a_reason_deny() {
    let mut person = Person::before(deploy("plain"));
    let why = Act::Vote { choice: Choice::Deny, reason: Some("not now".to_owned()) };
    assert_eq!(person.types("nnot now\n"), Some(why));
    assert_eq!(Person::before(deploy("plain")).types("n\n"), Some(NO));
}

#[test]
fn no_single_burst_approves_whatever_is_in_it() {
    let bursts = [
        vec![Key::Char('y'), Key::Enter],
        vec![Key::Paste("y\n".to_owned())],
        vec![Key::Other, Key::Char('y'), Key::Enter],
    ];
    for burst in bursts {
        let mut person = Person::before(deploy("plain"));
        assert_eq!(person.press(&burst), None);
        assert_eq!(person.prompt.stage, Stage::Choose);
        assert_eq!(person.types("y\n"), None, "the keyboard must be silent first");
        person.wait(1);
        assert_eq!(person.types("y\n"), Some(YES));
    }
}

#[test]
fn enter_in_a_burst_ends_no_line_and_approves_nothing() {
    let mut person = Person::before(deploy("plain"));
    person.types("y");
    assert_eq!(person.press(&[Key::Enter, Key::Enter]), None);
    assert_eq!(person.types("\n"), None, "the keyboard must be silent first");

    let mut person = Person::before(deploy("plain"));
    person.types("n");
    assert_eq!(person.press(&[Key::Char('a'), Key::Enter, Key::Char('b')]), None);
    let why = Act::Vote { choice: Choice::Deny, reason: Some("a b".to_owned()) };
    assert_eq!(person.types("\n"), Some(why));
}

#[test]
fn nothing_counts_before_it_could_be_read() {
    let mut person = Person::new(deploy("plain"));
    assert_eq!(person.types("y\nn\n"), None);
    assert_eq!(person.prompt.stage, Stage::Choose);
    assert!(!person.screen.contains("y approve"), "{}", person.screen);
    person.wait(1);
    assert!(person.screen.contains("y approve"), "{}", person.screen);
}

#[test]
fn nothing_counts_that_was_pressed_on_another_screen() {
    let mut person = Person::before(deploy("plain"));
    assert_eq!(person.prompt.keys(&[Key::Char('y')], false, person.now), None);
    assert_eq!(person.prompt.stage, Stage::Choose);
    assert_eq!(person.prompt.keys(&[Key::Leave], false, person.now), Some(Act::Leave));
}

#[test]
fn high_risk_takes_a_new_word_each_time() {
    let mut person = Person::before(deploy("high"));
    person.types("y");
    assert!(person.screen.contains(word(0)) && person.screen.contains("HIGH risk"));
    assert_eq!(person.types("\n"), None);
    assert!(person.screen.contains(word(1)), "{}", person.screen);
    assert_eq!(person.types(&format!("{}\n", word(0))), None, "that was the word before");
    assert!(person.screen.contains(word(2)), "{}", person.screen);
    assert_eq!(person.types(&format!("{}\n", word(2).to_uppercase())), Some(YES));
}

#[test]
fn without_randomness_there_is_no_word_and_no_approval() {
    let mut person = Person::before(deploy("high"));
    person.types("y\n\n");
    assert_eq!(person.types("\n"), None);
    assert!(person.screen.contains("there is no word to type"), "{}", person.screen);
    assert_eq!(person.prompt.stage, Stage::Choose);
    assert_eq!(person.types("n\n"), Some(NO));
}

#[test]
fn a_pasted_word_does_not_count() {
    let keys = |text: &str| text.chars().map(Key::Char).collect::<Vec<_>>();
    for paste in [vec![Key::Paste(word(0).to_owned())], keys(word(0))] {
        let mut person = Person::before(deploy("high"));
        person.types("y");
        assert_eq!(person.press(&paste), None);
        person.wait(1);
        assert_eq!(person.prompt.editor.text(), None);
        assert_eq!(person.types("\n"), None);
    }
}

#[test]
fn critical_risk_takes_reason_and_word() {
    let mut person = Person::before(deploy("critical"));
    assert_eq!(person.types("y\n"), None);
    assert!(person.screen.contains("asks for a reason"), "{}", person.screen);
    assert_eq!(person.types("it is fine\n"), None);
    assert!(person.screen.contains("CRITICAL risk"), "{}", person.screen);
    let reason = Some("it is fine".to_owned());
    let vote = Act::Vote { choice: Choice::Approve, reason };
    assert_eq!(person.types(&format!("{}\n", word(0))), Some(vote));
    assert_eq!(Person::before(deploy("critical")).types("n\n"), None, "nor a no without one");
}

#[test]
fn escape_goes_back_from_everywhere() {
    for (keys, policy) in
        [("y", "plain"), ("y", "high"), ("y", "critical"), ("n", "plain"), ("c", "plain")]
    {
        let mut person = Person::before(deploy(policy));
        person.types(keys);
        assert_ne!(person.prompt.stage, Stage::Choose);
        person.types("half a word");
        person.press(&[Key::Escape]);
        assert_eq!(person.prompt.stage, Stage::Choose, "{keys} of {policy}");
        assert_eq!(person.prompt.editor.text(), None);
    }
}

#[test]
fn an_empty_comment_is_none() {
    assert_eq!(Person::before(deploy("plain")).types("c \n"), None);
    let said = Act::Comment("hm".to_owned());
    assert_eq!(Person::before(deploy("plain")).types("chm\n"), Some(said));
}

#[test]
fn only_what_was_all_on_the_screen_may_be_approved() {
    let intent = Intent::builder("run").policy("plain").arg("command", &"A".repeat(3_000));
    let mut person = Person::before(intent);
    person.types("y");
    assert!(person.screen.contains("a value is cut here"), "{}", person.screen);
    person.types("      y");
    assert!(!person.prompt.is_whole(), "the end of the brief form is not the end");
    person.types("oy");
    assert!(person.screen.contains("see all of it first"), "{}", person.screen);
    person.types("      o");
    assert!(person.prompt.is_whole(), "once seen it stays seen");
    assert_eq!(person.types("y\n"), Some(YES));
}

#[test]
fn nothing_is_cut_where_there_is_room() {
    let intent = || Intent::builder("run").policy("plain").arg("command", &"A".repeat(700));
    let mut person = Person::before(intent());
    assert!(person.screen.contains("characters left out"), "{}", person.screen);
    assert!(!person.prompt.is_whole());
    person.size = (80, 40);
    person.wait(1);
    assert!(!person.screen.contains("left out"), "{}", person.screen);
    assert!(person.prompt.is_whole(), "all of it is on the screen");
    assert_eq!(person.types("y\n"), Some(YES));
}

#[test]
fn what_is_seen_is_what_was_painted_in_this_width() {
    let intent = Intent::builder("run").policy("plain").arg("command", &"A".repeat(3_000));
    let mut person = Person::before(intent);
    person.types("o ");
    person.size = (120, 24);
    person.types(" ");
    assert!(!person.prompt.is_whole(), "a wider window begins anew");
    person.types("   ");
    assert!(person.prompt.is_whole());
}

/// So many values of this length, and one of another.
fn values(count: usize, length: usize, last: usize) -> IntentBuilder {
    let intent = Intent::builder("run").policy("plain").arg("last", &"B".repeat(last));
    (0..count).fold(intent, |it, nth| it.arg(format!("part_{nth}"), &"A".repeat(length)))
}

#[test]
fn what_was_cut_is_not_seen_once_a_higher_window_has_room_for_it() {
    let mut person = Person::new(values(9, 1_000, 1_000));
    person.size = (200, 24);
    person.wait(5);
    person.types(&" ".repeat(10));
    assert!(person.screen.contains("characters left out") && !person.prompt.is_whole());
    person.size = (200, 60);
    person.wait(1);
    assert!(!person.prompt.is_whole(), "not all of it was on the screen\n{}", person.screen);
    person.types("  ");
    assert!(person.prompt.is_whole());
}

/// The agent chooses how long its values are, so that they fit when the clock says few words.
#[test]
fn what_was_cut_is_not_seen_once_the_clock_leaves_room_for_it() {
    let is_whole = |last: usize, ago: u64| {
        let now = ASKED.after(Duration::from_secs(ago));
        Card::brief(&request(values(15, 440, last)), now, 80, 19).whole
    };
    // Behind 61 seconds 13 minutes and 59 are left, behind 120 it is 13 minutes.
    let last = (80..120).find(|last| !is_whole(*last, 61) && is_whole(*last, 120)).unwrap();
    let mut person = Person::new(values(15, 440, last));
    person.ago = 61;
    person.wait(5);
    person.types(&" ".repeat(20));
    assert!(!person.prompt.is_whole());
    person.ago = 120;
    person.wait(1);
    assert!(!person.prompt.is_whole(), "not all of it was on the screen\n{}", person.screen);
    person.types(&" ".repeat(20));
    assert!(person.prompt.is_whole());
}

#[test]
fn the_clock_is_never_pushed_out_of_the_title() {
    let mut person = Person::before(deploy("plain"));
    person.size = (60, 12);
    person.wait(1);
    let title = person.screen.lines().next().unwrap();
    assert!(title.ends_with("14:00 left, then refused "), "{title}");
}
