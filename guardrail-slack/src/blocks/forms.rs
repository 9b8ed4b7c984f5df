//! The modal for a denial, and inputs.

use guardrail_core::model::{ApprovalRequest, Choice};
use serde_json::Value;
use slackblocks::{
    Block, InputBlock, ModalView, PlainTextInputElement, RichTextBlock, SectionBlock,
};

use super::error::Error;
use super::message::reason_required;
use super::part::{code, line, plain, words};
use crate::token::{Carried, DENY, Page, REASON, Token};

/// What is typed to approve something risky in a modal, where no dialog asks back.
pub(crate) const fn approve_word() -> &'static str {
    "approve"
}

/// Most characters of a reason; 4 KiB are kept of it.
const REASON_LENGTH: i64 = 3_000;

/// Asks why a request is denied.
pub(crate) fn deny(request: &ApprovalRequest, token: Token) -> Result<Value, Error> {
    let action = line(vec![
        words("This ends the request. Denied is:", false)?,
        words(" ", false)?,
        code(request.intent().action())?,
    ])?;
    let id = format!("Request {}", request.id());
    let view = ModalView::builder()
        .title(plain("Deny a request")?)
        .submit(plain("Deny")?)
        .close(plain("Go back")?)
        .callback_id(DENY)
        .private_metadata(Carried { token, page: Page::ONLY }.expose())
        .block(RichTextBlock::builder().element(action).build()?)
        .block(SectionBlock::builder().text(plain(&id)?).build()?)
        .block(reason_input("Why?", reason_required(request, Choice::Deny))?);
    Ok(serde_json::to_value(view.build()?)?)
}

/// An input for a reason.
pub(super) fn reason_input(label: &str, required: bool) -> Result<Block, Error> {
    let input = PlainTextInputElement::builder()
        .action_id(REASON)
        .multiline(true)
        .max_length(REASON_LENGTH)
        .build()?;
    Ok(InputBlock::builder()
        .label(plain(label)?)
        .element(input)
        .block_id(REASON)
        .optional(!required)
        .build()?
        .into())
}
