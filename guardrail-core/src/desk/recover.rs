//! Recovery: what a process that is gone has left behind is brought to where it belongs.

use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, AuditEvent, RequestId, State};

/// How many requests are looked at between two questions to the log.
const PAGE: usize = 256;

impl Desk {
    /// Overdue requests are recorded as expired or lapsed, orphaned starts as unknown. Returns
    /// the requests that still wait for people.
    pub(crate) async fn recover(&self) -> Result<Vec<ApprovalRequest>, Error> {
        self.orphans().await?;
        let mut waiting = Vec::new();
        let mut after: Option<RequestId> = None;
        loop {
            let page = self.open_requests(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(waiting) };
            after = Some(*last);
            for id in page {
                let request = self.overdue(self.read(id).await?).await?;
                if request.recorded_state() == State::Pending {
                    waiting.push(request);
                }
            }
        }
    }

    async fn orphans(&self) -> Result<(), Error> {
        loop {
            let page = self.orphaned(PAGE).await?;
            let mut ended = 0usize;
            for id in &page {
                let request = self.read(*id).await?;
                let judged = self.change_request(request, |request, _| {
                    if request.recorded_state() != State::Started {
                        return Move::Stop(false);
                    }
                    let why = "the process that started it is gone".into();
                    Move::append(AuditEvent::Unknown { why }, true)
                });
                ended += usize::from(judged.await?.1);
            }
            if page.len() < PAGE || ended == 0 {
                return Ok(());
            }
        }
    }
}
