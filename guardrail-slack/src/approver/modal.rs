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
pub(super) const EACH: usize = 48;

/// How often a request is shown in all; core keeps 1,024 notes of it, and votes need some.
const ALL: usize = 640;

/// Opens the modal. Its nonce goes on record first, as shown to this person there. Where there is no
/// room for one, a denial goes on with the nonce of the message it was asked in, `of`: to deny must
/// never be harder than to approve.
pub(super) async fn open(
    shared: &Shared,
    case: &Case<'_>,
    form: Form,
    ask: Ask,
    trigger: &str,
    of: Option<Token>,
) -> Result<(), Trouble> {
    let request = case.review.request();
    let crowded = request.shown() >= ALL || opened(request, case.account()) >= EACH;
    let pages = match form {
        Form::Deny => None,
        Form::Page(page) => Some((Pages::new(request, case.review.now())?, page)),
    };
    let layout = pages.as_ref().map(|(pages, _)| pages.layout().to_owned());
    let own = if crowded { Ok(None) } else { fresh(case, form, layout).await };
    let token = match (own, of) {
        (Ok(Some(token)), _) | (Ok(None) | Err(_), Some(token)) => token,
        (Ok(None), None) => {
            case.tell(words::TOO_OFTEN).await;
            return Ok(());
        }
        (Err(trouble), None) => return Err(trouble),
    };
    let view = match pages {
        None => deny(request, token)?,
        Some((pages, page)) => pages.view(page, ask, token)?,
    };
    if let Err(error) = shared.client.views_open(trigger, &view).await {
        case.tell(words::UNOPENED).await;
        return Err(error.into());
    }
    Ok(())
}

/// A nonce of this modal's own, on record.
async fn fresh(
    case: &Case<'_>,
    form: Form,
    layout: Option<String>,
) -> Result<Option<Token>, Trouble> {
    let request = case.review.request();
    let nonce = case.review.nonce()?;
    let token = Token { request: request.id(), digest: request.intent().digest(), nonce };
    let reference = Reference::View { account: case.account().clone(), form, layout };
    case.review.posted(Receipt::new(reference.text(), &nonce)).await?;
    Ok(Some(token))
}
