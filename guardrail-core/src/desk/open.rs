//! Opens a request: the policy speaks, and what it says is on record before anyone is told.

use std::sync::Arc;

use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::desk::limits::Slot;
use crate::desk::permit::Permit;
use crate::model::{ApprovalRequest, AuditEvent, Intent, Outcome, RequestId, Requested, Verdict};

/// A judged intent with the id its request will have. Nothing is on record yet.
#[derive(Debug)]
pub(crate) struct Prepared {
    id: RequestId,
    requested: Arc<Requested>,
}

impl Prepared {
    pub(crate) fn id(&self) -> RequestId {
        self.id
    }

    pub(crate) fn requested(&self) -> &Arc<Requested> {
        &self.requested
    }
}

/// What became of opening a request.
#[derive(Debug)]
pub(crate) enum Opening {
    /// Allowed, and started in the same append.
    Started(Permit),
    /// New; waits for people.
    Pending(ApprovalRequest, Slot),
    /// A call with this key was here before; this is its request, for the same deed.
    Attached(ApprovalRequest, Slot),
    /// A call with this key was here before, for another deed.
    KeyReused,
    /// Refused before anyone was asked, and on record.
    Refused(Box<str>),
    /// Allowed, but no longer when that was on record. It will not begin, and that is on record.
    Revoked(Box<str>),
    /// Refused because too much waits already, and on record under this id.
    Full(RequestId, Box<str>),
    /// Refused because its redacted values could not be kept, and on record.
    Unkept(Error),
}

impl Desk {
    /// Lets the policies judge the intent, and gives the request its id. A refusal has an id of
    /// its own whatever the key: the key stays free for a call that may.
    pub(crate) fn prepare(&self, intent: Intent) -> Result<Prepared, Error> {
        let policies = self.policies();
        let verdict = policies.judge(&intent);
        let id = match (&verdict, intent.key()) {
            (Verdict::Allow | Verdict::Ask(_), Some(key)) => {
                let environment = intent.place().environment();
                let agent = intent.actor().agent().as_str();
                RequestId::keyed(self.log.id(), environment, agent, intent.action(), key)
            }
            _ => RequestId::random(self.log.now(), &*self.entropy)?,
        };
        let call = match id.is_keyed() {
            true => Some(RequestId::random(self.log.now(), &*self.entropy)?),
            false => None,
        };
        let kept = self.keeps(&intent, &verdict);
        Ok(prepared(
            id,
            Requested { intent, verdict, policy_digest: policies.digest(), call, kept },
        ))
    }

    /// A call that is refused before any policy could be asked.
    pub(crate) fn prepare_refusal(
        &self,
        intent: Intent,
        reason: Box<str>,
    ) -> Result<Prepared, Error> {
        let id = RequestId::random(self.log.now(), &*self.entropy)?;
        let (verdict, policy_digest) = (Verdict::Deny { reason }, self.policies().digest());
        let requested = Requested { intent, verdict, policy_digest, call: None, kept: vec![] };
        Ok(prepared(id, requested))
    }

    /// Puts the judged intent on record.
    pub(crate) async fn open(&self, prepared: &Prepared) -> Result<Opening, Error> {
        let Prepared { id, requested } = prepared;
        let (id, intent) = (*id, &requested.intent);
        match requested.verdict.clone() {
            Verdict::Deny { reason } => {
                self.append_first(id, requested, false).await?;
                Ok(Opening::Refused(reason))
            }
            Verdict::Ask(_) => {
                let mut slot = match self.places.take(id, intent.actor().agent()) {
                    Ok(slot) => slot,
                    Err(error) => {
                        return Box::pin(self.refuse_place(id, requested, &error)).await;
                    }
                };
                if let Some(unkept) = self.keep_first(id, requested).await? {
                    return Ok(unkept);
                }
                let (request, new) = self.append_first(id, requested, false).await?;
                if new {
                    slot.wait(true);
                    Ok(Opening::Pending(request, slot))
                } else {
                    Box::pin(self.attach(request, requested, slot)).await
                }
            }
            Verdict::Allow => {
                if let Some(unkept) = self.keep_first(id, requested).await? {
                    return Ok(unkept);
                }
                let (judged_by, tenure) = (requested.policy_digest, self.log.tenure());
                let (mut request, new) = self.append_first(id, requested, true).await?;
                if !new {
                    let slot = match self.places.take(id, intent.actor().agent()) {
                        Ok(slot) => slot,
                        Err(error) => {
                            // The request on record is another call's, with values of its own.
                            Box::pin(self.take_back(id, intent)).await;
                            return Err(error);
                        }
                    };
                    return Box::pin(self.attach(request, requested, slot)).await;
                }
                let tenure = match self.admit(&mut request, judged_by, tenure).await {
                    Ok(tenure) => tenure,
                    Err(why) => {
                        let outcome = Outcome::Aborted { why: why.clone() };
                        Box::pin(self.record_outcome(request, &outcome)).await?;
                        return Ok(Opening::Revoked(why));
                    }
                };
                Permit::issue(request, tenure).map(Opening::Started).ok_or(Error::NotFound)
            }
        }
    }

