//! Recovery: what a process that is gone has left behind is brought to where it belongs.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::desk::change::Move;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, AuditEvent, RequestId, State, Version};

/// How many requests are looked at between two questions to the log.
const PAGE: usize = 256;

/// How many requests are taken up at a time.
const AT_ONCE: usize = 64;

/// What was found when the log was opened, or looked through again.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// Whether other processes share the log, and may leave something behind at any time.
    pub(crate) is_shared: bool,
    /// What still waits for people.
    pub(crate) waiting: Vec<ApprovalRequest>,
    /// What was put on record as over.
    pub(crate) ended: Vec<ApprovalRequest>,
}

impl Desk {
    /// Overdue requests are recorded as expired or lapsed, orphaned starts as unknown.
    /// Where processes share the log, that of all of them which are gone is taken up, each request
    /// by one.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<Recovered, Error> {
        let mut ended = self.orphans().await?;
        if let Some(first) = self.left_alone(None, PAGE).await? {
            return self.take_up(first, ended).await;
        }
        let mut waiting = Vec::new();
        let mut after: Option<RequestId> = None;
        loop {
            let page = self.open_requests(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(Recovered { is_shared: false, waiting, ended });
            };
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

    /// Takes up what nobody looks after, page by page.
    async fn take_up(
        self: &Arc<Self>,
        first: Vec<(RequestId, Version)>,
        ended: Vec<ApprovalRequest>,
    ) -> Result<Recovered, Error> {
        let mut recovered = Recovered { is_shared: true, waiting: Vec::new(), ended };
        let mut page = first;
        while let Some((last, _)) = page.last().copied() {
            let mut tasks = JoinSet::new();
            let mut left = page.into_iter();
            loop {
                while tasks.len() < AT_ONCE
                    && let Some((id, version)) = left.next()
                {
                    let desk = Arc::clone(self);
                    tasks.spawn(async move { desk.take_up_one(id, version).await });
                }
                let Some(taken) = tasks.join_next().await else { break };
                // A task that was cancelled went with its runtime, as this one does.
                match taken.unwrap_or(Ok(None))? {
                    Some(request) if request.recorded_state() == State::Pending => {
                        recovered.waiting.push(request);
                    }
                    Some(request) => recovered.ended.push(request),
                    None => {}
                }
            }
            page = self.left_alone(Some(last), PAGE).await?.unwrap_or_default();
        }
        Ok(recovered)
    }

    /// Takes up one request that nobody looked after at this version. `None` where it has moved:
    /// then somebody else does, or the next look finds it.
    async fn take_up_one(
        &self,
        id: RequestId,
        version: Version,
    ) -> Result<Option<ApprovalRequest>, Error> {
        let before = self.read(id).await?;
        if before.version() != version {
            return Ok(None);
        }
        let request = self.overdue(before).await?;
        match request.recorded_state() {
            State::Pending => {
                let judged = self.change_request(request, |request, _| {
                    let is_free = request.version() == version;
                    match request.recorded_state() {
                        State::Pending if is_free => Move::append(AuditEvent::Attended, true),
                        _ => Move::Stop(false),
                    }
                });
                let (request, is_ours) = judged.await?;
                Ok(is_ours.then_some(request))
            }
            // Whoever calls with its key first starts it; until then it waits for its end.
            State::Approved => Ok(None),
            _ => Ok(Some(request)),
        }
    }

    async fn orphans(&self) -> Result<Vec<ApprovalRequest>, Error> {
        let mut all = Vec::new();
        loop {
            let page = self.orphaned(PAGE).await?;
            let mut ended = 0usize;
            for (id, version) in &page {
                let request = self.read(*id).await?;
                let judged = self.change_request(request, |request, _| {
                    // What has moved since it was listed may have begun again, by somebody who is there:
                    // it is looked at the next time.
                    if request.recorded_state() != State::Started || request.version() != *version {
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
