//! The door to every request of a guardrail, for a channel that hears people also where no review
//! of its own runs.

use std::sync::{Arc, Weak};

use crate::approver::{Error, Review};
use crate::desk::{self, Desk};
use crate::model::RequestId;

/// The door to every request, given to an approver by
/// [`Approver::attach`](crate::approver::Approver::attach). Cheap to clone. It keeps no guardrail
/// alive: once that is gone, it leads nowhere.
#[derive(Clone, Debug)]
pub struct Door {
    desk: Weak<Desk>,
    channel: Arc<str>,
}

impl Door {
    pub(crate) fn new(desk: &Arc<Desk>, channel: Arc<str>) -> Self {
        Self { desk: Arc::downgrade(desk), channel }
    }

    /// The handle on one request, read just now; `None` where there is no such request, or no
    /// guardrail any more.
    ///
    /// # Errors
    /// When the log fails.
    ///
    /// # Cancel safety
    /// Dropped: nothing has happened.
    pub async fn review(&self, id: RequestId) -> Result<Option<Review>, Error> {
        let Some(desk) = self.desk.upgrade() else { return Ok(None) };
        match desk.read(id).await {
            Ok(request) => Ok(Some(Review::new(desk, Arc::clone(&self.channel), request))),
            Err(desk::Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the guardrail behind it is still there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.desk.strong_count() > 0
    }
}
