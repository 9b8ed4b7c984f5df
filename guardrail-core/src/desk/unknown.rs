//! What nobody knows: started, and no outcome on record. Listed for people, and resolved by one.

use std::collections::BTreeMap;

use crate::audit::{self, Append, AuditLog};
use crate::desk::Desk;
use crate::desk::change::ROUNDS;
use crate::desk::error::Error;
use crate::model::secret::mask_text;
use crate::model::{
    ApprovalRequest, AuditEvent, Found, Identity, PersonId, RequestId, Resolved, Sequence, State,
    TEXT_LIMIT, Version, cut,
};
use crate::policy::Resolution;

/// How many records are read at a time.
const PAGE: usize = 1000;

impl Desk {
    /// At most `limit` requests whose outcome is unknown, those that became so first. Reads the whole
    /// log; what it keeps is a few bytes for each that is unknown.
    pub(crate) async fn unknowns(&self, limit: usize) -> Result<Vec<ApprovalRequest>, Error> {
        let mut unknown: BTreeMap<Sequence, RequestId> = BTreeMap::new();
        let mut after = Sequence::START;
        loop {
            let page = self.page(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence();
            for record in page {
                match record.event() {
                    AuditEvent::Unknown { .. } => {
                        unknown.insert(record.sequence(), record.id());
                    }
                    AuditEvent::Resolved(_) | AuditEvent::Retried { .. } => {
                        unknown.retain(|_, id| *id != record.id());
                    }
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        for id in unknown.into_values().take(limit) {
            let request = self.read(id).await?;
            // It may have been resolved since.
            if request.recorded_state() == State::Unknown {
                found.push(request);
            }
        }
        Ok(found)
    }

    /// A person of the directory says what became of a start whose outcome is unknown.
    pub(crate) async fn resolve(
        &self,
        id: RequestId,
        start: u32,
        by: &Identity,
        found: Found,
        why: &str,
    ) -> Result<ApprovalRequest, Error> {
        let policies = self.policies();
        let person = match policies.directory().resolve(by) {
            Resolution::Person(person) if person.is_active() && person.is_human() => person,
            _ => return Err(Error::NoPerson(by.clone())),
        };
        resolve(&**self.log(), id, start, person.id(), found, why).await
    }
}

/// Puts on record what this person found out about a start whose outcome is unknown: once, and
/// nothing starts on it any more. `start` is the one they looked at ([`ApprovalRequest::start`]). Of
/// `why` 4 KiB are kept, credentials masked. For programs that have a log and no guardrail; that `by`
/// is who they say is theirs to know.
///
/// # Errors
/// `NotUnknown`: it is in another state, or somebody was faster. `OtherStart`: its body has begun again
/// since, and nobody knows how that ended either. `NoReason`. `NotFound`. Else the log failed, and it
/// may have happened.
///
/// # Cancel safety
/// Dropped: it happened or not.
pub async fn resolve(
    log: &dyn AuditLog,
    id: RequestId,
    start: u32,
    by: &PersonId,
    found: Found,
    why: &str,
) -> Result<ApprovalRequest, Error> {
    if why.trim().is_empty() {
        return Err(Error::NoReason);
    }
    let why = cut(&mask_text(why), TEXT_LIMIT);
    let event = AuditEvent::Resolved(Resolved { by: by.clone(), found, why }.into());
    for _ in 0..ROUNDS {
        let mut request = None;
        for record in log.stream(id, Version::START).await? {
            ApprovalRequest::fold(&mut request, id, record.time(), record.event())?;
        }
        let mut request: ApprovalRequest = request.ok_or(Error::NotFound)?;
        let state = request.recorded_state();
        if state != State::Unknown {
            return Err(Error::NotUnknown { request: id, state });
        }
        if request.start() != start {
            return Err(Error::OtherStart { request: id, seen: start, last: request.start() });
        }
        let append = Append::new(id, request.version(), vec![event.clone()]);
        match log.append(&append).await {
            Ok(appended) => {
                for record in &appended.records {
                    request.apply(record.time(), record.event())?;
                }
                return Ok(request);
            }
            Err(audit::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Contended(id))
}