    /// Keeps what the redacted values are, before the request is on record. Refuses the call, on
    /// record, where that fails. A key stays free for a call that may.
    async fn keep_first(
        &self,
        id: RequestId,
        requested: &Requested,
    ) -> Result<Option<Opening>, Error> {
        if requested.kept.is_empty() {
            return Ok(None);
        }
        // Boxed: few calls have anything to keep.
        let Err(source) = Box::pin(self.keep(id, requested)).await else { return Ok(None) };
        let request = self.refusal_id(id)?;
        let reason = "its redacted values could not be kept".into();
        Box::pin(self.refuse(request, requested, reason)).await?;
        Ok(Some(Opening::Unkept(Error::Unkept { request, source })))
    }

    /// A call with this key was here before: for the same deed, or on record as refused.
    async fn attach(
        &self,
        request: ApprovalRequest,
        requested: &Requested,
        mut slot: Slot,
    ) -> Result<Opening, Error> {
        if !requested.kept.is_empty() {
            // Its request is another's, with values of its own.
            self.take_back(request.id(), &requested.intent).await;
        }
        if request.intent().is_same_deed(&requested.intent) {
            slot.wait(false);
            return Ok(Opening::Attached(request, slot));
        }
        drop(slot);
        let id = RequestId::random(self.log.now(), &*self.entropy)?;
        let reason = format!("its key was used for another deed, request {}", request.id());
        self.refuse(id, requested, reason.into()).await?;
        Ok(Opening::KeyReused)
    }

    /// Too much waits already: refused, on record. A key stays free for a call that may.
    async fn refuse_place(
        &self,
        id: RequestId,
        requested: &Requested,
        error: &Error,
    ) -> Result<Opening, Error> {
        let reason = error.to_string().into_boxed_str();
        let id = self.refusal_id(id)?;
        self.refuse(id, requested, reason.clone()).await?;
        Ok(Opening::Full(id, reason))
    }

    /// Under which id a call is refused: the id of a key stays free for a call that may.
    fn refusal_id(&self, id: RequestId) -> Result<RequestId, Error> {
        if id.is_keyed() {
            return Ok(RequestId::random(self.log.now(), &*self.entropy)?);
        }
        Ok(id)
    }

    async fn refuse(
        &self,
        id: RequestId,
        requested: &Requested,
        reason: Box<str>,
    ) -> Result<(), Error> {
        let refused = Requested {
            intent: requested.intent.clone(),
            verdict: Verdict::Deny { reason },
            policy_digest: requested.policy_digest,
            call: None,
            kept: vec![],
        };
        self.append_first(id, &Arc::new(refused), false).await.map(|_| ())
    }

    /// Appends the first events of a stream, with its start or without; says whether they were the
    /// first.
    async fn append_first(
        &self,
        id: RequestId,
        requested: &Arc<Requested>,
        start: bool,
    ) -> Result<(ApprovalRequest, bool), Error> {
        let (request, new) = self
            .change(id, None, |request, _| match request {
                Some(_) => Move::Stop(false),
                None => {
                    let mut events = Vec::with_capacity(2);
                    events.push(AuditEvent::Requested(Arc::clone(requested)));
                    if start {
                        let (digest, call) = (requested.intent.digest(), requested.call);
                        events.push(AuditEvent::Started { digest, call });
                    }
                    Move::Append { events, before: None, then: true }
                }
            })
            .await?;
        Ok((request.ok_or(Error::NotFound)?, new))
    }
}

fn prepared(id: RequestId, requested: Requested) -> Prepared {
    Prepared { id, requested: Arc::new(requested) }
}
