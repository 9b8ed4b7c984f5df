//! The proof of an approval that was spent: made in one place, the only key to a body.

use crate::audit::Tenure;
use crate::model::{ApprovalRequest, RequestId, State};

/// Proof that a start is on record and that this call made it. Not to be cloned.
#[derive(Debug)]
pub(crate) struct Permit {
    request: ApprovalRequest,
    /// As long as it lasts, nobody else has taken the start for orphaned.
    tenure: Tenure,
}

impl Permit {
    /// The one place where a permit is made: behind the durable append of `Started`, by the call
    /// that appended it.
    ///
    /// INVARIANT: called only right after this process's own append of `Started` succeeded.
    pub(in crate::desk) fn issue(request: ApprovalRequest, tenure: Tenure) -> Option<Self> {
        (request.recorded_state() == State::Started && request.unknown_event().is_none())
            .then_some(Self { request, tenure })
    }

    pub(crate) fn id(&self) -> RequestId {
        self.request.id()
    }

    pub(in crate::desk) fn tenure(&self) -> Tenure {
        self.tenure
    }

    /// The request as it stood at the start.
    pub(crate) fn request(&self) -> &ApprovalRequest {
        &self.request
    }
}
