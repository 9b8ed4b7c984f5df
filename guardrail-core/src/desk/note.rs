//! Notes: what changes nothing but belongs on record.

use std::sync::Arc;

use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::model::secret::mask_text;
use crate::model::{
    ApprovalRequest, AuditEvent, Identity, Posted, Receipt, State, TEXT_LIMIT, cut,
};
use crate::policy::Resolution;

impl Desk {
    /// A channel showed the request.
    pub(crate) async fn posted(
        &self,
        request: ApprovalRequest,
        channel: &Arc<str>,
        receipt: &Receipt,
    ) -> Result<ApprovalRequest, Error> {
        if receipt.reference().len() > Receipt::LIMIT {
            return Err(Error::Limit { what: "bytes of a receipt", limit: Receipt::LIMIT });
        }
        self.note(request, || {
            AuditEvent::Posted(Arc::new(Posted {
                channel: Arc::clone(channel),
                receipt: receipt.reference().into(),
                nonce: receipt.nonce(),
            }))
        })
        .await
    }

    /// Someone said something; 4 KiB are kept, credentials masked.
    pub(crate) async fn comment(
        &self,
        request: ApprovalRequest,
        channel: &str,
        by: &Identity,
        text: &str,
    ) -> Result<ApprovalRequest, Error> {
        let policies = self.policies();
        let person = match policies.directory().resolve(by) {
            Resolution::Person(person) => Some(person.id().clone()),
            Resolution::Nobody => None,
        };
        self.note(request, || AuditEvent::Commented {
            channel: channel.into(),
            by: by.clone(),
            person: person.clone(),
            text: cut(&mask_text(text), TEXT_LIMIT),
        })
        .await
    }

    /// A channel can no longer answer. The last one that leaves a pending request denies it.
    pub(crate) async fn left(
        &self,
        request: ApprovalRequest,
        channel: &str,
        error: Option<&str>,
        last: bool,
    ) -> Result<ApprovalRequest, Error> {
        let left = || AuditEvent::ApproverLeft {
            channel: channel.into(),
            error: error.map(|error| cut(&mask_text(error), TEXT_LIMIT)),
        };
        let judged = self.change_request(request, |request, now| {
            let mut events = vec![left()];
            match request.state(now()) {
                State::Pending if last => events.push(unreachable()),
                State::Pending => {}
                _ => return Move::Stop(()),
            }
            // Whoever has seen it expired will not see it denied.
            Move::Append { events, before: last.then(|| request.expires()), then: () }
        });
        Ok(judged.await?.0)
    }

    /// There is no channel at all in which people could be asked.
    pub(crate) async fn unattended(
        &self,
        request: ApprovalRequest,
    ) -> Result<ApprovalRequest, Error> {
        let judged = self.change_request(request, |request, now| match request.state(now()) {
            State::Pending => Move::Append {
                events: vec![unreachable()],
                before: Some(request.expires()),
                then: (),
            },
            _ => Move::Stop(()),
        });
        Ok(judged.await?.0)
    }

    async fn note(
        &self,
        request: ApprovalRequest,
        event: impl Fn() -> AuditEvent,
    ) -> Result<ApprovalRequest, Error> {
        let limit = self.limits.notes;
        let (request, noted) = self
            .change_request(request, |request, _| {
                if request.version().get() >= limit {
                    Move::Stop(false)
                } else {
                    Move::append(event(), true)
                }
            })
            .await?;
        if noted {
            Ok(request)
        } else {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            Err(Error::Limit { what: "notes on this request", limit })
        }
    }
}

fn unreachable() -> AuditEvent {
    AuditEvent::Denied { by: None, reason: Some("no approver could be reached".into()) }
}
