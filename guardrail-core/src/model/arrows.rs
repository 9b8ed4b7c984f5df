//! The one table of legal arrows between the states of a request.

use crate::model::event::AuditEvent;
use crate::model::requirement::Verdict;
use crate::model::state::State;

impl AuditEvent {
    /// The legal arrows, once: the state this event leads to from `state`, `None` where it must
    /// not happen. Notes change nothing and are legal after the first event; events of the log
    /// itself and events of an unknown name belong to no request's life and lead nowhere.
    #[must_use]
    pub fn step(&self, state: State) -> Option<State> {
        use State as S;
        Some(match (self, state) {
            (Self::Requested(requested), S::New) => match requested.verdict {
                Verdict::Allow => S::Approved,
                Verdict::Ask(_) => S::Pending,
                Verdict::Deny { .. } => S::Refused,
            },
            (Self::Voted(_), S::Pending) => S::Pending,
            (Self::Approved { .. }, S::Pending) => S::Approved,
            (Self::Denied { .. }, S::Pending) => S::Denied,
            (Self::Expired, S::Pending) => S::Expired,
            (Self::Withdrawn { .. }, S::Pending) => S::Withdrawn,
            (Self::Started { .. }, S::Approved) => S::Started,
            (Self::Lapsed { .. }, S::Approved) => S::Lapsed,
            (Self::Completed, S::Started) => S::Completed,
            (Self::Failed { .. }, S::Started) => S::Failed,
            (Self::Aborted { .. }, S::Started) => S::Aborted,
            (Self::Unknown { .. }, S::Started) => S::Unknown,
            (Self::Retried { .. }, S::Unknown) => S::Started,
            (Self::Resolved(_), S::Unknown) => S::Resolved,
            (
                Self::Posted(_)
                | Self::Commented { .. }
                | Self::VoteRefused { .. }
                | Self::ApproverLeft { .. }
                | Self::Escalated { .. }
                | Self::Attended,
                state,
            ) if state != S::New => state,
            _ => return None,
        })
    }
}
