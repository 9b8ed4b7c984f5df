//! What a reviewer sees, as it goes to Slack.

use guardrail_core::model::{AuditEvent, Choice};
use serde_json::to_string_pretty;

use super::request::{deploy, later, pending, token, voted};
use crate::blocks::{Ask, Pages, Shape, Sheet, deny};

fn request() -> guardrail_core::model::ApprovalRequest {
    pending(
        deploy("prod-change")
            .arg("workspace", "eu-1")
            .arg("plan", "7f3a & <b>")
            .summary("apply plan 7f3a in eu-1")
            .preview("+ aws_instance.web\n- aws_instance.old")
            .reason("disk is 91 % full"),
    )
}

#[test]
fn a_pending_request() {
    let mut request = request();
    request.apply(later(30), &voted("bob", Choice::Approve, Some("plan checked"))).unwrap();
    let sheet = Sheet::new(&request, later(60), Shape::InChannel, Some("S012ABC"));
    let shown = sheet.message(Some(&token(&request))).unwrap();
    insta::assert_snapshot!(shown.text, @"Approval needed: terraform_apply · high risk <!subteam^S012ABC>");
    insta::assert_snapshot!("pending", to_string_pretty(&shown.blocks).unwrap());
}

#[test]
fn values_behind_review() {
    let request = request();
    let sheet = Sheet::new(&request, later(60), Shape::BehindReview, None);
    let shown = sheet.message(Some(&token(&request))).unwrap();
    insta::assert_snapshot!("behind_review", to_string_pretty(&shown.blocks).unwrap());
}

#[test]
fn a_denied_request() {
    let mut request = request();
    request.apply(later(30), &voted("bob", Choice::Deny, Some("not today"))).unwrap();
    let by = request.votes()[0].voted().person.clone();
    let denied = AuditEvent::Denied { by: Some(by), reason: Some("not today".into()) };
    request.apply(later(30), &denied).unwrap();
    let sheet = Sheet::new(&request, later(60), Shape::InChannel, Some("S012ABC"));
    let shown = sheet.message(Some(&token(&request))).unwrap();
    insta::assert_snapshot!(shown.text, @"terraform_apply: denied, will not run · high risk");
    insta::assert_snapshot!("denied", to_string_pretty(&shown.blocks).unwrap());
}

#[test]
fn the_modals() {
    let request = request();
    let pages = Pages::new(&request, later(60)).unwrap();
    let view = pages.view(pages.first(), Ask::Approve, token(&request)).unwrap();
    insta::assert_snapshot!("review", to_string_pretty(&view).unwrap());
    let view = deny(&request, token(&request)).unwrap();
    insta::assert_snapshot!("deny", to_string_pretty(&view).unwrap());
}
