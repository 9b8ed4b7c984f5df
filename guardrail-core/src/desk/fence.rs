//! The fence before a body: what a process has started is its own only as long as no other can have
//! taken it for gone, recorded the outcome as unknown, and let the body begin again.

use crate::audit::Tenure;
use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::permit::Permit;
use crate::model::{ApprovalRequest, AuditEvent, Digest, RequestId, State};

/// What keeps a body from beginning that this process has started.
pub(crate) const SILENT: &str =
    "this process was silent for so long that others may have taken it for gone";

impl Desk {
    /// Whether a start that has just become durable still holds, and is this call's; `before` is the
    /// tenure before it was written. Returns the one in which its body may begin.
    ///
    /// Where the tenure has changed the request is said to be attended: others who have it on their
    /// list of what is left behind find that it has moved since.
    pub(in crate::desk) async fn admit(
        &self,
        request: &mut ApprovalRequest,
        judged_by: Digest,
        before: Option<Tenure>,
    ) -> Result<Tenure, Box<str>> {
        self.still_holds(request, judged_by)?;
        // Before looking: what others do behind that ends it.
        let now = self.log.tenure().ok_or(SILENT)?;
        if before == Some(now) {
            return Ok(now);
        }
        let ours = start_of(request);
        let judged = self.change_request(request.clone(), move |current, _| {
            match start_of(current) == ours && current.recorded_state() == State::Started {
                true => Move::append(AuditEvent::Attended, true),
                false => Move::Stop(false),
            }
        });
        // Boxed: it is seldom needed.
        match Box::pin(judged).await {
            Ok((current, true)) => {
                self.still_holds(&current, judged_by)?;
                *request = current;
                Ok(now)
            }
            Ok(_) => Err("others have taken this process for gone since it was started".into()),
            Err(error) => Err(format!("{SILENT}, and nobody knows whether: {error}").into()),
        }
    }

    /// Whether nobody can have taken the start of this permit for orphaned: its body may begin now.
    pub(crate) fn is_held(&self, permit: &Permit) -> bool {
        self.log.tenure() == Some(permit.tenure())
    }
}

/// Which start is the last on record: another, where another call let the body begin again.
pub(in crate::desk) fn start_of(request: &ApprovalRequest) -> (Option<RequestId>, u32) {
    (request.call(), request.start())
}
