//! A button was pressed.

use guardrail_core::model::{Choice as Vote, VoteRefusal};

use super::asker::Asker;
use super::modal::open;
use super::receipt::Reference;
use super::trouble::Trouble;
use super::vote::{Case, May, Said};
use super::words;
use crate::blocks::{Ask, Pages};
use crate::client::Sent;
use crate::interaction::{Choice, Click, Form};

pub(super) async fn press(asker: &Asker<'_>, click: Click) -> Result<(), Trouble> {
    let shared = asker.shared;
    let Click { token, channel, message, trigger, .. } = click;
    let Some(mut case) = Case::open(asker, token.request).await? else { return Ok(()) };
    // A nonce counts in the message it was shown in and nowhere else.
    let here = Sent { channel, ts: message };
    let shown = shared.shown(&mut case.review, &token.nonce).await?;
    let (here, whole) = match shown {
        Some(Reference::Message { at, whole }) if at == here => {
            shared.live.hangs(&at, token.request);
            (true, whole)
        }
        _ => (false, false),
    };
    let digest = case.review.request().intent().digest();
    match click.choice {
        Choice::Approve => {
            let said = Said { choice: Vote::Approve, token, here, whole, reason: None };
            case.cast(said).await
        }
        Choice::Deny | Choice::Review if !here || digest != token.digest => {
            // Where it is over that is said first, and the buttons go.
            if case.may(true).await?.is_some() {
                case.tell(&words::refusal(&VoteRefusal::UnknownNonce, case.account())).await;
            }
            Ok(())
        }
        Choice::Deny => match case.may(false).await? {
            Some(_) => open(shared, &case, Form::Deny, Ask::Nothing, &trigger, Some(token)).await,
            None => Ok(()),
        },
        Choice::Review => {
            let ask = match case.may(true).await? {
                Some(May::Vote) => Ask::Approve,
                Some(May::Read) => Ask::Nothing,
                None => return Ok(()),
            };
            let first = Pages::new(case.review.request(), case.review.now())?.first();
            open(shared, &case, Form::Page(first), ask, &trigger, None).await
        }
    }
}
