//! The one loop by which anything changes: look, judge, append; on conflict look again.

#![expect(clippy::manual_async_fn, reason = "an `async fn` keeps what it is given twice")]

use crate::audit::{self, Append, AuditRecord};
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::desk::error::Error;
use crate::model::{ApprovalRequest, AuditEvent, RequestId, Version};

/// How often a change is tried while others change the same request.
pub(in crate::desk) const ROUNDS: usize = 16;

/// What a judge decides, having looked.
#[derive(Debug)]
pub(crate) enum Move<T> {
    /// Write this, if nothing has moved and `before` is not reached.
    Append {
        /// What is written.
        events: Vec<AuditEvent>,
        /// The log's clock must not have reached it.
        before: Option<Timestamp>,
        /// The answer, once it is written.
        then: T,
    },
    /// Write nothing.
    Stop(T),
}

/// The log's clock: read by whoever judges by it.
pub(crate) type Now<'l> = &'l dyn Fn() -> Timestamp;

impl<T> Move<T> {
    /// Writes one event, at any time.
    pub(crate) fn append(event: AuditEvent, then: T) -> Self {
        Self::Append { events: vec![event], before: None, then }
    }
}

impl Desk {
    /// Lets `judge` decide on what is known, and appends; catches up and judges again while
    /// others were faster. `known` is what the caller holds of the request, `None` where it
    /// believes that nothing is on record. Returns the request as it then stands.
    ///
    /// Dropped: the append happened or not, never half.
    pub(crate) fn change<T>(
        &self,
        id: RequestId,
        request: Option<ApprovalRequest>,
        judge: impl FnMut(Option<&ApprovalRequest>, Now<'_>) -> Move<T>,
    ) -> impl Future<Output = Result<(Option<ApprovalRequest>, T), Error>> {
        self.rounds(id, request, judge, |request, then| Ok((request, then)))
    }

    /// The rounds of a change. What comes of them is said by `end`, within this one future: another
    /// around it would keep it twice.
    fn rounds<T, R>(
        &self,
        id: RequestId,
        mut request: Option<ApprovalRequest>,
        mut judge: impl FnMut(Option<&ApprovalRequest>, Now<'_>) -> Move<T>,
        end: impl FnOnce(Option<ApprovalRequest>, T) -> Result<R, Error>,
    ) -> impl Future<Output = Result<R, Error>> {
        async move {
            let mut expected = request.as_ref().map_or(Version::START, ApprovalRequest::version);
            for _ in 0..ROUNDS {
                let (events, before, then) = match judge(request.as_ref(), &|| self.log.now()) {
                    Move::Stop(then) => return end(request, then),
                    Move::Append { events, before, then } => (events, before, then),
                };
                match self.append(&Append { id, expected, events, before }).await {
                    Ok(appended) => {
                        if id != RequestId::LOG {
                            take(id, &mut request, appended.records.iter().map(AsRef::as_ref))?;
                        }
                        return end(request, then);
                    }
                    // The log's own stream is no request: only its version counts.
                    Err(audit::Error::Conflict { actual }) if id == RequestId::LOG => {
                        expected = actual
                    }
                    Err(audit::Error::Conflict { .. } | audit::Error::Late) => {
                        // Boxed: it is seldom needed, and would make every change a large future.
                        Box::pin(self.catch_up(id, &mut request)).await?;
                        expected =
                            request.as_ref().map_or(Version::START, ApprovalRequest::version);
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Err(Error::Contended(id))
        }
    }

    /// The same for a request that is known to exist.
    pub(crate) fn change_request<T>(
        &self,
        request: ApprovalRequest,
        mut judge: impl FnMut(&ApprovalRequest, Now<'_>) -> Move<T>,
    ) -> impl Future<Output = Result<(ApprovalRequest, T), Error>> {
        let judge = move |request: Option<&ApprovalRequest>, now: Now<'_>| match request {
            Some(request) => match judge(request, now) {
                Move::Stop(then) => Move::Stop(Some(then)),
                Move::Append { events, before, then } => {
                    Move::Append { events, before, then: Some(then) }
                }
            },
            None => Move::Stop(None),
        };
        self.rounds(request.id(), Some(request), judge, |request, then| match (request, then) {
            (Some(request), Some(then)) => Ok((request, then)),
            _ => Err(Error::NotFound),
        })
    }

    /// Reads what has happened since.
    pub(crate) async fn catch_up(
        &self,
        id: RequestId,
        request: &mut Option<ApprovalRequest>,
    ) -> Result<(), Error> {
        let seen = request.as_ref().map_or(Version::START, ApprovalRequest::version);
        let records = self.stream(id, seen).await?;
        take(id, request, records.iter().map(AsRef::as_ref))
    }

    /// Reads a request as it stands.
    pub(crate) async fn read(&self, id: RequestId) -> Result<ApprovalRequest, Error> {
        let mut request = None;
        if id != RequestId::LOG {
            self.catch_up(id, &mut request).await?;
        }
        request.ok_or(Error::NotFound)
    }
}

fn take<'r>(
    id: RequestId,
    request: &mut Option<ApprovalRequest>,
    records: impl Iterator<Item = &'r AuditRecord>,
) -> Result<(), Error> {
    for record in records {
        ApprovalRequest::fold(request, id, record.time(), record.event())?;
    }
    Ok(())
}
