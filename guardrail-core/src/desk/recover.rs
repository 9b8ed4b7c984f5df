//! Recovery: what a process that is gone has left behind is brought to where it belongs.

use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, AuditEvent, RequestId, State};

/// How many requests are looked at between two questions to the log.
const PAGE: usize = 256;

/// What was found when the log was opened.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// What still waits for people.
    pub(crate) waiting: Vec<ApprovalRequest>,
    /// What was put on record as over.
    pub(crate) ended: Vec<ApprovalRequest>,
}

impl Desk {
    /// Overdue requests are recorded as expired or lapsed, orphaned starts as unknown.
    pub(crate) async fn recover(&self) -> Result<Recovered, Error> {
        let mut ended = self.orphans().await?;
        let mut waiting = Vec::new();
        let mut after: Option<RequestId> = None;
        loop {
            let page = self.open_requests(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(Recovered { waiting, ended }) };
            after = Some(*last);
            for id in page {
                let before = self.read(id).await?;
                let request = self.overdue(before.clone()).await?;
                match request.recorded_state() {
                    State::Pending => waiting.push(request),
                    state if state != before.recorded_state() => ended.push(request),
                    _ => {}
                }
            }
        }
    }

    async fn orphans(&self) -> Result<Vec<ApprovalRequest>, Error> {
        let mut all = Vec::new();
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
                let (request, judged) = judged.await?;
                if judged {
                    ended += 1;
                    all.push(request);
                }
            }
            if page.len() < PAGE || ended == 0 {
                return Ok(all);
            }
        }
    }
}
