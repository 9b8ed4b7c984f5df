//! A modal was sent: a denial, the next page, an approval.

use guardrail_core::model::{Choice, Risk, VoteRefusal};

use super::asker::Asker;
use super::modal::open;
use super::receipt::Reference;
use super::trouble::Trouble;
use super::vote::{Case, May, Said};
use super::words;
use crate::blocks::{Ask, Pages, approve_word};
use crate::interaction::{Form, Submitted};

pub(super) async fn submit(asker: &Asker<'_>, sent: Submitted) -> Result<(), Trouble> {
    let shared = asker.shared;
    let Submitted { account, form, token, reason, word, trigger, .. } = sent;
    let Some(mut case) = Case::open(asker, token.request).await? else { return Ok(()) };
    let shown = shared.shown(&mut case.review, &token.nonce).await?;
    let (here, layout) = match shown {
        // A denial that was opened too often for a nonce of its own has that of its message.
        Some(Reference::Message { .. }) => (form == Form::Deny, None),
        // Any other counts for the person and the page it was opened for.
        Some(Reference::View { account: reader, form: opened, layout }) => {
            (reader == account && opened == form, layout)
        }
        None => (false, None),
    };
    let page = match form {
        Form::Deny => {
            let said = Said { choice: Choice::Deny, token, here, whole: false, reason };
            return case.cast(said).await;
        }
        Form::Page(page) => page,
    };
    let request = case.review.request();
    let pages = Pages::new(request, case.review.now())?;
    let same = layout.as_deref() == Some(pages.layout());
    let whole = pages.is_whole();
    let risky = request.requirement().is_some_and(|asked| asked.risk() >= Risk::High);
    let digest = request.intent().digest();
    if let Some(next) = page.next() {
        let ask = match case.may(true).await? {
            Some(May::Vote) => Ask::Approve,
            Some(May::Read) => Ask::Nothing,
            None => return Ok(()),
        };
        if !here || digest != token.digest {
            case.tell(&words::refusal(&VoteRefusal::UnknownNonce, case.account())).await;
            return Ok(());
        }
        if !same {
            case.tell(words::LAID_OUT_ANEW).await;
            return Ok(());
        }
        return open(shared, &case, Form::Page(next), ask, &trigger, None).await;
    }
    if here && !same {
        case.tell(words::LAID_OUT_ANEW).await;
        return Ok(());
    }
    if here && !whole {
        case.tell(words::NOT_IN_SLACK).await;
        return Ok(());
    }
    let typed = word.is_some_and(|word| word.trim().eq_ignore_ascii_case(approve_word()));
    if risky && !typed {
        case.tell(words::NO_WORD).await;
        return Ok(());
    }
    // The nonce of the last page is had by sending the page before it, and so on from the first.
    case.cast(Said { choice: Choice::Approve, token, here, whole: here && whole, reason }).await
}
