//! Slack's limits hold for the largest requests there can be.

use std::collections::BTreeMap;

use guardrail_core::model::{Choice, IntentBuilder};

use super::hostile::check;
use super::request::{deploy, later, pending, token, voted};
use crate::blocks::{Ask, Pages, Shape, Sheet};

fn many(values: usize, text: &str) -> IntentBuilder {
    (0..values).fold(deploy("prod-change"), |intent, n| intent.arg(format!("option_{n}"), text))
}

#[test]
fn as_large_as_may_be() {
    for text in ["x", "&", "<", "\n.", "漢", "🙂", "\u{202e}", "\"", "\\", "é\u{301}\u{302}"] {
        for (values, times) in [(1, 30_000), (255, 200)] {
            let text = text.repeat(times / text.len());
            let intent = many(values, &text)
                .reason(text.repeat(2))
                .summary(text.repeat(2))
                .preview(text.repeat(50))
                .resource(text.chars().take(200).collect::<String>());
            let mut request = pending(intent);
            for person in ["bob", "carol"] {
                request.apply(later(1), &voted(person, Choice::Approve, Some(&text))).unwrap();
            }
            check(&request);
        }
    }
}

#[test]
fn a_cut_value_takes_review_and_review_shows_all_of_it() {
    let text = format!("{}needle{}", "x".repeat(4_000), "y".repeat(4_000));
    let request = pending(deploy("notes").arg("plan", &text));
    let sheet = Sheet::new(&request, later(1), Shape::InChannel, None);
    assert!(!sheet.is_whole() && !sheet.approves());
    let shown =
        serde_json::to_string(&sheet.message(Some(&token(&request))).unwrap().blocks).unwrap();
    assert!(!shown.contains("needle") && !shown.contains("guardrail.approve"), "{shown}");
    assert!(shown.contains("guardrail.review") && shown.contains("guardrail.deny"), "{shown}");
    assert!(shown.contains("8006 characters"), "length and hash are said: {shown}");
    let pages = Pages::new(&request, later(1)).unwrap();
    assert!(pages.is_whole());
    let view = pages.view(pages.first(), Ask::Approve, token(&request)).unwrap().to_string();
    assert!(view.contains("needle") && view.contains("part 3 of 3"), "{view}");
}

#[test]
fn a_small_request_is_approved_in_the_message() {
    let request = pending(deploy("notes").arg("plan", "7f3a"));
    let sheet = Sheet::new(&request, later(1), Shape::InChannel, None);
    assert!(sheet.is_whole() && sheet.approves());
    let shown = sheet.message(Some(&token(&request))).unwrap().blocks;
    assert!(!serde_json::to_string(&shown).unwrap().contains("guardrail.review"), "{shown:?}");
    // Where an approval takes a reason, there must be a place to write it.
    let request = pending(deploy("reasons").arg("plan", "7f3a"));
    let sheet = Sheet::new(&request, later(1), Shape::InChannel, None);
    assert!(sheet.is_whole() && !sheet.approves());
}

#[test]
fn what_is_cut_beside_the_values_can_be_opened_and_the_message_still_approves() {
    let intent = || deploy("notes").arg("plan", "7f3a");
    for request in [
        pending(intent().reason(format!("{0}needle{0}", "because ".repeat(150)))),
        pending(intent().summary(format!("{0}needle{0}", "in short ".repeat(150)))),
    ] {
        let sheet = Sheet::new(&request, later(1), Shape::InChannel, None);
        assert!(sheet.is_whole() && sheet.approves());
        let shown =
            serde_json::to_string(&sheet.message(Some(&token(&request))).unwrap().blocks).unwrap();
        assert!(!shown.contains("needle"), "{shown}");
        for button in ["approve", "review", "deny"] {
            assert!(shown.contains(&format!("guardrail.{button}")), "{shown}");
        }
        let pages = Pages::new(&request, later(1)).unwrap();
        let view = pages.view(pages.first(), Ask::Approve, token(&request)).unwrap().to_string();
        assert!(pages.is_whole() && view.contains("needle"), "{view}");
    }
}

#[test]
fn what_takes_too_many_pages_is_not_approved_in_slack() {
    // 12 bytes are shown for one.
    let value: BTreeMap<String, String> =
        (0..50).map(|n| (format!("k{n}"), "\u{202e}".repeat(1_600))).collect();
    let request = pending(deploy("notes").arg("plan", &value).preview("\u{202e}".repeat(20_000)));
    let pages = Pages::new(&request, later(1)).unwrap();
    assert!(!pages.is_whole(), "{:?}", pages.first());
    let mut at = pages.first();
    while let Some(next) = at.next() {
        at = next;
    }
    let last = pages.view(at, Ask::Approve, token(&request)).unwrap();
    assert!(last.get("submit").is_none(), "nothing approves");
    assert!(last.to_string().contains("cannot be approved in Slack"));
    check(&request);
}

#[test]
fn only_the_last_page_approves() {
    let request = pending(deploy("prod-change").arg("plan", &"line\n".repeat(40_000)));
    let pages = Pages::new(&request, later(1)).unwrap();
    assert!(pages.is_whole());
    let first = pages.first();
    assert!(first.of > 1, "{first:?}");
    let view = pages.view(first, Ask::Approve, token(&request)).unwrap();
    assert_eq!(view.pointer("/submit/text").unwrap(), "Next page");
    let mut at = first;
    while let Some(next) = at.next() {
        at = next;
    }
    let view = pages.view(at, Ask::Approve, token(&request)).unwrap();
    assert_eq!(view.pointer("/submit/text").unwrap(), "Approve");
    assert!(view.to_string().contains("guardrail.word"), "a risky one takes a word");
}
