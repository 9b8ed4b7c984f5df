//! The proof of an approval that was spent: made in one place, the only key to a body.

use crate::model::{ApprovalRequest, RequestId, State};

/// Proof that a start is on record and that this call made it. Not to be cloned.
#[derive(Debug)]
pub(crate) struct Permit {
    request: ApprovalRequest,
}

impl Permit {
    /// The one place where a permit is made: behind the durable append of `Started`, by the call
    /// that appended it.
    ///
    /// INVARIANT: called only right after this process's own append of `Started` succeeded.
    pub(in crate::desk) fn issue(request: ApprovalRequest) -> Option<Self> {
        (request.recorded_state() == State::Started && request.unknown_event().is_none())
            .then_some(Self { request })
    }

    pub(crate) fn id(&self) -> RequestId {
        self.request.id()
    }

    /// The request as it stood at the start.
    pub(crate) fn request(&self) -> &ApprovalRequest {
        &self.request
    }
}
