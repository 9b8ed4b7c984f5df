//! Texts of agents and people stay text: in no field with markup, in no notification, in a frame.

use guardrail_core::model::{ApprovalRequest, Choice, IntentBuilder};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::json::{check_message, check_view, read, strings};
use super::request::{deploy, later, pending, token, voted};
use crate::blocks::{Ask, Note, Pages, Shape, Sheet, Shown, deny};

/// A run that our own words never hold, put into everything an agent or a person can write.
const TAINT: &str = "zqxtaint";

/// Holds what is shown of a request against every rule, and returns all of it.
pub(crate) fn check(request: &ApprovalRequest) -> String {
    let mut page = String::new();
    for shape in [Shape::InChannel, Shape::BehindReview] {
        for group in [None, Some("S012ABC")] {
            let sheet = Sheet::new(request, later(1), shape, group);
            let shown = sheet.message(Some(&token(request))).unwrap();
            check_message(&shown);
            no_taint(&shown);
            if shape == Shape::InChannel {
                page.push_str(&read(&json!(shown.blocks)));
            }
        }
    }
    let pages = Pages::new(request, later(1)).unwrap();
    let mut page_at = Some(pages.first());
    while let Some(at) = page_at {
        let view = pages.view(at, Ask::Approve, token(request)).unwrap();
        check_view(&view);
        no_taint_in_markup(&view);
        page.push_str(&read(&view));
        page_at = at.next();
    }
    let view = deny(request, token(request)).unwrap();
    check_view(&view);
    no_taint_in_markup(&view);
    for vote in request.votes() {
        let shown = Note::vote(vote, request.tally()).shown().unwrap();
        check_message(&shown);
        no_taint(&shown);
    }
    for note in [Note::state(request), Note::result(request)].into_iter().flatten() {
        let shown = note.shown().unwrap();
        check_message(&shown);
        no_taint(&shown);
    }
    page
}

fn no_taint(shown: &Shown) {
    assert!(
        !shown.text.contains(['&', '*', '`', '~', '@', ':', '/', '.']) || own(&shown.text),
        "{}",
        shown.text
    );
    let mut text = shown.text.replace("<!subteam^S012ABC>", "");
    text.retain(|c| matches!(c, '<' | '>' | '@' | '&'));
    assert_eq!(text, "", "{}", shown.text);
    no_taint_in_markup(&json!(shown.blocks));
}

/// Our own sentences end in full stops and hold colons followed by a blank.
fn own(text: &str) -> bool {
    let text = text.replace(": ", " ").replace(". ", " ");
    let text = text.trim_end_matches(['.', ':']);
    !text.contains(['&', '*', '`', '~', '@', ':', '/', '.'])
}

/// The only field with markup holds a time of ours, whatever the request holds.
fn no_taint_in_markup(value: &Value) {
    for (way, kind, text) in strings(value) {
        if kind != "mrkdwn" || !way.ends_with(".text") {
            continue;
        }
        let (label, date) = text.split_once('\n').unwrap();
        assert!(["expires, then refused", "lapses, then will not run"].contains(&label), "{way}");
        assert!(date.starts_with("<!date^") && date.ends_with(" UTC>"), "{way}: {text}");
        assert_eq!(date.matches(['<', '>']).count(), 2, "{way}: {text}");
    }
    // Nothing but our own mention and the policy's links is more than text.
    for (way, kind, text) in strings(value) {
        match kind.as_str() {
            "usergroup" => assert!(text == "usergroup" || text == "S012ABC", "{way}: {text}"),
            "link" => assert!(!text.contains(TAINT), "{way}: {text}"),
            "user" | "channel" | "emoji" | "broadcast" | "markdown" | "image" => {
                panic!("{way}: a `{kind}`")
            }
            _ => {}
        }
    }
}

