//! The gate: what a program builds and installs, and what guarded calls pass.

mod argument;
mod attribute;
mod begun;
mod build;
mod context;
mod draft;
mod error;
mod guarded;
mod judge;
mod left_over;
mod pass;
mod permit;
mod redact;
mod refusal;
#[cfg(feature = "rig")]
mod rig;
#[cfg(feature = "rmcp")]
mod rmcp;
mod running;
mod runtime;
mod scope;
mod ticket;
mod track;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use begun::Begun;
pub use build::{BuildError, Builder};
pub use context::Context;
pub use error::Error;
pub use permit::{Asked, Permit};
pub use refusal::FromRefusal;
pub use running::idempotency_key;
pub use scope::{InContext, InstallError};

use crate::approver::{Attendant, Review, attend, channel_name, tell};
use crate::audit::AuditLog;
use crate::desk::{self, Desk, Watch};
use crate::model::{AgentName, ApprovalRequest, Found, Identity, Machine, RequestId};
use crate::policy::PolicySet;

/// What expanded code calls. Not for people: it changes without notice.
#[doc(hidden)]
pub mod private {
    pub use super::argument::{Argument, Debugged, Named, Redacted, Skipped};
    pub use super::attribute::{Seal, begin};
    pub use super::draft::{Detail, PreviewFn};
    pub use super::error::Error;
    pub use super::guarded::{Body, Call, Guarded, GuardedAnyway, PreviewFuture, preview_future};
    pub use super::refusal::{FromRefusal, Probe, ProbeFallback};
}

/// The configured whole: policies, approvers and the audit log behind every guarded call. Cheap to
/// clone; every clone is the same guardrail.
#[derive(Clone)]
pub struct Guardrail {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Arc<Desk>,
    approvers: Vec<Arc<Attendant>>,
    agent: AgentName,
    model: Option<Arc<str>>,
    machine: Arc<Machine>,
}

/// How often it is looked for what other processes have left behind.
const SWEEP: Duration = Duration::from_secs(30);

impl Guardrail {
    /// Starts a guardrail.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The audit log.
    #[must_use]
    pub fn audit_log(&self) -> &Arc<dyn AuditLog> {
        self.inner.desk.log()
    }

    /// The policies in force.
    #[must_use]
    pub fn policies(&self) -> PolicySet {
        self.inner.desk.policies()
    }

    /// Puts other policies in force for every call from here on. Requests that wait keep the
    /// requirement they were made with; a tighter policy blocks their start all the same.
    ///
    /// # Errors
    /// When it cannot be put on record: then the old ones stay.
    ///
    /// # Cancel safety
    /// Dropped: the old ones may stay in force though the record says otherwise. Reload them again.
    pub async fn reload(&self, policies: PolicySet) -> Result<(), Error> {
        self.inner.desk.load(policies).await.map_err(Error::unavailable)
    }

    /// The door to one request for whoever hears people without being asked to: routers,
    /// consoles, other processes. `channel` is recorded with every vote.
    ///
    /// # Errors
    /// [`Error::NoSuchRequest`], which reads as the error of text that is no id at all; or the log
    /// fails.
    pub async fn review(&self, id: RequestId, channel: &str) -> Result<Review, Error> {
        let request = self.inner.desk.read(id).await.map_err(|error| match error {
            desk::Error::NotFound => Error::NoSuchRequest,
            error => Error::unavailable(error),
        })?;
        Ok(Review::new(Arc::clone(&self.inner.desk), channel_name(channel), request))
    }

    /// At most `limit` requests that were started and whose outcome nobody knows: the process or the
    /// future was gone while the body ran. Those that became so first come first. A person looks at
    /// what they were to do, and [resolves](Guardrail::resolve) them.
    ///
    /// It reads the whole log: for people, not for every call.
    ///
    /// # Errors
    /// The log fails.
    pub async fn unknowns(&self, limit: usize) -> Result<Vec<ApprovalRequest>, desk::Error> {
        self.inner.desk.unknowns(limit).await
    }

    /// Puts on record what a person found out about a start whose outcome is unknown: the one they
    /// looked at, by [`ApprovalRequest::start`]. `by` is what a channel proved about them; they must be
    /// an active person of the directory. Of `why`, which says how they know, 4 KiB are kept,
    /// credentials masked. It never makes anything run: a body does not begin on what is resolved,
    /// whatever was found. Channels of this guardrail that showed the request hear of it.
    ///
    /// # Errors
    /// [`desk::Error`]: `NotUnknown`, also where somebody else was faster; `OtherStart`, where its body
    /// has begun again since and nobody knows how that ended; `NoPerson`; `NoReason`; `NotFound`; or the
    /// log fails, and it may have happened.
    pub async fn resolve(
        &self,
        id: RequestId,
        start: u32,
        by: &Identity,
        found: Found,
        why: &str,
    ) -> Result<ApprovalRequest, desk::Error> {
        let resolved = self.inner.desk.resolve(id, start, by, found, why).await?;
        tell(&self.inner.desk, &self.inner.approvers, &resolved);
        Ok(resolved)
    }

    /// Asks for an intent made by hand, and waits. The body takes its values from the permit, so
    /// that what was approved is what runs.
    ///
    /// It takes an [`Intent`](crate::model::Intent), or its builder as it is: then a call of which
    /// no intent can be made, because a name or an argument breaks its rule, is refused on record.
    ///
    /// # Errors
    /// Every refusal: the body must not run.
    ///
    /// # Cancel safety
    /// Dropped: the request is withdrawn, nothing starts later.
    pub async fn authorize(&self, asked: impl Into<Asked>) -> Result<Permit, Error> {
        permit::authorize(self, asked.into()).await
    }

    /// What was left over by a process that is gone is ended or brought to the approvers again.
    /// Returns whether other processes may leave something behind later.
    async fn recover(&self) -> Result<bool, desk::Error> {
        let recovered = self.inner.desk.recover().await?;
        for request in recovered.waiting {
            let watch = Watch::new(Arc::clone(&self.inner.desk), request);
            attend(&watch, &self.inner.approvers);
        }
        for request in recovered.ended {
            tell(&self.inner.desk, &self.inner.approvers, &request);
        }
        Ok(recovered.is_shared)
    }

    /// Looks every now and then for what other processes have left behind, as long as this
    /// guardrail is there.
    fn sweep(&self) {
        let guardrail = Arc::downgrade(&self.inner);
        drop(tokio::spawn(async move {
            loop {
                // A sleep: a process that is gone tells nobody.
                tokio::time::sleep(SWEEP).await;
                let Some(inner) = guardrail.upgrade() else { return };
                if let Err(error) = (Guardrail { inner }).recover().await {
                    tracing::warn!(%error, "what others left behind was not taken up");
                }
            }
        }));
    }
}

impl fmt::Debug for Guardrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guardrail")
            .field("agent", &self.inner.agent)
            .field("environment", &self.inner.machine.environment)
            .field("approvers", &self.inner.approvers)
            .finish_non_exhaustive()
    }
}
