//! What receipts say: where a nonce was shown, to whom, and whether everything stood there.

use guardrail_core::model::{ApprovalRequest, Nonce, State};

use crate::client::Sent;
use crate::interaction::{Account, Form};
use crate::token::Page;

/// Where a nonce was shown. It opens nothing anywhere else, and to nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// In the message, to everyone in the channel.
    Message {
        at: Sent,
        /// Whether every value stood there.
        whole: bool,
    },
    /// In a modal, to one person. A page says how all of them were laid out, so that nobody turns
    /// from a page of one layout to one of another.
    View { account: Account, form: Form, layout: Option<String> },
}

impl Reference {
    /// `C0OPS/1789982042.000100 whole`, `view T0CORP/U0BOB 2/3 0123456789abcdef`.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Message { at, whole } => {
                let whole = if *whole { "whole" } else { "part" };
                format!("{}/{} {whole}", at.channel, at.ts)
            }
            Self::View { account: Account { team, user }, form, layout } => {
                let form = match form {
                    Form::Deny => "deny".to_owned(),
                    Form::Page(page) => page.text(),
                };
                let layout = layout.iter().map(|layout| format!(" {layout}"));
                format!("view {team}/{user} {form}{}", layout.collect::<String>())
            }
        }
    }

    /// Reads exactly what [`Reference::text`] writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let pair = |text: &str| {
            let (one, other) = text.split_once('/')?;
            Some((one.to_owned(), other.to_owned()))
        };
        if let Some(view) = text.strip_prefix("view ") {
            let mut parts = view.split(' ');
            let (team, user) = pair(parts.next()?)?;
            let (form, layout) = match (parts.next()?, parts.next()) {
                ("deny", None) => (Form::Deny, None),
                (page, Some(layout)) if !layout.is_empty() => {
                    (Form::Page(Page::parse(page)?), Some(layout.to_owned()))
                }
                _ => return None,
            };
            let account = Account { team, user };
            return parts.next().is_none().then_some(Self::View { account, form, layout });
        }
        let (place, last) = text.rsplit_once(' ')?;
        let (channel, ts) = pair(place)?;
        let whole = match last {
            "whole" => true,
            "part" => false,
            _ => return None,
        };
        Some(Self::Message { at: Sent { channel, ts }, whole })
    }

    /// Where this nonce of the request was shown.
    pub(super) fn of(request: &ApprovalRequest, nonce: &Nonce) -> Option<Self> {
        let hash = nonce.hash();
        let receipts = request.receipts(super::CHANNEL);
        let receipt = receipts.iter().find(|receipt| receipt.nonce() == hash)?;
        Self::parse(receipt.reference())
    }
}

/// The message of the request, where there is one: the last that was posted.
pub(super) fn message(request: &ApprovalRequest) -> Option<Sent> {
    let receipts = request.receipts(super::CHANNEL);
    receipts.iter().rev().find_map(|receipt| match Reference::parse(receipt.reference())? {
        Reference::Message { at, .. } => Some(at),
        Reference::View { .. } => None,
    })
}

/// The message of a request that waits, where it needs no change after a restart: it was posted
/// once, never changed, and nobody has voted. Where it was changed nobody knows whether Slack heard
/// of that.
pub(super) fn untouched(request: &ApprovalRequest) -> Option<Sent> {
    if request.recorded_state() != State::Pending || !request.votes().is_empty() {
        return None;
    }
    let receipts = request.receipts(super::CHANNEL);
    let messages = receipts.iter().filter_map(|receipt| Reference::parse(receipt.reference()));
    let mut messages = messages.filter_map(|reference| match reference {
        Reference::Message { at, .. } => Some(at),
        Reference::View { .. } => None,
    });
    let only = messages.next()?;
    messages.next().is_none().then_some(only)
}

/// How often this account has opened a modal of the request.
pub(super) fn opened(request: &ApprovalRequest, of: &Account) -> usize {
    let receipts = request.receipts(super::CHANNEL);
    let views = receipts.iter().filter(|receipt| {
        matches!(Reference::parse(receipt.reference()), Some(Reference::View { account, .. })
            if account == *of)
    });
    views.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let at = Sent { channel: "C0OPS".into(), ts: "1789982042.000100".into() };
        let account = Account { team: "T0CORP".into(), user: "U0BOB".into() };
        for reference in [
            Reference::Message { at: at.clone(), whole: true },
            Reference::Message { at, whole: false },
            Reference::View { account: account.clone(), form: Form::Deny, layout: None },
            Reference::View {
                account,
                form: Form::Page(Page { number: 2, of: 3 }),
                layout: Some("0123456789abcdef".into()),
            },
        ] {
            assert_eq!(Reference::parse(&reference.text()), Some(reference));
        }
        let others = ["", "C0OPS", "C0OPS/1 ", "C0OPS/1.2 w", "view T0 deny", "view T0/U0 0/1"];
        let views = ["view T0/U0 1/1", "view T0/U0 1/1 a b", "view T0/U0 deny a"];
        for other in others.into_iter().chain(views) {
            assert_eq!(Reference::parse(other), None, "{other}");
        }
    }
}