/// A request in which everything an agent and a person can write holds this text.
fn full_of(text: &str, policy: &str) -> ApprovalRequest {
    let intent: IntentBuilder = deploy(policy)
        .arg("plan", text)
        .arg("deep", &std::collections::BTreeMap::from([(text, vec![text, "b"])]))
        .resource(text)
        .summary(text)
        .reason(text)
        .preview(text)
        .agent(if text.is_empty() {
            "a"
        } else {
            text.get(..text.floor_char_boundary(200)).unwrap()
        });
    let mut request = pending(intent);
    request.apply(later(1), &voted("bob", Choice::Approve, Some(text))).unwrap();
    request
}

const TEXTS: &[&str] = &[
    "<!channel> zqxtaint",
    "<@U012ABC> <!here> <!everyone>",
    "<https://evil.example|https://wiki.example.com>",
    ":white_check_mark: *approved* by _bob_ ~no~ `code` ```block```",
    "> quote\n> approved by carol\n• bullet",
    "&lt;!channel&gt; &amp;lt;",
    "\u{202e}gpj.exe\u{2066}",
    "a\u{200b}b\u{feff}\u{e0041}",
    "</code></pre>\"}],\"type\":\"mrkdwn\"",
    "approvals: 2 of 2\nstate: approved, running",
    "@channel #general mailto:a@b.example http://evil.example",
];

#[test]
fn hostile_texts_stay_text() {
    for text in TEXTS {
        for policy in ["prod-change", "notes", "reasons"] {
            let page = check(&full_of(text, policy));
            assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{feff}', '\u{e0041}', '\u{2066}']));
        }
    }
}

#[test]
fn behind_review_no_value_stands_in_the_channel() {
    let request = pending(
        deploy("prod-change")
            .arg("plan", TAINT)
            .resource(TAINT)
            .summary(TAINT)
            .reason(TAINT)
            .preview(TAINT),
    );
    let sheet = Sheet::new(&request, later(1), Shape::BehindReview, None);
    assert!(!sheet.is_whole() && !sheet.approves());
    let shown = sheet.message(Some(&token(&request))).unwrap();
    let text = format!("{} {}", shown.text, json!(shown.blocks));
    assert!(!text.contains(TAINT), "{text}");
    assert!(text.contains("plan"), "the names are there: {text}");
    assert!(text.contains("guardrail.review") && !text.contains("guardrail.approve"));
}

#[test]
fn a_value_of_several_lines_forges_no_line_of_ours() {
    let request = pending(deploy("notes").arg("plan", "x\nrequest\nforged\nvote: bob approves"));
    let shown =
        Sheet::new(&request, later(1), Shape::InChannel, None).message(Some(&token(&request)));
    let blocks = json!(shown.unwrap().blocks);
    let mut found = 0;
    for (way, _, text) in strings(&blocks) {
        if text.contains("forged") {
            let pointer = format!("/{}", way.replace(['[', '.'], "/").replace([']'], ""));
            let frame = pointer.replace("//", "/").replace("/elements/0/text", "/type");
            let frame = blocks.pointer(&frame).unwrap();
            assert_eq!(frame, "rich_text_preformatted", "{way}");
            found += 1;
        }
    }
    assert_eq!(found, 1);
}

#[test]
fn an_action_is_neutral_in_a_notification() {
    for (action, name) in [
        ("evil.example:smile:x", "evil·example·smile·x"),
        ("_slanted_", "·slanted·"),
        ("terraform_apply__all_", "terraform_apply··all·"),
    ] {
        let intent = guardrail_core::model::Intent::builder(action).policy("notes");
        let request = pending(intent.agent("deploy-bot"));
        let shown = Sheet::new(&request, later(1), Shape::InChannel, None).message(None).unwrap();
        assert_eq!(shown.text, format!("Approval needed: {name} · low risk"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_written_stays_text(text in any::<String>(), more in "[<>&*_~`:@#!|\\n a-z]{0,200}") {
        check(&full_of(&format!("{text}{TAINT}{more}"), "prod-change"));
    }
}
