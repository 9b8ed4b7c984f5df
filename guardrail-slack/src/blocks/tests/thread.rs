//! What is said in the thread says who and why.

use guardrail_core::model::{AuditEvent, Choice};
use serde_json::json;

use super::json::{check_message, read};
use super::request::{deploy, later, pending, voted};
use crate::blocks::Note;

#[test]
fn a_vote_says_who_how_and_why() {
    let mut request = pending(deploy("prod-change"));
    request.apply(later(1), &voted("bob", Choice::Approve, Some("plan <checked>"))).unwrap();
    let shown = Note::vote(&request.votes()[0], request.tally()).shown().unwrap();
    check_message(&shown);
    assert_eq!(read(&json!(shown.blocks)), "bob\n approves · 1 of 2\nplan <checked>\n");
    assert_eq!(shown.text, "bob approves · 1 of 2");
}

#[test]
fn the_end_is_said_once_and_to_whom_it_is_done_for() {
    let mut request = pending(deploy("prod-change"));
    assert_eq!(Note::state(&request), None);
    request.apply(later(1), &voted("bob", Choice::Deny, Some("not today"))).unwrap();
    let by = request.votes()[0].voted().person.clone();
    let denied = AuditEvent::Denied { by: Some(by), reason: Some("not today".into()) };
    request.apply(later(1), &denied).unwrap();
    let thread = Note::state(&request).unwrap().shown().unwrap();
    assert_eq!(read(&json!(thread.blocks)), "bob\n has denied it: it will not run.\n");
    let told = Note::result(&request).unwrap().shown().unwrap();
    let read = read(&json!(told.blocks));
    assert_eq!(
        read,
        "terraform_apply\n (done for you): Denied: it will not run.\nbob: not today\n"
    );
}

#[test]
fn a_reminder_names_the_group() {
    let request = pending(deploy("prod-change"));
    let shown = Note::reminder("3 min", request.tally(), Some("S012ABC")).shown().unwrap();
    check_message(&shown);
    assert!(shown.text.starts_with("<!subteam^S012ABC> Still waiting, 0 of 2"), "{}", shown.text);
}
