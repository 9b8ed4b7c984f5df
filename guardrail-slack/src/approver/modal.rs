//! Opens a modal for one person, with a nonce of their own.

use guardrail_core::model::Receipt;

use super::receipt::{Reference, opened};
use super::shared::Shared;
use super::trouble::Trouble;
use super::vote::Case;
use super::words;
use crate::blocks::{Ask, Pages, deny};
use crate::interaction::Form;
use crate::token::Token;

/// How often one account opens modals of one request.
const EACH: usize = 48;

/// How often a request is shown in all; core keeps 1,024 notes of it, and votes need some.
const ALL: usize = 640;

/// Opens the modal. Its nonce goes on record first, as shown to this person there.
pub(super) async fn open(
    shared: &Shared,
    case: &mut Case<'_>,
    form: Form,
    ask: Ask,
    trigger: &str,
) -> Result<(), Trouble> {
    let request = case.review.request();
    if request.shown() >= ALL || opened(request, &case.account) >= EACH {
        case.tell(words::TOO_OFTEN).await;
        return Ok(());
    }
    let nonce = case.review.nonce()?;
    let token = Token { request: request.id(), digest: request.intent().digest(), nonce };
    let view = match form {
        Form::Deny => deny(request, token)?,
        Form::Page(page) => Pages::new(request, case.review.now())?.view(page, ask, token)?,
    };
    let reference = Reference::View { account: case.account.clone(), form };
    case.review.posted(Receipt::new(reference.text(), &nonce)).await?;
    if let Err(error) = shared.client.views_open(trigger, &view).await {
        case.tell(words::UNOPENED).await;
        return Err(error.into());
    }
    Ok(())
}
