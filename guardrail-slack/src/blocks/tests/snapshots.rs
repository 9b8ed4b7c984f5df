//! What a reviewer sees, as it goes to Slack.

use guardrail_core::model::{AuditEvent, Choice};
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

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

/// Its keys in order, whatever order serde_json keeps: a feature that some crate turns on for the whole program
/// changes that.
fn pretty(value: &impl Serialize) -> String {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Object(object) => {
                let sorted: BTreeMap<String, Value> =
                    object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
                sorted.into_iter().collect()
            }
            Value::Array(values) => values.into_iter().map(sorted).collect(),
            other => other,
        }
    }
    serde_json::to_string_pretty(&sorted(serde_json::to_value(value).unwrap())).unwrap()
}

#[test]
fn a_pending_request() {
    let mut request = request();
    request.apply(later(30), &voted("bob", Choice::Approve, Some("plan checked"))).unwrap();
    let sheet = Sheet::new(&request, later(60), Shape::InChannel, Some("S012ABC"));
    let shown = sheet.message(Some(&token(&request))).unwrap();
    insta::assert_snapshot!(shown.text, @"Approval needed: terraform_apply · high risk <!subteam^S012ABC>");
    insta::assert_snapshot!("pending", pretty(&shown.blocks));
}

#[test]
fn values_behind_review() {
    let request = request();
    let sheet = Sheet::new(&request, later(60), Shape::BehindReview, None);
    let shown = sheet.message(Some(&token(&request))).unwrap();
    insta::assert_snapshot!("behind_review", pretty(&shown.blocks));
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
    insta::assert_snapshot!("denied", pretty(&shown.blocks));
}

#[test]
fn the_modals() {
    let request = request();
    let pages = Pages::new(&request, later(60)).unwrap();
    let view = pages.view(pages.first(), Ask::Approve, token(&request)).unwrap();
    insta::assert_snapshot!("review", pretty(&view));
    let view = deny(&request, token(&request)).unwrap();
    insta::assert_snapshot!("deny", pretty(&view));
}
