//! A body whose outcome somebody else puts on record, together with its effect.

use std::sync::Arc;

use crate::desk::{self, Desk};
use crate::gate::error::Error;
use crate::gate::permit::Permit;
use crate::gate::running::InBody;
use crate::gate::ticket::Ticket;
use crate::gate::track::Track;
use crate::model::{LogId, Outcome, RequestId, Version};

/// A body that has begun, for a log that keeps its outcome in one transaction with its effect. Dropped
/// before its end is on record, that is recorded as unknown.
#[derive(Debug)]
#[must_use = "a body that has begun has an end"]
pub struct Begun {
    desk: Arc<Desk>,
    id: RequestId,
    version: Version,
    track: Arc<Track>,
    ticket: Ticket,
}

impl Permit {
    /// The log its start is on record in, and its request there; nothing where the body can begin no
    /// more.
    #[must_use]
    pub fn start(&self) -> Option<(LogId, RequestId)> {
        self.track.running()
    }

    /// The body does not begin, and that is put on record.
    pub async fn give_up(self, why: &str) {
        // Its answer is for a call whose arguments changed.
        let _ = self.track.abort(why);
        if let Err(error) = self.track.record_outcome().await {
            tracing::error!(%error, "a body that did not begin is not on record as that");
        }
    }

    /// The next instruction is the body's first, and whoever calls this puts its outcome on record:
    /// for logs that do so in one transaction with the body's effect, as `PostgresLog` does.
    ///
    /// # Errors
    /// It must not begin: no start is on record, a body has already used it, or others may have taken
    /// this process for gone since ([`Error::Lapsed`]).
    pub fn begin(self) -> Result<Begun, Error> {
        let Self { track, ticket, .. } = self;
        let started = track.start().ok_or_else(|| Error::unavailable(desk::Error::NotFound))?;
        track.begin_body()?;
        let (desk, id, version) = started;
        Ok(Begun { desk, id, version, track, ticket })
    }
}

impl Begun {
    /// The request, and how many events its stream held when its start was on record.
    #[must_use]
    pub fn start(&self) -> (RequestId, Version) {
        (self.id, self.version)
    }

    /// Runs the body, which can read its key.
    pub async fn body<F: Future>(&self, body: F) -> F::Output {
        InBody::new(&self.track, body).await
    }

    /// Its completion is durable, by another hand.
    pub fn completed(self) {
        self.track.settle();
        drop(self.ticket);
    }

    /// Puts this end on record unless there is one; returns the one that is there. The log decides: an
    /// append that is still under way is waited for.
    ///
    /// # Errors
    /// When the log could not say so for some seconds: nobody knows, until it is recovered.
    pub async fn end(self, outcome: Outcome) -> Result<Option<Outcome>, Error> {
        self.track.end_with(outcome);
        let recorded = self.track.record_outcome().await;
        drop(self.ticket);
        match recorded {
            // By others, or by another hand of this process: it is looked up.
            Err(Error::Unrecorded { source, .. })
                if matches!(*source, desk::Error::Overtaken { .. }) => {}
            recorded => recorded?,
        }
        let request = self.desk.read(self.id).await.map_err(Error::unavailable)?;
        Ok(request.outcome().cloned())
    }
}
